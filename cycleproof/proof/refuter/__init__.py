"""The refuter: inputs on which the frozen simulator shows a program to be wrong."""

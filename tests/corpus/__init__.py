"""What is tried against the project: cheating generators, documents, bundles, a changed base."""

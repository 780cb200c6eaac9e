"""The strategies: one module each, all behind ``walk.Strategy``."""

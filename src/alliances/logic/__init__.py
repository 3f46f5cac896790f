"""Partnership logic: pure functions and frozen dataclasses, one file an idea."""

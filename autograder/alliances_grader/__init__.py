"""Grading copies: merging answers, marking with an engine, writing what is safe to show."""

"""Accessible components: each a Python class, one ES module and one style sheet."""

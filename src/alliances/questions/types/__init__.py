"""One question type a file, each with its object ``TYPE``."""

"""Serving, handing out, collecting, marking, exporting."""

"""The tools of the modules: components put together over the logic."""

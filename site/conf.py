"""Sphinx settings of the pages. ``alliances build`` gives the language and the places with ``-D``."""

project = "Faire alliance"
author = "Faire alliance"
extensions = ["myst_nb", "alliances.course.sphinx_pages"]

# Given by -D: language, nb_execution_cache_path.
root_doc = "index"
exclude_patterns = ["_build", "**/.ipynb_checkpoints"]
# The syllabus orders the pages; Sphinx needs no tree of its own.
suppress_warnings = ["toc.not_included", "toc.no_title"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True

nb_execution_mode = "cache"
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_mime_priority_overrides = [
    # What a component shows without a kernel; the widget's own view needs one.
    ("html", "text/html", 0),
    ("html", "application/vnd.jupyter.widget-view+json", None),
]

html_theme = "alliances"
html_theme_path = ["theme"]
html_title = project
html_math_renderer = "alliances"
html_permalinks = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
smartquotes = False

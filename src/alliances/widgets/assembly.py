"""The JavaScript and CSS of components: as files for pages, as one module each for Jupyter.

In the folder a component imports its tools (``import … from "./kit.js"``), which a browser fetches once for
a whole page. Jupyter receives one module a component, without any import: ``module_of`` puts the tools
before it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["copy_static", "module_of", "static_files", "style_of"]

# In JupyterLab and Notebook 7 a key pressed outside a text field is a command of the notebook: an arrow
# leaves the cell, « x » cuts it, « d d » deletes it. With this attribute on what has the focus, keys stay
# with it (Lumino looks from the focused element up: an ancestor's attribute would come too late).
_KEEP_KEYS = """
export default {
  ...al_component,
  render(context) {
    const keep = ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true");
    context.el.addEventListener("focusin", keep);
    return al_component.render(context);
  },
};
"""
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z_]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)


def _source(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def module_of(component: str) -> str:
    """Return a component as one ES module without import.

    Raises:
        FileNotFoundError: there is no such component.
    """
    parts: dict[str, str] = {}

    def gather(name: str) -> str:
        """Put what ``name`` needs into ``parts``, and return its own text with imports resolved."""
        source = _source(f"{name}.js")
        for _, needed in _IMPORT.findall(source):
            if needed not in parts:
                body = gather(needed)
                exported = ", ".join(_EXPORT.findall(body))
                inside = re.sub(r"^export ", "", body, flags=re.MULTILINE)
                # A scope each: two files may use the same private name.
                parts[needed] = f"const al_{needed} = (() => {{\n{inside}\nreturn {{ {exported} }};\n}})();"
        return _IMPORT.sub(r"const \1 = al_\2;", source)

    entry = gather(component).replace("export default ", "const al_component = ")
    return "\n".join([*parts.values(), entry, _KEEP_KEYS])


def _names(suffix: str) -> list[str]:
    folder = resources.files(__package__)
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(suffix))


@cache
def style_of(*sheets: str) -> str:
    """Return the style that all components share, followed by the sheets named, where there are such."""
    there = _names(".css")
    names = [f"{name}.css" for name in ("components", *sheets)]
    return "\n".join(_source(name) for name in names if name in there)


def static_files() -> dict[str, str]:
    """Return the text of every file that a page of components needs, by file name.

    ``components.css`` there holds the style of every component, ``tool.css`` that of tools.
    """
    files = {name: _source(name) for name in _names(".js")}
    own = [name.removesuffix(".css") for name in _names(".css")]
    apart = ("components", "tool")
    return {
        **files,
        "components.css": style_of(*(name for name in own if name not in apart)),
        "tool.css": _source("tool.css"),
    }


def copy_static(folder: Path) -> list[Path]:
    """Write these files into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in static_files().items():
        path = folder / name
        path.write_text(content, encoding="utf-8", newline="\n")
        written.append(path)
    return written

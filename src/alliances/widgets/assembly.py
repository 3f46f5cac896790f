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

    entry = gather(component)
    return "\n".join([*parts.values(), entry])


@cache
def style_of(*sheets: str) -> str:
    """Return the style of the components, followed by the sheets named."""
    return "\n".join(_source(f"{name}.css") for name in ("components", *sheets))


def static_files() -> dict[str, str]:
    """Return the text of every file that a page of components needs, by file name."""
    folder = resources.files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith((".js", ".css")))
    return {name: _source(name) for name in names}


def copy_static(folder: Path) -> list[Path]:
    """Write these files into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in static_files().items():
        path = folder / name
        path.write_text(content, encoding="utf-8", newline="\n")
        written.append(path)
    return written

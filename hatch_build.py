"""Puts the data and the practice questions into the packages as ``alliances/_data``.

An editable install needs none of it: it reads the checkout. Test items never enter a package.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles ``_data`` and adds it where the target expects it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add ``_data`` to the build, unless it is editable or already there (a wheel from an sdist)."""
        root = Path(self.root)
        if version == "editable" or (root / "src/alliances/_data").is_dir():
            return
        self._folder = Path(tempfile.mkdtemp(prefix="alliances-data-"))
        compile_data(root, self._folder)
        prefix = "src/alliances/_data" if self.target_name == "sdist" else "alliances/_data"
        build_data["force_include"][str(self._folder)] = prefix

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the temporary folder."""
        folder = getattr(self, "_folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def compile_data(root: Path, target: Path) -> None:
    """Write data tables, their descriptor, and the practice items of each module into ``target``."""
    tables = target / "datasets"
    tables.mkdir(parents=True)
    for path in sorted((root / "datasets").iterdir()):
        if path.suffix in {".csv", ".json", ".parquet"}:
            shutil.copyfile(path, tables / path.name)
    items = target / "items"
    items.mkdir()
    for path in sorted((root / "modules").glob("*/items.yaml")):
        bank = yaml.safe_load(path.read_text(encoding="utf-8"))
        bank["items"] = [item for item in bank["items"] if item["use"] == "practice"]
        text = json.dumps(bank, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (items / f"{path.parent.name}.json").write_text(text, encoding="utf-8")

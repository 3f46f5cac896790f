"""The 110 attacks of grading.md 3.4 as hostile copies, by letter."""

from __future__ import annotations

from escape_corpus.attack import Attack
from escape_corpus.attacks_files import FILES
from escape_corpus.attacks_forge import FORGE
from escape_corpus.attacks_host import HOST
from escape_corpus.attacks_shown import SHOWN
from escape_corpus.attacks_unfair import UNFAIR

__all__ = ["HOSTILE", "Attack"]

HOSTILE: list[Attack] = [*FORGE, *FILES, *HOST, *SHOWN, *UNFAIR]
"""Every attack that is a copy to be graded."""

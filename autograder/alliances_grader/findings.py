"""What was noticed in a copy, in words, and which of it a trainer must see in formgrader too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alliances.i18n import Language, area_texts, text
from alliances_grader.flags import ATTENTION as FLAGS
from alliances_grader.flags import Flag
from alliances_grader.verdicts import Finding

__all__ = ["as_findings", "needs_attention", "say"]

_MENDED: Final = frozenset(
    {
        "active_content",
        "block_restored",
        "cell_double",
        "cell_put_back",
        "cell_recognised",
        "cells_unreadable",
        "chance_or_clock",
        "fields_dropped",
        "id_unknown",
        "kernel_restored",
        "late_rule",
        "order_restored",
        "output_cut",
        "same_text",
        "type_restored",
    }
)
"""Ordinary mishaps of notebooks: said in the report and the receipt, no reason to look at the copy."""


def as_findings(flags: Iterable[Flag]) -> tuple[Finding, ...]:
    """Return what reading and merging answers noticed in the form that all the steps share."""
    return tuple(Finding(flag.key, flag.values.get("cell", ""), flag.values) for flag in flags)


def needs_attention(finding: Finding) -> bool:
    """Say whether somebody should look at the copy before its marks are given back."""
    if finding.key in area_texts("grading_findings"):
        return finding.key not in _MENDED
    return finding.key in FLAGS


def say(finding: Finding, language: Language | None = None) -> str:
    """Return a finding as a sentence, the cell it is about first."""
    if finding.key in area_texts("grading_findings"):
        values = dict(finding.values)
        if finding.key == "copy_ended":
            values["how"] = _ending(str(values["how"]), language)
        sentence = text(f"grading_findings.{finding.key}", language, **values)
        return f"{finding.cell}{text('course.colon', language)}{sentence}" if finding.cell else sentence
    return text(f"grader.flag_{finding.key}", language, **finding.values)


def _ending(name: str, language: Language | None) -> str:
    """Return in words how a run ended: a limit that was passed, a crash, a way out that the program took."""
    kind, _, signal = name.partition(":")
    key = f"ended_{kind}"
    known = key in area_texts("grading_findings")
    words = text(f"grading_findings.{key if known else 'ended_crash'}", language)
    return f"{words} ({signal or name})" if signal or not known else words

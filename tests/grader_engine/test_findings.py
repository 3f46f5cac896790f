"""What was noticed in a copy is said in both languages, and tells mishaps from what needs a person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import alliances_grader
from alliances.i18n import LANGUAGES, area_texts
from alliances_grader.findings import as_findings, needs_attention, say
from alliances_grader.flags import Flag
from alliances_grader.verdicts import Finding

CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(str(alliances_grader.__file__)).parent.glob("*.py")
)
NAMED = sorted(set(re.findall(r'\bFinding\(\s*"(\w+)"', CODE)) | set(re.findall(r'\b_note\("(\w+)"', CODE)))
FLAGS = sorted(set(re.findall(r'\bFlag\(\s*"(\w+)"', CODE)))


def values(sentence: str) -> dict[str, object]:
    """Return something for each place of a template."""
    return dict.fromkeys(re.findall(r"{(\w+)}", sentence), "x")


@pytest.mark.parametrize("key", NAMED)
def test_every_finding_has_words(key: str) -> None:
    """A finding that the code can make is a sentence in French and in English, the cell first."""
    texts = area_texts("grading_findings")[key]
    for language in LANGUAGES:
        said = say(Finding(key, "k01_test", values(texts[language])), language)
        assert said.startswith("k01_test")
        assert "{" not in said


@pytest.mark.parametrize("key", FLAGS)
def test_every_flag_has_words(key: str) -> None:
    """A flag of merging is said like a finding."""
    texts = area_texts("grader")[f"flag_{key}"]
    for language in LANGUAGES:
        (finding,) = as_findings([Flag(key, dict.fromkeys(values(texts[language]), "x"))])
        assert "{" not in say(finding, language)


ENDINGS = {
    "cpu": "temps de calcul",
    "memory": "mémoire",
    "quit": "quit ou exit",
    "crash:SIGSEGV": "brutalement (SIGSEGV)",
    "something new": "brutalement (something new)",
}


@pytest.mark.parametrize("how", ENDINGS)
def test_an_early_end_is_said_in_words(how: str) -> None:
    """Limits and crashes have a name that a trainer understands; an unknown one is shown as it is."""
    assert ENDINGS[how] in say(Finding("copy_ended", values={"how": how}), "fr")


ATTENTION = {
    "bent": True, "copy_ended": True, "result_refused": True, "cell_put_back": False, "cell_double": False,
    "order_restored": False, "hash_mismatch": True, "disagreement": True, "unknown_question": False,
}  # fmt: skip


@pytest.mark.parametrize("key", ATTENTION)
def test_ordinary_mishaps_raise_no_flag(key: str) -> None:
    """Copying, deleting or moving a cell is ordinary; what may change a mark wants a look."""
    assert needs_attention(Finding(key)) is ATTENTION[key]

"""Two versions of an answers file become one: in Python, and alike in the page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import open_page
from component_browser import served
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.questions.answer_merge import (
    MOST_REPLACED,
    Entry,
    answered_count,
    changed,
    compare,
    entries,
    is_answered,
    merge_answers,
    next_revision,
    taken_back,
)
from alliances.questions.answers import AnswerFile, Replaced

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "site" / "theme" / "alliances" / "static"


def _expanded(value: Any) -> Any:
    """Return a vector with ``repeat:x:3`` written out: long texts would fill the file."""
    if isinstance(value, str):
        found = re.fullmatch(r"repeat:(.):(\d+)", value)
        return found[1] * int(found[2]) if found else value
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if isinstance(value, dict):
        return {name: _expanded(item) for name, item in value.items()}
    return value


VECTORS: dict[str, Any] = _expanded(
    json.loads((ROOT / "tests" / "data" / "answer_merge_vectors.json").read_text(encoding="utf-8"))
)


def file_of(data: dict[str, Any]) -> AnswerFile:
    replaced = tuple(Replaced(**entry) for entry in data["replaced"])
    return AnswerFile("moi", "tiny", "form", "fr", data["seed"], data["answers"], data["revisions"], replaced)


def data_of(file: AnswerFile) -> dict[str, Any]:
    return {
        "seed": file.seed,
        "answers": file.answers,
        "revisions": file.revisions,
        "replaced": [entry.to_dict() for entry in file.replaced],
    }


def base_of(data: dict[str, Any]) -> dict[str, tuple[Entry, ...]]:
    return {name: tuple(Entry(**state) for state in states) for name, states in data.items()}


@pytest.mark.parametrize("vector", VECTORS["merges"], ids=lambda vector: vector["name"])
def test_merging_follows_the_vectors(vector: dict[str, Any]) -> None:
    """Each pair gives the file of the vector, in either order."""
    a, b, base = file_of(vector["a"]), file_of(vector["b"]), base_of(vector["base"])
    assert data_of(merge_answers(a, b, base)) == vector["merged"]
    other = data_of(merge_answers(b, a, base))
    assert json.dumps(other, sort_keys=True) == json.dumps(vector["merged"], sort_keys=True)


@pytest.mark.parametrize("vector", VECTORS["changes"], ids=lambda vector: vector["name"])
def test_changing_follows_the_vectors(vector: dict[str, Any]) -> None:
    """A change takes the next number of the file; taking back keeps what it replaces."""
    file = file_of(vector["file"])
    assert data_of(changed(file, vector["question"], vector["answer"])) == vector["changed"]
    back = taken_back(file, Replaced(vector["question"], vector["answer"], 1))
    assert data_of(back) == vector["taken_back"]


@pytest.mark.parametrize("vector", VECTORS["answered"], ids=lambda vector: json.dumps(vector["answer"]))
def test_what_counts_as_answered_follows_the_vectors(vector: dict[str, Any]) -> None:
    """An answer counts when all of it is given, or « Je ne sais pas »."""
    assert is_answered(vector["answer"]) is vector["answered"]


_RUN = """({ merges, changes, answered }) => {
  const map = (base) => new Map(Object.entries(base));
  return {
    merges: merges.map(({ a, b, base }) => rule.mergeAnswers(a, b, map(base))),
    turned: merges.map(({ a, b, base }) => rule.mergeAnswers(b, a, map(base))),
    changes: changes.map(({ file, question, answer }) => ({
      changed: rule.changed(file, question, answer),
      taken_back: rule.takenBack(file, { question, answer, revision: 1 }),
    })),
    answered: answered.map(({ answer }) => rule.isAnswered(answer)),
  };
}"""


def _check(found: dict[str, Any]) -> None:
    assert found["merges"] == [vector["merged"] for vector in VECTORS["merges"]]
    assert found["turned"] == [vector["merged"] for vector in VECTORS["merges"]]
    assert found["changes"] == [
        {name: vector[name] for name in ("changed", "taken_back")} for vector in VECTORS["changes"]
    ]
    assert found["answered"] == [vector["answered"] for vector in VECTORS["answered"]]


@pytest.mark.checkout
@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here: the same test runs in Chromium")
def test_javascript_merges_as_python_does(tmp_path: Path) -> None:
    """Every vector gives the same in Node.js."""
    shutil.copy(SCRIPTS / "form-merge.js", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "run.js").write_text(
        'import { readFileSync } from "node:fs";\nimport * as rule from "./form-merge.js";\n'
        f"const run = {_RUN};\n"
        'process.stdout.write(JSON.stringify(run(JSON.parse(readFileSync(0, "utf8")))));\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        ["node", "run.js"],
        cwd=tmp_path,
        input=json.dumps(VECTORS),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    _check(json.loads(done.stdout))


@pytest.mark.browser
def test_the_browser_merges_as_python_does(tmp_path: Path, chromium_browser: Browser) -> None:
    """Every vector gives the same in Chromium; as text, since halves of characters do not cross otherwise."""
    shutil.copy(SCRIPTS / "form-merge.js", tmp_path)
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with served(tmp_path) as address, open_page(chromium_browser, address) as (page, watched):
        page.goto(address)
        run = f"async (text) => {{ const rule = await import('./form-merge.js'); const run = {_RUN};"
        found = page.evaluate(f"{run} return JSON.stringify(run(JSON.parse(text))); }}", json.dumps(VECTORS))
        _check(json.loads(found))
        assert watched.outside == []


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False, width=16)
    | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=1), inner, max_size=2),
    max_leaves=3,
)
_ANSWER = st.none() | st.dictionaries(st.sampled_from(["value", "option"]), _JSON, max_size=2)
_IDS = st.sampled_from(["a", "b", "c"])


@st.composite
def _files(draw: Any) -> AnswerFile:
    answers = draw(st.dictionaries(_IDS, _ANSWER, max_size=3))
    revisions = {name: draw(st.integers(0, 3)) for name in answers}
    replaced = draw(st.lists(st.builds(Replaced, _IDS, _ANSWER, st.integers(0, 3)), max_size=3))
    return AnswerFile(
        "moi",
        "tiny",
        "form",
        "fr",
        draw(st.sampled_from([None, "s", "t"])),
        answers,
        revisions,
        tuple(replaced),
    )


def _alike(a: AnswerFile, b: AnswerFile) -> bool:
    return compare(data_of(a), data_of(b)) == 0


def _answers_alike(a: AnswerFile, b: AnswerFile) -> bool:
    return compare([a.seed, a.answers], [b.seed, b.answers]) == 0


@given(_files(), _files())
def test_merging_is_commutative(a: AnswerFile, b: AnswerFile) -> None:
    """Whichever version comes first, the same file comes of it."""
    assert _alike(merge_answers(a, b), merge_answers(b, a))


@given(_files(), _files())
def test_merging_is_idempotent(a: AnswerFile, b: AnswerFile) -> None:
    """Merging again, with either version or with itself, changes nothing more."""
    once = merge_answers(a, b)
    assert _alike(merge_answers(once, once), once)
    assert _alike(merge_answers(once, a), once)
    assert _alike(merge_answers(once, b), once)


@given(_files(), _files(), _files())
@settings(max_examples=200)
def test_the_order_in_which_versions_meet_does_not_matter(
    a: AnswerFile, b: AnswerFile, c: AnswerFile
) -> None:
    """Merging is associative on answers and seed."""
    left = merge_answers(merge_answers(a, b), c)
    right = merge_answers(a, merge_answers(b, c))
    assert _answers_alike(left, right)


@given(_files(), _files())
def test_no_answer_is_dropped(a: AnswerFile, b: AnswerFile) -> None:
    """Each answer of either version is still there: as the answer, or among those replaced."""
    merged = merge_answers(a, b)
    kept = [(name, answer) for name, answer in merged.answers.items()]
    kept += [(entry.question, entry.answer) for entry in merged.replaced]
    for file in (a, b):
        for name, answer in file.answers.items():
            assert answer is None or any(name == n and compare(answer, k) == 0 for n, k in kept)


@given(_files(), _IDS, _ANSWER)
def test_a_change_wins_against_what_it_was_made_over(file: AnswerFile, name: str, answer: Any) -> None:
    """Merged with the version before it, a change stays, and what it was knowingly made over is not kept."""
    after = changed(file, name, answer)
    assert next_revision(after) > after.revisions[name]
    base = {question: (state,) for question, state in entries(file).items()}
    merged = merge_answers(after, file, base)
    assert compare(merged.answers[name], answer) == 0
    assert len(merged.replaced) <= len(file.replaced)


@given(st.lists(_files(), min_size=1, max_size=4))
def test_replaced_answers_stay_few_and_say_something_else(files: list[AnswerFile]) -> None:
    """At most fifty, each once, none empty, none equal to the answer in force."""
    merged = files[0]
    for file in files:
        merged = merge_answers(merged, file)
    assert len(merged.replaced) <= MOST_REPLACED
    seen = [[entry.question, entry.answer] for entry in merged.replaced]
    assert not any(compare(x, y) == 0 for at, x in enumerate(seen) for y in seen[:at])
    for entry in merged.replaced:
        assert entry.answer is not None
        assert compare(merged.answers.get(entry.question), entry.answer) != 0


@given(_JSON, _JSON, _JSON)
def test_values_have_one_order(a: Any, b: Any, c: Any) -> None:
    """The order of values is total: antisymmetric and transitive."""
    assert (compare(a, b) > 0) == (compare(b, a) < 0)
    if compare(a, b) <= 0 and compare(b, c) <= 0:
        assert compare(a, c) <= 0


def test_answers_are_counted() -> None:
    """A copy's count leaves out what is empty, incomplete or erased."""
    answers = {"a": {"value": "4"}, "b": {"value": ""}, "c": None, "d": {"unknown": True}}
    assert answered_count(AnswerFile("moi", "tiny", "form", "fr", answers=answers)) == 2

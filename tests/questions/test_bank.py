"""The item bank: read in one order, filtered, and told by the commands « items … »."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from question_files import ITEMS

from alliances.cli import main
from alliances.course.tree import find_tree
from alliances.errors import AlliancesError, SourceError
from alliances.questions.bank import Item, load_bank, select, with_names

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.checkout

CONFIDENCE = """\
  - {id: p02, use: practice, outcome: tell, bloom: apply, tracks: [agents], type: confidence, about: p01}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three modules of two items each: zebra, mango and apple."""
    for name in ("zebra", "mango", "apple"):
        path = tmp_path / "modules" / name / "items.yaml"
        path.parent.mkdir(parents=True)
        content = ITEMS.replace("module: tiny", f"module: {name}")
        path.write_text(content.replace("use: test", "use: test\n    difficulty: hard"), encoding="utf-8")
    return tmp_path / "modules"


def test_the_order_of_the_bank_is_the_courses(folder: Path) -> None:
    """Modules stand in the order given, the others after them by name; items as in their files."""
    names = [item.name for item in load_bank(folder, ["zebra"])]
    assert names == ["zebra.p01", "zebra.t01", "apple.p01", "apple.t01", "mango.p01", "mango.t01"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 6),
        ({"module": ["apple"]}, 2),
        ({"module": ["apple", "zebra"]}, 4),
        ({"outcome": ["tell"]}, 3),
        ({"outcome": ["apple.tell"]}, 1),
        ({"bloom": ["apply"]}, 3),
        ({"track": ["agents"]}, 3),
        ({"track": ["agents", "students"]}, 6),
        ({"use": ["test"], "track": ["agents"]}, 0),
        ({"difficulty": ["hard"]}, 3),
        ({"difficulty": ["easy"]}, 0),
        ({"type": ["number"]}, 3),
        ({"module": ["nowhere"]}, 0),
    ],
    ids=str,
)
def test_filters_narrow_the_bank(folder: Path, filters: dict[str, list[str]], expected: int) -> None:
    """Each filter keeps its values, several filters narrow together, and the order stays."""
    bank = load_bank(folder)
    found = select(bank, **filters)
    assert len(found) == expected
    assert list(found) == [item for item in bank if item in found]


def test_a_folder_without_items_is_refused(tmp_path: Path) -> None:
    """A folder that holds no module says where test items are and are not."""
    with pytest.raises(AlliancesError, match="ni dans le paquet installé") as caught:
        load_bank(tmp_path)
    assert "neither in the installed package" in caught.value.in_language("en")


def test_an_unknown_difficulty_is_named(folder: Path) -> None:
    """The author's guess is easy, medium or hard; another word is refused with its place."""
    path = folder / "apple" / "items.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("hard", "tough"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"items\.yaml:25: champ .*items\[1\]\.difficulty"):
        load_bank(folder)


def test_items_are_found_by_name(folder: Path) -> None:
    """Names give items in their order, once each; an unknown one is named."""
    bank = load_bank(folder)
    assert [item.name for item in with_names(bank, ["mango.t01", "apple.p01", "mango.t01"])] == [
        "mango.t01",
        "apple.p01",
    ]
    with pytest.raises(AlliancesError, match=r"apple\.p99"):
        with_names(bank, ["apple.p99"])


def test_the_real_bank_is_read() -> None:
    """Every module of the course loads, and each item knows its file and line."""
    items = load_bank(find_tree().modules)
    assert len(items) >= 18
    assert all(isinstance(item, Item) and item.path.is_file() and item.line > 1 for item in items)


# The commands.


def test_list_tells_the_items_without_keys(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``items list --json`` gives what filters see and where the item is, never its text or key."""
    assert (
        main(["items", "list", "--folder", str(folder), "--use", "test", "--module", "mango", "--json"]) == 0
    )
    (item,) = json.loads(capsys.readouterr().out)
    assert item == {
        "item": "mango.t01",
        "use": "test",
        "type": "number",
        "outcome": "count",
        "bloom": "apply",
        "tracks": ["students"],
        "difficulty": "hard",
        "file": (folder / "mango" / "items.yaml").as_posix(),
        "line": 23,
    }


def test_list_is_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without ``--json``, one line an item under headings, then how many of how many."""
    assert main(["items", "list", "--folder", str(folder), "--bloom", "apply"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["Item", "Usage", "Type", "Acquis", "Bloom", "Parcours", "Difficulté"]
    assert lines[1].split() == ["apple.t01", "test", "number", "count", "apply", "students", "hard"]
    assert lines[-1] == "3 item(s) sur 6."


def test_list_of_nothing_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Filters that keep nothing give status 1 and a sentence."""
    assert main(["items", "list", "--folder", str(folder), "--module", "nowhere"]) == 1
    assert "Aucun item ne correspond" in capsys.readouterr().err


def test_draw_prints_both_forms(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``items draw`` takes test items only, tells both forms, and the same seed gives them again."""
    words = ["items", "draw", "--folder", str(folder), "--size", "1", "--seed", "s", "--json"]
    drawn: list[dict[str, Any]] = []
    for _ in range(2):
        assert main(words) == 0
        drawn.append(json.loads(capsys.readouterr().out))
    assert drawn[0] == drawn[1]
    assert {item["use"] for form in ("A", "B") for item in drawn[0][form]} == {"test"}
    assert main(words[:-1]) == 0
    assert "Forme B : 1 items" in capsys.readouterr().out


def test_draw_writes_two_files(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--to``, each form is a file, and the person is told that it holds the answers."""
    words = [
        "items",
        "draw",
        "--folder",
        str(folder),
        "--size",
        "1",
        "--to",
        str(tmp_path / "out"),
        "--format",
        "gift",
    ]
    assert main(words) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["form_a.txt", "form_b.txt"]
    assert "ne le publiez pas" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--size", "2"], 1, "il en manque 1"),
        (["--size", "0"], 2, "au moins un item"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    """A bank too small and a form without items are refused in words."""
    assert main(["items", "draw", "--folder", str(folder), *words]) == status
    assert said in capsys.readouterr().err


def test_export_takes_practice_unless_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys of tests leave the checkout only when somebody asks for them."""
    path = tmp_path / "out.xml"
    assert main(["items", "export", "--folder", str(folder), "--to", str(path), "--lang", "en"]) == 0
    content = path.read_text(encoding="utf-8")
    assert content.count("p01.en</idnumber>") == 3
    assert "t01" not in content
    assert "3 question(s) Moodle" in capsys.readouterr().out


def test_export_replaces_nothing_by_accident(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is there stays as it was, unless ``--force`` is given."""
    path = tmp_path / "out.xml"
    path.write_text("mine", encoding="utf-8")
    words = ["items", "export", "--folder", str(folder), "--to", str(path)]
    assert main(words) == 1
    assert path.read_text(encoding="utf-8") == "mine"
    assert "existe déjà" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_export_names_what_it_loses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An item without a counterpart is named with the reason, gives status 1, and the others are written."""
    path = folder / "apple" / "items.yaml"
    path.write_text(path.read_text(encoding="utf-8") + CONFIDENCE, encoding="utf-8")
    words = [
        "items",
        "export",
        "apple.p02",
        "apple.p01",
        "--folder",
        str(folder),
        "--to",
        str(tmp_path / "a.xml"),
    ]
    assert main([*words, "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [(item["item"], item["status"], item["notes"]) for item in report["items"]] == [
        ("apple.p02", "left_out", ["confidence"]),
        ("apple.p01", "same", []),
    ]
    assert main([*words, "--force"]) == 1
    said = capsys.readouterr().out
    assert "Non exportés : 1" in said
    assert "apple.p02 (confidence)" in said


def test_export_of_nothing_writes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no item has a counterpart, no file is made."""
    path = folder / "apple" / "items.yaml"
    path.write_text(path.read_text(encoding="utf-8") + CONFIDENCE, encoding="utf-8")
    target = tmp_path / "a.xml"
    assert main(["items", "export", "apple.p02", "--folder", str(folder), "--to", str(target)]) == 1
    assert "aucun fichier n’a été écrit" in capsys.readouterr().err
    assert not target.exists()

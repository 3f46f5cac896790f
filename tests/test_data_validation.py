"""The checks that span tables: each is told when it breaks, and says which row."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from alliances import cli, data_validation
from alliances.data_checks import worked_out
from alliances.errors import AlliancesError

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
SMALL = [
    "sources", "facts", "giving", "tools", "measures_frame", "review_2022", "departments_tiles",
    "departments", "regions",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small copy of the tables, with a descriptor of its own, that a test may break."""
    package = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [found for found in package["resources"] if found["name"] in SMALL]
    (tmp_path / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    for name in SMALL:
        shutil.copyfile(DATASETS / f"{name}.csv", tmp_path / f"{name}.csv")
    monkeypatch.setenv("ALLIANCES_DATA", str(tmp_path))
    return tmp_path


def change(folder, table, key, **cells):
    """Change cells of the row whose first column is ``key``."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    row = next(row for row in rows if row[0] == key)
    for column, value in cells.items():
        row[header.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def describe(folder, table, **settings):
    """Change what the descriptor says of a table."""
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    next(found for found in package["resources"] if found["name"] == table).update(settings)
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")


def told(language="fr"):
    """Rule, column and message of each problem."""
    found = data_validation.validate()
    return [
        (problem.key.partition(".")[2], problem.column, problem.message(language))
        for problem in found.problems
    ]


@pytest.fixture(scope="module")
def real():
    """What our checks find in the tables of the course as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ALLIANCES_DATA", raising=False)
        return data_validation.validate()


def test_the_tables_of_the_course_are_clean(real):
    """Every table keeps its descriptor, its links, its sums and what it shares with other tables."""
    assert [problem.message("en") for problem in real.problems] == []
    assert real.refusals == ()
    assert real.tables == len(json.loads((DATASETS / "datapackage.json").read_text("utf-8"))["resources"])


def test_the_publishers_gate_lets_the_course_through(monkeypatch):
    """The validator that publishers use finds nothing in the tables of the course."""
    monkeypatch.delenv("ALLIANCES_DATA", raising=False)
    assert data_validation.gate_problems() == []


def test_a_good_copy(folder):
    """The copy breaks nothing."""
    assert told() == []


SHARE = "covid2_partnership_maintained"
# What is changed (table, row, cells), then the rule, the column, and what the message says.
BROKEN = [
    (("facts", SHARE, {"value": "40"}), "check_sum partition", "fait 106.0, il faut 100"),
    (("facts", SHARE, {"partition": "nowhere"}), "check_no_total partition", "« nowhere » n'a pas de total"),
    (("facts", SHARE, {"value": "134"}), "check_bounds value", "hors des bornes de son unité (0 à 100)"),
    (("facts", "adie_target_people", {"value_max": "400"}), "check_range value_max", "pas au-dessus du bas"),
    (("facts", "giving_mean_2015", {"value": "25100"}), "check_formula value", "donne 24090.9"),
    (("facts", "giving_median_2019", {"status": "computed"}), "check_no_formula value", "sans formule"),
    (("facts", "scic_2018", {"status": "read_opening"}), "check_status status", "ne vont pas ensemble"),
    (("facts", "scic_2020", {"status": "memory_unverified"}), "check_status status", "ne vont pas ensemble"),
    (("facts", "charter_month_a", {"conflicts_with": ""}), "check_one_way conflicts_with", "que d'un côté"),
    (("facts", "scic_2020", {"conflicts_with": "nowhere"}), "rule_link conflicts_with", "n'existe pas dans"),
    (("facts", "scic_2020", {"also_sources": "S571;S571"}), "check_repeated also_sources", "y est deux fois"),
    (
        ("facts", "giving_rate_2018", {"value": "4.5"}),
        "check_mirror value",
        "ne dit pas ce que dit le chiffre",
    ),
    (("giving", "giving_rate_2018", {"year": "2017"}), "check_mirror year", "(« 2018 »)"),
    (("tools", "dla", {"sources": "S310;S999"}), "rule_link sources", "« S999 » n'existe pas dans"),
    (("tools", "dla", {"stages": "sometimes"}), "rule_pattern_like stages", "Par exemple : awareness"),
    (("review_2022", "fund", {"fact_id": "nowhere"}), "rule_link fact_id", "pas dans la table facts"),
    (("regions", "53", {"population": "3"}), "check_total population", "la table departments pour 53"),
    (("departments_tiles", "01", {"code": "20"}), "rule_link code", "« 20 » n'existe pas dans la table dep"),
]


@pytest.mark.parametrize(("changed", "rule", "words"), BROKEN)
def test_each_check(folder, changed, rule, words):
    """What a check forbids is told, at its place, in words."""
    table, key, cells = changed
    change(folder, table, key, **cells)
    found = [message for name, column, message in told() if f"{name} {column}" == rule]
    assert found
    assert words in found[0]


def test_a_sum_has_a_point_of_rounding(folder):
    """Rounded shares may add up to 101."""
    change(folder, "facts", SHARE, value="35")
    assert [rule for rule, *_ in told()] == []


def test_messages_in_english(folder):
    """A message names table, line and column in English too."""
    change(folder, "facts", "scic_2020", status="memory_unverified")
    (_, _, message), *rest = told("en")
    assert rest == []
    assert message.startswith("facts, line ")
    assert ", column “status”: status “memory_unverified” and source S571 do not go together" in message


def test_an_idle_total(folder):
    """A total that no row names is told."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    checks = next(found["checks"] for found in package["resources"] if found["name"] == "facts")
    checks["partitions"]["totals"]["nobody"] = [1, 0]
    describe(folder, "facts", checks=checks)
    assert [(rule, column) for rule, column, _ in told()] == [("check_idle_total", "partition")]


def test_a_bad_formula(folder):
    """A formula that names nothing known, or holds more than sums and products, is told, never run."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    checks = next(found["checks"] for found in package["resources"] if found["name"] == "facts")
    for formula in ("nowhere + 1", "__import__('os')", "1 +"):
        checks["formulas"]["rules"]["giving_mean_2015"] = [formula, 1]
        describe(folder, "facts", checks=checks)
        assert [rule for rule, *_ in told()] == ["check_bad_formula"]


def test_an_undescribed_file(folder):
    """A table that the descriptor does not know is told."""
    (folder / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    assert [rule for rule, *_ in told()] == ["check_undescribed"]


def test_too_large(folder, monkeypatch):
    """A folder above the limit is told, with its size."""
    monkeypatch.setattr(data_validation, "MOST_BYTES", 100_000)
    ((rule, _, message),) = told()
    assert rule == "check_size"
    assert "100 au plus" in message


def test_a_file_that_cannot_be_read(folder):
    """A broken file is one refusal; the other tables are still checked, and checks that need it wait."""
    (folder / "sources.csv").write_bytes(b"")
    found = data_validation.validate()
    assert [refusal.key for refusal in found.refusals] == ["data.empty_file"]
    assert found.tables == len(SMALL) - 1
    assert not found.valid


FORMULAS = [("a + b * 2", 8), ("(a - b) / 2", -0.5), ("100 * (b / a - 1)", 50), ("-1 * a", None), ("a", 2)]


@pytest.mark.parametrize(("formula", "value"), FORMULAS)
def test_worked_out(formula, value):
    """A formula holds numbers, names, the four operations and brackets, and no sign by itself."""
    if value is None:
        with pytest.raises(ValueError, match="-1"):
            worked_out(formula, {"a": 2, "b": 3})
        return
    assert worked_out(formula, {"a": 2, "b": 3}) == value


def test_the_publishers_gate(folder):
    """The validator reads the package as any user would, and says where it breaks."""
    assert data_validation.gate_problems() == []
    change(folder, "departments_tiles", "01", row="ninth")
    assert ("departments_tiles", 2, "row") in [
        (p.table, p.line, p.column) for p in data_validation.gate_problems()
    ]


def test_without_the_gate(monkeypatch):
    """Without frictionless, the message says what to install and how to do without."""
    monkeypatch.setattr(data_validation, "gate_available", lambda: False)
    with pytest.raises(AlliancesError, match="ajoutez --no-gate") as caught:
        data_validation.gate_problems()
    assert "is not installed" in caught.value.in_language("en")


def run(capsys, *words):
    """Exit status and both outputs of a command."""
    status = cli.main(["data", *words])
    output = capsys.readouterr()
    return status, output.out, output.err


def test_command_list(folder, capsys):
    """The list names each table with its rows, and the total."""
    status, out, _ = run(capsys, "list")
    assert status == 0
    assert "measures_frame" in out
    assert f"{len(SMALL)} tables, " in out
    status, out, _ = run(capsys, "list", "--json")
    frame = next(found for found in json.loads(out) if found["name"] == "measures_frame")
    assert (frame["rows"], frame["synthetic"], frame["lessons"]) == (21, False, ["measure_design"])


def test_command_list_with_a_broken_table(folder, capsys):
    """A table that cannot be read is named, and the others are listed."""
    (folder / "tools.csv").unlink()
    status, out, err = run(capsys, "list")
    assert (status, "sdg17" in out) == (1, False)
    assert "tools.csv: Impossible de lire ce fichier" in err
    assert "measures_frame" in out


def test_command_show(folder, capsys, monkeypatch):
    """A table is shown in the language of the environment, with rows when asked for."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    status, out, _ = run(capsys, "show", "measures_frame", "--rows", "2")
    assert status == 0
    assert out.startswith("Frame of the 21 measures (measures_frame)")
    assert "Row 2\n  measure_id: operational_2" in out
    status, out, _ = run(capsys, "show", "measures_frame", "--rows", "1", "--json")
    shown = json.loads(out)
    assert (shown["rows"], len(shown["first_rows"]), shown["language"]) == (21, 1, "en")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["show", "nowhere"], 1, "pas de table « nowhere »"),
        (["show", "tools", "--rows", "-1"], 2, "--rows -1"),
    ],
)
def test_command_show_refuses(folder, capsys, words, status, message):
    """An unknown table is refused with status 1, a wrong option with status 2."""
    found, _, err = run(capsys, *words)
    assert found == status
    assert message in err


def test_command_validate(folder, capsys):
    """A good folder gives status 0; a broken one gives status 1 and the sentence."""
    status, out, _ = run(capsys, "validate", "--no-gate")
    assert status == 0
    assert "Rien à corriger : 9 tables" in out
    assert "frictionless n'a pas été passé" in out
    change(folder, "tools", "dla", access="now_and_then")
    status, out, _ = run(capsys, "validate", "--no-gate")
    assert status == 1
    assert "colonne « access » : « now_and_then » n'est pas une valeur prévue" in out
    status, out, _ = run(capsys, "validate", "--no-gate", "--json")
    (problem,) = json.loads(out)["problems"]
    assert (problem["table"], problem["column"], problem["rule"]) == ("tools", "access", "rule_enum")

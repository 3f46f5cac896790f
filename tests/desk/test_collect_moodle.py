"""Copies taken from the archive of a Moodle assignment: whose they are, and of which assignment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD, bare_course

from alliances.cli import main
from alliances.desk.collecting import Collection, collect
from alliances.desk.intake import Wish
from alliances.desk.intake_learners import read_roster
from alliances.errors import AlliancesError, UsageError
from alliances.questions.answers import AnswerFile, answers_to_bytes, read_answers
from alliances_grader.course_manifest import Course

FILE = "_assignsubmission_file_"
TEXT = "_assignsubmission_onlinetext_"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return bare_course(tmp_path)


def answers(learner: str = "moi", **fields: Any) -> bytes:
    given = {"exercise": "tiny", "door": "form", "language": "fr", "answers": GOOD, **fields}
    return answers_to_bytes(AnswerFile(learner, **given))


def moodle(target: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip as Moodle does, or a folder of the same files where ``target`` has no suffix."""
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return target
    for name, content in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    return target


def taken(result: Collection) -> list[tuple[str, str]]:
    return [(copy.learner, copy.assignment) for copy in result.taken]


def reasons(result: Collection) -> str:
    return " | ".join(copy.reason.in_language("fr") for copy in result.refused)


LAYOUTS = {
    "folders": f"Awa Diop_12345{FILE}/tiny_form.json",
    "folders, no last low line": "Awa Diop_12345_assignsubmission_file/tiny_form.json",
    "flat": f"Awa Diop_12345{FILE}tiny_form (1).json",
    "blind": f"Participant_12345{FILE}/answers.json",
    "a folder of the learner's own": f"Awa Diop_12345{FILE}/rendu/tiny_form-Awa.json",
    "unpacked into one folder": f"PART-Devoir 1-77/Awa Diop_12345{FILE}/tiny_form.json",
}


@pytest.mark.parametrize("suffix", [".zip", ""])
@pytest.mark.parametrize("name", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_of_moodle_is_read(course: Course, tmp_path: Path, name: str, suffix: str) -> None:
    """Folders or none, names or blind marking, zipped or unpacked: the copy is the participant's."""
    source = moodle(tmp_path / f"in{suffix}", {name: answers()})
    result = collect(course, source)
    assert (taken(result), reasons(result)) == ([("m12345", "tiny_form")], "")
    assert result.taken[0].flags == ()


@pytest.mark.parametrize(
    "online", [f"Awa Diop_12345{TEXT}/texteenligne.html", f"Awa Diop_12345{TEXT}onlinetext.html"]
)
def test_online_text_is_left_and_named(course: Course, tmp_path: Path, online: str) -> None:
    """Of French and English archives alike, what was typed into Moodle's own field is set aside by name."""
    files = {online: b"<p>Bonjour</p>", f"Awa Diop_12345{FILE}/tiny_form.json": answers()}
    (copy,) = collect(course, moodle(tmp_path / "in.zip", files)).taken
    assert copy.passed_over == (f"{online.rpartition('_')[2].lstrip('/')} (onlinetext)",)
    alone = collect(course, moodle(tmp_path / "alone.zip", {online: b"<p>Bonjour</p>"}))
    assert "le texte en ligne de Moodle n'est pas lu" in reasons(alone)


def test_no_name_becomes_a_path_or_stays_in_a_file(course: Course, tmp_path: Path) -> None:
    """Neither Moodle's name nor one that the file's name carries is anywhere in the course."""
    files = {f"Awa Diop_12345{FILE}/tiny_form-AwaDiop.json": answers("moi")}
    collect(course, moodle(tmp_path / "in.zip", files))
    for path in course.root.rglob("*"):
        assert "awa" not in path.name.lower()
        assert not path.is_file() or b"Awa" not in path.read_bytes()
    assert read_answers(course.root / "submitted/m12345/tiny_form/answers.json").learner == "m12345"


def test_another_learners_code_is_flagged(course: Course, tmp_path: Path) -> None:
    """A code that is not the page's own default may be somebody else's: a person is told."""
    files = {f"Awa Diop_12345{FILE}/tiny_form.json": answers("p07")}
    (copy,) = collect(course, moodle(tmp_path / "in.zip", files)).taken
    assert [flag.key for flag in copy.flags] == ["learner_differs"]


def test_a_copy_by_the_code_door_is_notebook_and_answers(course: Course, tmp_path: Path) -> None:
    """Both files of one participant make one copy, whatever a browser added to their names."""
    notebook = (course.root / "release/tiny_code/tiny_code.ipynb").read_bytes()
    files = {
        f"Léo Roux_7{FILE}/tiny_code (2).ipynb": notebook,
        f"Léo Roux_7{FILE}/answers.json": answers(door="code"),
        f"Léo Roux_7{FILE}/plan.pdf": b"%PDF",
    }
    (copy,) = collect(course, moodle(tmp_path / "in.zip", files)).taken
    assert (copy.learner, copy.assignment, copy.passed_over) == ("m7", "tiny_code", ("plan.pdf",))
    kept = {path.name for path in (course.root / "submitted/.received/m7/tiny_code").iterdir()}
    assert kept == {"answers.json", "tiny_code.ipynb"}


def test_several_assignments_are_never_mixed(course: Course, tmp_path: Path) -> None:
    """Each file goes to the assignment that it says; one that was not asked for is refused by name."""
    notebook = (course.root / "release/tiny_code/tiny_code.ipynb").read_bytes()
    files = {
        f"A_1{FILE}/tiny_form.json": answers(),
        f"A_1{FILE}/tiny_code.ipynb": notebook,
        f"B_2{FILE}/mon carnet.ipynb": notebook,
    }
    source = moodle(tmp_path / "in.zip", files)
    assert taken(collect(course, source)) == [("m1", "tiny_code"), ("m1", "tiny_form")]
    result = collect(course, source, wish=Wish("tiny_code"))
    assert taken(result) == [("m1", "tiny_code"), ("m2", "tiny_code")]
    assert reasons(result).startswith("la copie est celle de « tiny_form »")


def test_a_notebook_of_an_unknown_name_asks_for_the_assignment(course: Course, tmp_path: Path) -> None:
    """Where the files do not say which assignment they are, the message says how to say it."""
    notebook = (course.root / "release/tiny_code/tiny_code.ipynb").read_bytes()
    source = moodle(tmp_path / "in.zip", {f"B_2{FILE}/mon carnet.ipynb": notebook})
    assert "donnez --assignment DEVOIR" in reasons(collect(course, source))
    with pytest.raises(AlliancesError, match=r"n.est pas un devoir de ce cours"):
        collect(course, source, wish=Wish("nothing"))


def test_two_different_answers_files_are_refused(course: Course, tmp_path: Path) -> None:
    """Choosing one would drop the other in silence; the same file twice is one."""
    one, other = answers(), answers(answers={"n01": {"value": "5"}})
    files = {
        f"A_1{FILE}/tiny_form.json": one,
        f"A_1{FILE}/tiny_form (1).json": other,
        f"B_2{FILE}/tiny_form.json": one,
        f"B_2{FILE}/answers.json": one,
    }
    result = collect(course, moodle(tmp_path / "in.zip", files))
    assert taken(result) == [("m2", "tiny_form")]
    assert "ils diffèrent : tiny_form.json, tiny_form (1).json" in reasons(result)


def zip_of(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rendu.zip", zip_of({"rendu/answers.json": answers()}), ""),
        ("rendu.zip", zip_of({"a.zip": zip_of({"answers.json": answers()})}), "une autre archive, a.zip"),
        ("rendu.zip", zip_of({"../answers.json": answers()}), "sortirait du dossier"),
        ("rendu.zip", zip_of({"x": bytes(30_000_000)}), "donnerait 30 Mo"),
        ("rendu.zip", zip_of({f"{n}.txt": b"" for n in range(1_001)}), "plus de 1000 fichiers"),
        ("rendu.zip", b"PK", "n'est ni un dossier ni une archive zip"),
        ("rendu.7z", b"7z\xbc\xaf\x27\x1c", "archive 7z"),
        ("rendu.rar", b"Rar!\x1a\x07\x01\x00", "archive RAR"),
        ("rendu.tar.gz", b"\x1f\x8b\x08", "archive gzip"),
        ("answers.json", b"{", "incomplet ou abîmé"),
        ("answers.json", b" " * 1_000_001, "dépasse 1000"),
    ],
)
def test_what_one_person_hands_in_costs_nobody_else(
    course: Course, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    """A zip is looked into, once; what is dangerous or unreadable is refused by name, others are taken."""
    files = {f"A_1{FILE}/{name}": content, f"B_2{FILE}/tiny_form.json": answers()}
    result = collect(course, moodle(tmp_path / "in.zip", files))
    assert taken(result) == [("m1", "tiny_form")] * (not message) + [("m2", "tiny_form")]
    assert message in reasons(result).replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")
    assert len(result.refused) == (1 if message else 0)


def roster(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "codes.csv"
    path.write_text(content, encoding="utf-8-sig")
    return path


WORKSHEET = (
    "Identifiant,Nom complet,Adresse de courriel,Statut,Note,code\n"
    "Participant 12345,Awa Diop,awa@example.org,Remis,12,p01\n"
    "Participant 12,Léo d'Arc-Roux,leo@example.org,Remis,12345,p02\n"
    "Participant 13,Jeanne Le Goff,,Remis,,\n"
)


def test_a_list_gives_codes(course: Course, tmp_path: Path) -> None:
    """Moodle's worksheet with a column of codes is such a list; marks in it are never taken for numbers."""
    codes = Wish(roster=read_roster(roster(tmp_path, WORKSHEET)))
    files = {
        f"Awa Diop_12345{FILE}/tiny_form.json": answers(),
        f"Léo dArc-Roux{FILE}/tiny_form.json": answers(),
        f"Jeanne Le Goff_13{FILE}/tiny_form.json": answers(),
    }
    result = collect(course, moodle(tmp_path / "in.zip", files), wish=codes)
    assert taken(result) == [("p01", "tiny_form"), ("p02", "tiny_form")]
    assert "« Jeanne Le Goff » n'est pas dans la liste --learners" in reasons(result)


def test_a_name_without_a_number_needs_the_list(course: Course, tmp_path: Path) -> None:
    """No name becomes a folder: the message says which list is wanted."""
    result = collect(course, moodle(tmp_path / "in.zip", {f"Awa Diop{FILE}/tiny_form.json": answers()}))
    assert "Moodle n'a pas mis de numéro après « Awa Diop »" in reasons(result)
    assert not (course.root / "submitted").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nom complet;code\nAwa Diop;p01\nAwa  diop;p02\n", "deux codes pour « Awa Diop »"),
        ("nom complet;code\nAwa Diop;p01\nBen Ali;p01\n", "donne le code « p01 » à plusieurs personnes"),
        ("identifiant\tcode\n77\tp01\n", "n'est pas dans la liste"),
    ],
)
def test_a_list_that_leaves_doubt_takes_nobody(
    course: Course, tmp_path: Path, content: str, message: str
) -> None:
    """Two codes for one name, one code for two people, nobody of that name: refused, never guessed."""
    codes = Wish(roster=read_roster(roster(tmp_path, content)))
    files = {f"Awa Diop_1{FILE}/tiny_form.json": answers(), f"Ben Ali_2{FILE}/tiny_form.json": answers()}
    result = collect(course, moodle(tmp_path / "in.zip", files), wish=codes)
    assert result.taken == []
    assert message in reasons(result)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"nom,prenom\nDiop,Awa\n", "il faut une colonne"),
        (b"", "il faut une colonne"),
        (b"nom;code\nDiop;a/b\n", "Le code « a/b »"),
        (b"nom;code\n\xff;p01\n", "CSV en UTF-8"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """The message says which columns are needed, or which code cannot be one."""
    (tmp_path / "codes.csv").write_bytes(content)
    with pytest.raises((UsageError, AlliancesError), match=message):
        read_roster(tmp_path / "codes.csv")


def test_the_command_says_how_people_were_named(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trainer reads which code stands for which number, and that the number is this assignment's only."""
    source = moodle(tmp_path / "in.zip", {f"Awa Diop_12345{FILE}/tiny_form.json": answers()})
    assert main(["collect", str(source), "--course", str(course.root)]) == 0
    said = capsys.readouterr()
    assert "1 personnes désignées par un code (m12345 pour le participant 12345" in said.err
    assert "change d'un devoir Moodle à l'autre" in said.err
    assert "Awa" not in said.err + said.out
    assert main(["collect", str(source), "--course", str(course.root), "--json"]) == 0
    (copy,) = json.loads(capsys.readouterr().out)["taken"]
    assert (copy["learner"], copy["participant"], copy["origin"]) == ("m12345", "12345", "moodle")

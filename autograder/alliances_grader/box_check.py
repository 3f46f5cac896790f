"""The self-test: really tries to leave each level of the box, and says what holds and how to mend the rest.

Nothing is concluded from versions or settings: a level holds when every trial of ``box_trials`` failed to get
out of it. Settings are read only afterwards, to name the one that would mend it.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from alliances.i18n import Language, text
from alliances_grader import box_landlock, box_linux, box_namespaces, box_seccomp
from alliances_grader.box import LEVELS, BoxLevel, Level, Reason, open_box, python_command
from alliances_grader.box_start import FAILED, MARK
from alliances_grader.box_uid import can_change_uid

__all__ = [
    "TRIALS",
    "Report",
    "Trial",
    "check",
    "found_level",
    "platform_message",
    "reason_text",
    "try_level",
]

TRIALS: Final = (
    "network",
    "read_outside",
    "write_outside",
    "processes",
    "process_limit",
    "memory_limit",
    "disk_limit",
    "privileges",
    "ptrace",
    "keyctl",
    "system_calls",
    "descriptors",
    "environment",
    "survivors",
    "carry_over",
)
"""What is tried, in the order it is shown; all must hold for a level to hold."""

_PATIENCE: Final = 60


@dataclass(frozen=True)
class Trial:
    """One thing that was tried.

    Attributes:
        name: one of ``TRIALS``.
        state: ``held``, ``not_held``, or ``not_tried`` when the box could not even start.
        detail: what got through.
    """

    name: str
    state: Literal["held", "not_held", "not_tried"]
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """How one level fared: its trials, why it does not hold, and what is weaker although it holds."""

    level: BoxLevel
    trials: tuple[Trial, ...]
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every trial was held."""
        return not self.reasons and all(trial.state == "held" for trial in self.trials)


def platform_message() -> str | None:
    """Return why no box is possible on this system and what to use instead, or None on Linux."""
    if box_linux.is_linux():
        return None
    known = {"darwin": "sandbox.on_macos", "win32": "sandbox.on_windows"}
    return text(known.get(sys.platform, "sandbox.on_other"), system=sys.platform)


def reason_text(reason: Reason, language: Language | None = None) -> str:
    """Say a reason and its mend in ``language``."""
    said = text(f"sandbox.{reason.key}", language, **reason.values)
    return f"{said} {text(f'sandbox.{reason.mend}', language, **reason.values)}" if reason.mend else said


def _setting(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(encoding="ascii").strip()
    return ""


def _in_a_container() -> bool:
    marks = (Path("/.dockerenv"), Path("/run/.containerenv"))
    named = os.environ.get("container")  # noqa: SIM112 - systemd and Podman write it so
    if named or any(mark.exists() for mark in marks):
        return True
    # Engines cover parts of /proc; a machine does not.
    with suppress(OSError):
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
        return any(line.split()[1].startswith("/proc/") for line in mounts if "binfmt_misc" not in line)
    return False


def _why_no_namespaces(message: str) -> Reason:
    """Name the setting that stands in the way of namespaces."""
    if box_namespaces.bubblewrap() is None:
        return Reason("no_bubblewrap", mend="mend_bubblewrap")
    if _setting("/proc/sys/user/max_user_namespaces") == "0":
        return Reason("no_user_namespaces", mend="mend_max_user_namespaces")
    if _setting("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return Reason("no_user_namespaces", mend="mend_userns_clone")
    if _setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return Reason("apparmor", mend="mend_apparmor")
    if _in_a_container():
        return Reason("in_container", {"message": message}, mend="mend_container")
    return Reason("refused", {"message": message})


def _why_no_landlock(message: str) -> Reason:
    if box_landlock.landlock_version() == 0:
        listed = _setting("/sys/kernel/security/lsm") or "?"
        return Reason("no_landlock", {"listed": listed}, mend="mend_landlock")
    return Reason("refused", {"message": message})


def _why_not_started(level: BoxLevel, message: str) -> Reason:
    if not box_seccomp.filter_available():
        return Reason("no_libseccomp", mend="mend_libseccomp")
    step, _, detail = message.removeprefix(MARK).partition(": ")
    if message.startswith(MARK) and step == "reach":
        return Reason("out_of_reach", {"message": detail}, mend="mend_out_of_reach")
    return _why_no_namespaces(message) if level == "namespaces" else _why_no_landlock(message)


@contextmanager
def _traps() -> Iterator[dict[str, Any]]:
    """Set up what the trials aim at: a file, a folder open to all, and three listeners on this machine."""
    name = f"alliances-{secrets.token_hex(8)}"
    with tempfile.TemporaryDirectory(prefix="alliances-trial-") as made:
        folder = Path(made)
        folder.chmod(0o777)  # only the box stands between the trials and this
        secret = folder / "secret"
        secret.write_text("x", encoding="ascii")
        secret.chmod(0o666)
        with (
            socket.create_server(("127.0.0.1", 0)) as tcp,
            socket.socket(socket.AF_UNIX) as unix,
            socket.socket(socket.AF_UNIX) as abstract,
        ):
            unix.bind(str(folder / "unix"))
            (folder / "unix").chmod(0o777)
            unix.listen()
            abstract.bind("\0" + name)
            abstract.listen()
            yield {
                "port": tcp.getsockname()[1],
                "unix": str(folder / "unix"),
                "abstract": name,
                "secret": str(secret),
                "open_folder": str(folder),
                "pid": os.getpid(),
                "token": name,
            }


def _run_trials(level: BoxLevel, landlock: int | None) -> tuple[dict[str, str] | None, str]:
    """Return what got through by trial, or None and why the box did not start."""
    with open_box(level, landlock=landlock) as box, _traps() as told:
        folders = [box.folder({"kept": b"x"}) for _ in range(4)]
        told["neighbour"] = str(folders.pop() / "kept")
        told["folders"] = [str(folder) for folder in folders]
        command = box.wrap(python_command("alliances_grader.box_trials", json.dumps(told)))
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
                env={**os.environ, "ALLIANCES_TRIAL": told["token"]},
            )
        except subprocess.TimeoutExpired:
            return None, f"{_PATIENCE} s"
    complaint = done.stderr.decode("utf-8", "replace").strip()
    last = complaint.splitlines()[-1] if complaint else f"exit status {done.returncode}"
    if done.returncode != 0:
        return None, last if done.returncode != FAILED or last.startswith(MARK) else complaint
    found: dict[str, str] = json.loads(done.stdout)
    return (None, found["enter"]) if "enter" in found else (found, "")


def _why_not_held(trial: Trial) -> Reason:
    if trial.name == "process_limit" and os.geteuid() == 0 and not can_change_uid():
        return Reason("root_alone", mend="mend_root_alone")
    return Reason("got_through", {"trial": trial.name, "detail": trial.detail})


def _remarks(level: BoxLevel) -> tuple[Reason, ...]:
    """What is weaker here although the level holds."""
    found = []
    version = box_landlock.landlock_version()
    if level == "landlock" and os.geteuid() != 0:
        found.append(Reason("no_own_uid", mend="mend_own_uid"))
    if level == "landlock" and version < box_landlock.SIGNALS_FROM:
        found.append(Reason("old_landlock", {"version": version}))
    if level == "landlock":
        found.append(Reason("existence_shows"))
    if level == "namespaces" and version == 0:
        found.append(Reason("namespaces_alone"))
    return tuple(found)


def try_level(level: BoxLevel, *, landlock: int | None = None) -> Report:
    """Try to get out of one level (half a second or so).

    ``landlock`` acts as an older version of Landlock's interface would (for tests).
    """
    if not box_linux.is_linux():
        untried = tuple(Trial(name, "not_tried") for name in TRIALS)
        return Report(level, untried, (Reason("not_linux", {"system": sys.platform}),))
    missing = level == "namespaces" and box_namespaces.bubblewrap() is None
    found, message = (None, "") if missing else _run_trials(level, landlock)
    if found is None:
        untried = tuple(Trial(name, "not_tried") for name in TRIALS)
        return Report(level, untried, (_why_not_started(level, message),))
    trials = tuple(
        Trial(name, "held" if found.get(name, "?") == "" else "not_held", found.get(name, "?"))
        for name in TRIALS
    )
    reasons = tuple(_why_not_held(trial) for trial in trials if trial.state != "held")
    return Report(level, trials, reasons, _remarks(level))


def check() -> tuple[Report, ...]:
    """Try both levels, the stronger first."""
    return tuple(try_level(level) for level in LEVELS)


@cache
def found_level() -> Level:
    """Return the best level that holds; tried once in this process."""
    reasons: list[Reason] = []
    for name in LEVELS:
        report = try_level(name)
        if report.holds:
            return Level(name, tuple(reasons))
        reasons += report.reasons
    return Level("none", tuple(reasons))

"""The self-test's inner half: a small warm parent whose copies really try to get out, and say what happened.

Started by ``box_check`` in an outer box. Each trial is one function that returns what got through, or an
empty text when the box held.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH101, PTH123, PTH208

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import platform
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from alliances_grader.box_inside import box_settings, enter, prepare
from alliances_grader.box_limits import Limits

__all__ = ["TRIAL_LIMITS", "main"]

_MIB = 1 << 20
TRIAL_LIMITS: Final = Limits(
    cpu_seconds=10,
    wall_seconds=20,
    memory_bytes=64 * _MIB,
    processes=8,
    file_bytes=2 * _MIB,
    open_files=32,
    disk_bytes=6 * _MIB,
)

_KEPT_FOR = 30.0
# (x86_64, aarch64): a call that the box must refuse before the kernel looks at its arguments.
_CALLS: Final = {
    "process_vm_readv": (310, 270),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "personality": (135, 92),
    "shmget": (29, 194),
    "memfd_create": (319, 279),
    "ptrace": (101, 117),
    "keyctl": (250, 219),
}

Told = dict[str, Any]
_Attempt = Callable[[], object]


def _through(attempts: dict[str, _Attempt]) -> str:
    """Return the names of the attempts that did not fail."""
    passed = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, MemoryError, ValueError):
            continue
        passed.append(name)
    return ", ".join(passed)


def _connect(family: int, kind: int, address: object) -> None:
    with socket.socket(family, kind) as made:
        made.settimeout(1)
        if kind == socket.SOCK_DGRAM:
            made.sendto(b"x", address)  # type: ignore[call-overload]
        else:
            made.connect(address)  # type: ignore[arg-type]


def _network(told: Told) -> str:
    port = int(told["port"])
    attempts: dict[str, _Attempt] = {
        "TCP": lambda: _connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", port)),
        "TCP (IPv6)": lambda: _connect(socket.AF_INET6, socket.SOCK_STREAM, ("::1", port)),
        "UDP": lambda: _connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port)),
        "unix": lambda: _connect(socket.AF_UNIX, socket.SOCK_STREAM, told["unix"]),
        "abstract unix": lambda: _connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + told["abstract"]),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close(),
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
    }
    return _through(attempts)


def _reading(told: Told) -> str:
    paths = [told["secret"], told["neighbour"], "/etc/passwd", "/etc/shadow", "/proc/kcore", "/dev/kmsg"]
    return _through({path: lambda path=path: Path(path).read_bytes()[:1] for path in paths})  # type: ignore[misc]


def _writing(told: Told) -> str:
    folders = [
        told["open_folder"],
        str(Path(told["neighbour"]).parent),
        sys.prefix,
        "/usr/lib",
        "/dev",
        "/etc",
    ]

    def attempt(folder: str) -> None:
        if not Path(folder).is_dir():
            raise FileNotFoundError(folder)
        (Path(folder) / "box_trial").write_text("x", encoding="ascii")

    found = _through({folder: lambda folder=folder: attempt(folder) for folder in folders})  # type: ignore[misc]
    changed = _through({"chmod": lambda: os.chmod(told["secret"], 0o600)})
    return ", ".join(filter(None, (found, changed)))


def _processes(told: Told) -> str:
    seen = []
    with contextlib.suppress(OSError):
        own = {os.getpid()}
        seen = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in own]
    outside = int(told["pid"])
    parent = os.getppid()
    attempts: dict[str, _Attempt] = {}
    for pid in {outside, parent} - {0, os.getpid()}:
        attempts[f"/proc/{pid}/environ"] = lambda pid=pid: Path(f"/proc/{pid}/environ").read_bytes()  # type: ignore[misc]
        attempts[f"/proc/{pid}/cmdline"] = lambda pid=pid: Path(f"/proc/{pid}/cmdline").read_bytes()  # type: ignore[misc]
        attempts[f"kill {pid}"] = lambda pid=pid: os.kill(pid, 0)  # type: ignore[misc]
    found = _through(attempts)
    return ", ".join(filter(None, (" ".join(seen[:5]), found)))


def _forks(_told: Told) -> str:
    """Start processes until refused; too many is a hole. They wait for a pipe to close, which ends them."""
    waiting, held = os.pipe()
    children: list[int] = []
    allowed = TRIAL_LIMITS.processes
    while len(children) <= allowed + 2:
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            os.close(held)
            os.read(waiting, 1)
            os._exit(0)
        children.append(child)
    os.close(held)
    os.close(waiting)
    for child in children:
        os.waitpid(child, 0)
    return f"{len(children)} > {allowed}" if len(children) > allowed else ""


def _memory(_told: Told) -> str:
    return _through({f"{TRIAL_LIMITS.memory_bytes * 2}": lambda: bytearray(TRIAL_LIMITS.memory_bytes * 2)})


def _files(_told: Told) -> str:
    def one(size: int, name: str) -> None:
        with open(name, "wb") as file:
            file.write(b"x" * size)

    found = _through({"file": lambda: one(TRIAL_LIMITS.file_bytes + 1, "large")})
    if box_settings().level == "namespaces":
        count = TRIAL_LIMITS.disk_bytes // _MIB + 1

        def fill() -> None:
            for number in range(count):
                one(_MIB, f"part{number}")

        full = _through({"folder": fill})
        found = ", ".join(filter(None, (found, full)))
    for path in Path().iterdir():
        if path.is_file():
            path.unlink()
    return found


def _privileges(_told: Told) -> str:
    found = []
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name in {"CapInh", "CapPrm", "CapEff", "CapAmb"} and int(value, 16):
            found.append(f"{name}={value.strip()}")
        if name == "NoNewPrivs" and value.strip() != "1":
            found.append(line)
    found.append(_through({"setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0)}))
    return ", ".join(filter(None, found))


def _calls(names: Iterator[str] | list[str]) -> str:
    machine = platform.machine()
    place = {"x86_64": 0, "aarch64": 1}.get(machine)
    if place is None:
        return machine
    libc = ctypes.CDLL(None, use_errno=True)
    passed = []
    for name in names:
        number = _CALLS[name][place]
        ctypes.set_errno(0)
        result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 5)
        if result != -1 or ctypes.get_errno() not in {errno.EPERM, errno.ENOSYS}:
            passed.append(name)
    return ", ".join(passed)


def _descriptors(told: Told) -> str:
    expected = {0, 1, 2, int(told["result"]), int(told["alive"])}
    opened = []
    for number in range(TRIAL_LIMITS.open_files * 4):
        try:
            os.fstat(number)
        except OSError:
            continue
        if number not in expected:
            opened.append(str(number))
    return ", ".join(opened)


def _environment(told: Told) -> str:
    found = [name for name, value in os.environ.items() if told["token"] in value]
    with contextlib.suppress(OSError):
        if told["token"].encode() in Path("/proc/self/environ").read_bytes():
            found.append("/proc/self/environ")
    return ", ".join(found)


_TRIALS: Final[dict[str, Callable[[Told], str]]] = {
    "network": _network,
    "read_outside": _reading,
    "write_outside": _writing,
    "processes": _processes,
    "process_limit": _forks,
    "memory_limit": _memory,
    "disk_limit": _files,
    "privileges": _privileges,
    "ptrace": lambda _told: _calls(["ptrace", "process_vm_readv"]),
    "keyctl": lambda _told: _calls(["keyctl", "add_key", "request_key"]),
    "system_calls": lambda _told: _calls(list(_CALLS)),
    "descriptors": _descriptors,
    "environment": _environment,
}


def _leave_something(told: Told) -> None:
    """Leave a file everywhere, and a process that outlives this one by two forks and a session of its own."""
    for folder in (".", "/tmp", "/dev/shm", os.environ["TMPDIR"], os.environ["HOME"]):  # noqa: S108 - the trial
        with contextlib.suppress(OSError):
            (Path(folder) / told["token"]).write_text("x", encoding="ascii")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(_KEPT_FOR)
        os._exit(0)


def _find_something(told: Told) -> str:
    found = []
    for folder in ("/tmp", "/dev/shm", str(box_settings().writable), "."):  # noqa: S108 - the trial
        for place, _, names in os.walk(folder):
            found += [place for name in names if name == told["token"]]
    return ", ".join(found)


def _in_a_copy(
    told: Told, folder: Path, work: Callable[[Told], dict[str, str]]
) -> tuple[dict[str, str], bool]:
    """Run ``work`` as a copy; return what it told, and whether nothing of it outlived it by a second."""
    result, result_end = os.pipe()
    alive, alive_end = os.pipe()
    child = os.fork()
    if child == 0:
        told = {**told, "result": result_end, "alive": alive_end}
        answer: dict[str, str]
        try:
            enter(TRIAL_LIMITS, folder, keep=(result_end, alive_end))
            answer = work(told)
        except BaseException as error:  # noqa: BLE001 - a trial that cannot run is what we want to hear of
            answer = {"enter": f"{type(error).__name__}: {error}"}
        os.write(result_end, json.dumps(answer).encode())
        os._exit(0)
    os.close(result_end)
    os.close(alive_end)
    with open(result, "rb") as file:
        data = file.read(1 << 16)
    os.waitpid(child, 0)
    import select

    gone, _, _ = select.select([alive], [], [], 1.0)
    os.close(alive)
    return (json.loads(data) if data else {"enter": "no answer"}), bool(gone)


def _all_trials(told: Told) -> dict[str, str]:
    found = {}
    for name, trial in _TRIALS.items():
        try:
            found[name] = trial(told)
        except Exception as error:  # noqa: BLE001 - one odd trial must not hide the others
            found[name] = f"{type(error).__name__}: {error}"
    return found


def main() -> None:
    """Run the trials and write one JSON object to the standard output: name to what got through."""
    told: Told = json.loads(sys.argv[1])
    prepare()
    folders = [Path(name) for name in told["folders"]]
    found, _ = _in_a_copy(told, folders[0], _all_trials)
    if "enter" not in found:

        def leave(told: Told) -> dict[str, str]:
            _leave_something(told)
            return {}

        _, gone = _in_a_copy(told, folders[1], leave)
        found["survivors"] = "" if gone else "a process"
        again, _ = _in_a_copy(told, folders[2], lambda told: {"carry_over": _find_something(told)})
        found["carry_over"] = again.get("carry_over", again.get("enter", ""))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

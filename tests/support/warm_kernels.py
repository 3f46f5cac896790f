"""Kernels that start in a tenth of a second: ipykernel itself, forked from a process that has imported it.

Loading ipykernel is two thirds of what stock nbgrader takes for a small copy. nbgrader, nbclient and
jupyter_client start what the kernelspec names, as ever: here that is this file, which asks a warm process for
a kernel, passes signals on to it, and ends when it ends, with its status.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["KERNELS", "kernels"]

KERNELS = "JUPYTER_PATH"
"""The variable that has to name the folder ``kernels()`` for a kernel ``python3`` to be one of these."""

_IMPORTED = ("pandas", "alliances", "alliances.logic")
"""What copies import, loaded once."""

_LENGTH = 8


def kernels() -> Path:
    """Return the folder of a kernelspec ``python3`` that uses the warm process of this test run.

    It is started at first use. When the test run ends, so does it, and its kernels and its folder with it.
    """
    return _started()[0]


@cache
def _started() -> tuple[Path, subprocess.Popen[bytes]]:
    folder = Path(tempfile.mkdtemp(prefix="alliances-kernels-"))
    address, program = str(folder / "kernels.socket"), str(Path(__file__).resolve())
    spec = {
        "argv": [sys.executable, "-I", "-S", program, "follow", address, "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
    }
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    command = [sys.executable, "-P", program, "serve", address, *_IMPORTED]
    # One thread: what is forked must not hold a lock of another's.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", "the warm process did not start"
    # Kept: by its standard input it learns that this process has ended.
    return folder, process


class _Kernels:
    """The warm process: one thread, that forks, reaps and passes on."""

    def __init__(self, address: str) -> None:
        self._folder = Path(address).parent
        self._watched = selectors.DefaultSelector()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(address)
        self._server.listen(64)
        self._links: dict[int, socket.socket] = {}
        self._watched.register(self._server, selectors.EVENT_READ, self._take)
        self._watched.register(0, selectors.EVENT_READ, self._end)

    def run(self) -> None:
        """Serve until standard input is closed."""
        os.write(1, b"ready\n")
        while True:
            for key, _ in self._watched.select():
                key.data()

    def _end(self) -> None:
        for pid in self._links:
            _send(pid, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)

    def _take(self) -> None:
        link, _ = self._server.accept()
        try:
            length, descriptors, _, _ = socket.recv_fds(link, _LENGTH, 3)
            asked = json.loads(_exactly(link, int(length)))
        except (OSError, ValueError):
            # Whoever asked was killed meanwhile.
            link.close()
            return
        pid = os.fork()
        if pid == 0:
            self._watched.close()
            for other in (self._server, link, *self._links.values()):
                other.close()
            _become(asked, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self._links[pid] = link
        ended = os.pidfd_open(pid)
        self._watched.register(ended, selectors.EVENT_READ, lambda: self._reap(pid, ended))
        self._watched.register(link, selectors.EVENT_READ, lambda: self._signal(pid))

    def _reap(self, pid: int, ended: int) -> None:
        _, status = os.waitpid(pid, 0)
        self._watched.unregister(ended)
        os.close(ended)
        link = self._links.pop(pid)
        if link in self._watched.get_map():
            self._watched.unregister(link)
        with contextlib.suppress(OSError):
            link.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        link.close()

    def _signal(self, pid: int) -> None:
        link = self._links.get(pid)
        if link is None:
            # Its end was told in the same breath.
            return
        asked = b""
        with contextlib.suppress(OSError):
            asked = link.recv(1)
        if asked:
            _send(pid, signal.SIGINT)
        else:
            # Whoever asked for the kernel was killed: so is the kernel, with what it started.
            self._watched.unregister(link)
            _send(pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)


def _send(pid: int, number: signal.Signals) -> None:
    # Not reaped yet, so its number is nobody else's.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _become(asked: dict[str, Any], descriptors: list[int]) -> None:
    os.setsid()
    for place, descriptor in enumerate(descriptors):
        os.dup2(descriptor, place)
        os.close(descriptor)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["ipykernel_launcher", *asked["words"]]
    from ipykernel import kernelapp

    try:
        kernelapp.launch_new_instance()
    except SystemExit as left:
        os._exit(left.code if isinstance(left.code, int) else left.code is not None)
    except BaseException:  # noqa: BLE001 - nothing may go back to the warm process
        os._exit(1)
    os._exit(0)


def _exactly(link: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        piece = link.recv(length - len(found))
        if not piece:
            raise ConnectionError
        found += piece
    return found


def _follow(address: str, words: list[str]) -> None:
    """Be the process that jupyter_client started, for as long as the kernel lives."""
    link = socket.socket(socket.AF_UNIX)
    link.connect(address)
    asked = json.dumps({"folder": str(Path.cwd()), "environment": dict(os.environ), "words": words}).encode()
    signal.signal(signal.SIGINT, lambda *_: link.sendall(b"i"))
    socket.send_fds(link, [str(len(asked)).rjust(_LENGTH).encode()], [0, 1, 2])
    link.sendall(asked)
    status = int(link.recv(_LENGTH) or b"1")
    if status < 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


def main(words: list[str]) -> None:
    """Serve kernels, or follow one."""
    if words[0] == "follow":
        _follow(words[1], words[2:])
    from importlib import import_module

    for name in ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", *words[2:]):
        import_module(name)
    _Kernels(words[1]).run()


if __name__ == "__main__":
    main(sys.argv[1:])

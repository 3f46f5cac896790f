"""A PostgreSQL server of a test's own, in its folder, on a socket there: no port, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["postgres_server"]

_NEEDED = ("initdb", "pg_ctl")
_LONGEST = 90


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run a server while the context lasts and give the address of its database, as SQLAlchemy writes it.

    The server refuses to be root: as root it runs in a user namespace of its own, where it is not.
    """
    programs = {name: _program(name) for name in _NEEDED}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        pytest.skip(f"needs PostgreSQL's programs: {', '.join(missing)}")
    data = folder / "data"
    if len(str(folder)) > _LONGEST:
        pytest.skip(f"needs a folder of at most {_LONGEST} characters for a socket: {folder}")
    _run(programs["initdb"], "-D", data, "-U", "marker", "--auth=trust", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
        _run(programs["pg_ctl"], "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        yield f"postgresql+psycopg://marker@/postgres?host={folder}"
    finally:
        _run(programs["pg_ctl"], "-D", data, "-m", "immediate", "-w", "stop", check=False)


def _program(name: str) -> str | None:
    places = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    return shutil.which(name, path=os.pathsep.join(places))


def _run(program: str | None, *words: object, check: bool = True) -> None:
    command = [str(program), *map(str, words)]
    if os.geteuid() == 0:
        command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, timeout=60)
    if check and done.returncode:
        pytest.skip(f"needs a PostgreSQL server: {done.stderr.decode(errors='replace').strip()[-300:]}")

"""Sets the course up and runs it: ``python run.py serve``, ``test``, ``lint``, ``bench``.

Standard library only. ``make`` calls it, and on Windows it is what you call. The environment lives in
``.venv`` and is made again whenever it is missing, out of date or broken.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import locale
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MINIMUM = (3, 11)
COURSE = ("course", "grader", "site")
DEVELOPMENT = (*COURSE, "development")
GROUPS = ("lint", "unit", "lessons", "packaging", "grader", "browser", "corners")
# Minutes each group may take at the end of the whole project, on two cores.
BUDGET = {"setup": 4, "unit": 4, "lessons": 5, "browser": 15, "grader": 6}
SIDE_BY_SIDE = ("unit", "grader", "browser")
# Each of these keeps one core busy, so that several run at once; the longest are begun first.
ONE_CORE = ("corners", "lessons", "packaging", "lint")
CORNERS = ("3.12", "3.13")
BENCHES = ("serving", "tools", "marking", "grading", "feedback", "readers", "case_reader", "lessons")
# The browser's Python, from npm, for the tests alone: what of it is kept, and its bytes.
PYODIDE = "0.27.7"
PYODIDE_FILES = {
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}

MESSAGES = {
    "python": (
        (
            "Il faut Python 3.11 ou plus récent ; celui-ci est {found}. Installez-le, puis relancez "
            "avec : python3.11 run.py {words}"
        ),
        (
            "Python 3.11 or newer is needed; this is {found}. Install it, then run again with: "
            "python3.11 run.py {words}"
        ),
    ),
    "making": (
        "Préparation de l'environnement dans {folder} (une fois, quelques minutes)…",
        "Setting up the environment in {folder} (once, a few minutes)…",
    ),
    "broken": (
        "L'environnement {folder} est incomplet ou abîmé : il est refait.",
        "The environment {folder} is incomplete or broken: it is made again.",
    ),
    "no_venv": (
        (
            "Impossible de créer l'environnement : {reason}\nSous Debian ou Ubuntu : "
            "sudo apt install python3-venv"
        ),
        "The environment cannot be created: {reason}\nOn Debian or Ubuntu: sudo apt install python3-venv",
    ),
    "network": (
        (
            "L'installation s'est arrêtée (le détail est au-dessus). Le plus souvent, le réseau "
            "manque ou un serveur mandataire bloque pip. Rien n'est perdu : relancez la même "
            "commande, elle reprendra."
        ),
        (
            "The installation stopped (details above). Most often the network is missing or a "
            "proxy blocks pip. Nothing is lost: run the same command again and it will resume."
        ),
    ),
    "ready": ("Environnement prêt ({seconds:.0f} s).", "Environment ready ({seconds:.0f} s)."),
    "browser": (
        (
            "Chromium est introuvable et n'a pas pu être installé : les tests « browser » ne sont "
            "PAS passés. Installez Chromium, ou indiquez-le dans ALLIANCES_CHROMIUM."
        ),
        (
            "Chromium was not found and could not be installed: the “browser” tests were NOT run. "
            "Install Chromium, or name it in ALLIANCES_CHROMIUM."
        ),
    ),
    "npm": (
        (
            "npm est introuvable et n'a pas pu être installé : les tests de Pyodide (le Python du "
            "navigateur) ne sont PAS passés. Installez Node.js, qui apporte npm."
        ),
        (
            "npm was not found and could not be installed: the tests of Pyodide (the browser's Python) "
            "were NOT run. Install Node.js, which brings npm."
        ),
    ),
    "pyodide": (
        (
            "Pyodide {version} n'a pas pu être téléchargé par npm : ses tests ne sont PAS passés. Le plus "
            "souvent, le réseau manque ; relancez la même commande. Ce que npm a dit : {reason}"
        ),
        (
            "Pyodide {version} could not be downloaded by npm: its tests were NOT run. Most often the "
            "network is missing; run the same command again. What npm said: {reason}"
        ),
    ),
    "altered": (
        (
            "Ce que npm a donné pour Pyodide {version} n'est pas ce qui était attendu ({names}) : rien "
            "n'en est gardé, et ses tests ne sont PAS passés."
        ),
        (
            "What npm gave for Pyodide {version} is not what was expected ({names}): nothing of it is "
            "kept, and its tests were NOT run."
        ),
    ),
    "corner": (
        "Python {version} est introuvable : ce coin n'est PAS testé ici.",
        "Python {version} was not found: this corner is NOT tested here.",
    ),
    "space": ("Écriture impossible dans {folder} : {reason}", "Cannot write to {folder}: {reason}"),
}


def say(key: str, **values: object) -> None:
    """Print a message in the language of the environment, French unless it is English."""
    asked = os.environ.get("ALLIANCES_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not asked and os.name == "nt":
        asked = locale.getlocale()[0] or ""
    french, english = MESSAGES[key]
    print((english if asked.lower().startswith("en") else french).format(**values), flush=True)


def venv_python(folder: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp(extras: tuple[str, ...], interpreter: str) -> str:
    """Return what identifies an environment: the declarations it was made from."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    digest.update(repr((extras, interpreter, str(ROOT))).encode())
    return digest.hexdigest()


def is_sound(folder: Path, extras: tuple[str, ...], interpreter: str) -> bool:
    """Say whether the environment is the one wanted and answers."""
    mark = folder / "alliances.stamp"
    if not mark.is_file():
        return False
    # An environment for development serves the course as well.
    wanted = {stamp(extras, interpreter)}
    if set(extras) <= set(DEVELOPMENT):
        wanted.add(stamp(DEVELOPMENT, interpreter))
    if mark.read_text(encoding="utf-8") not in wanted:
        return False
    python = venv_python(folder)
    if not python.exists():
        return False
    try:
        check = subprocess.run(
            [python, "-c", "import alliances, pip"], cwd=folder, capture_output=True, check=False
        )
    except OSError:
        return False
    return check.returncode == 0


def set_up(extras: tuple[str, ...], folder: Path = ROOT / ".venv", interpreter: str = sys.executable) -> Path:
    """Make the environment if it is missing, out of date or broken; return its interpreter."""
    if is_sound(folder, extras, interpreter):
        return venv_python(folder)
    started = time.monotonic()
    try:
        if folder.exists():
            say("broken", folder=folder.name)
            (folder / "alliances.stamp").unlink(missing_ok=True)
        say("making", folder=folder.name)
        answer = _venv(folder, interpreter)
        if answer.returncode:
            say("no_venv", reason=(answer.stderr or answer.stdout).strip()[-500:])
            sys.exit(1)
    except OSError as error:
        say("space", folder=folder, reason=error.strerror)
        sys.exit(1)
    python = venv_python(folder)
    wanted = f".[{','.join(extras)}]" if extras else "."
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        "constraints.txt",
    ]
    if subprocess.run([*command, "-e", wanted], cwd=ROOT, check=False).returncode:
        say("network")
        sys.exit(1)
    (folder / "alliances.stamp").write_text(stamp(extras, interpreter), encoding="utf-8")
    say("ready", seconds=time.monotonic() - started)
    return python


def _venv(folder: Path, interpreter: str) -> subprocess.CompletedProcess[str]:
    """Create an environment; a damaged one is removed first, a sound one with other packages is kept."""
    python = venv_python(folder)
    if folder.exists():
        try:
            works = (
                subprocess.run(
                    [python, "-m", "pip", "--version"], capture_output=True, check=False
                ).returncode
                == 0
            )
        except OSError:
            works = False
        if not works:
            shutil.rmtree(folder)
    return subprocess.run([interpreter, "-m", "venv", folder], capture_output=True, text=True, check=False)


def find_chromium() -> str | None:
    """Return a Chromium: named, the system's, Playwright's, else Debian's, installed now if allowed."""
    named = os.environ.get("ALLIANCES_CHROMIUM")
    for name in filter(None, [named, "chromium", "chromium-browser", "google-chrome"]):
        found = shutil.which(name)
        if found:
            return found
    python = venv_python(ROOT / ".venv")
    ask = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    own = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False).stdout.strip()
    if own and Path(own).exists():
        return own
    _install_from_debian("chromium")
    return shutil.which("chromium")


def _install_from_debian(*words: str) -> None:
    """Install a package of the system where that is allowed: with apt, as root. ``words`` are apt's."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", *words]):
            subprocess.run([apt, *command], env=environment, check=False, stdout=subprocess.DEVNULL)


def find_npm() -> str | None:
    """Return npm: the system's, else Debian's, installed now if allowed."""
    if shutil.which("npm") is None:
        _install_from_debian("--no-install-recommends", "npm")
    return shutil.which("npm")


def fetch_pyodide() -> Path | None:
    """Return the folder of Pyodide's core, fetched from npm once; None, with words, if that cannot be.

    Every file is compared with the digest it must have, at each call: what is altered is fetched again.
    """
    folder = ROOT / ".cache" / f"pyodide-{PYODIDE}"
    try:
        if not _altered(folder):
            return folder
        npm = find_npm()
        if npm is None:
            say("npm")
            return None
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            core = _packed_by_npm(npm, Path(name))
            if core is None:
                return None
            shutil.rmtree(folder, ignore_errors=True)
            core.rename(folder)
    except OSError as error:
        say("space", folder=folder.parent, reason=error.strerror)
        return None
    return folder


def _packed_by_npm(npm: str, fetched: Path) -> Path | None:
    """Have npm put Pyodide into the folder ``fetched``; return its checked files, or say what is wrong."""
    command = [npm, "pack", "--loglevel=error", "--fetch-retries=1", f"pyodide@{PYODIDE}"]
    done = subprocess.run(command, cwd=fetched, capture_output=True, text=True, check=False)
    archives = list(fetched.glob("*.tgz"))
    if done.returncode or not archives:
        say("pyodide", version=PYODIDE, reason=(done.stderr or done.stdout).strip()[-300:])
        return None
    core = fetched / "core"
    core.mkdir()
    with contextlib.suppress(tarfile.TarError, EOFError):
        _unpack(archives[0], core)
    altered = _altered(core)
    if altered:
        say("altered", version=PYODIDE, names=", ".join(altered))
        return None
    return core


def _unpack(archive: Path, folder: Path) -> None:
    """Write the files that are kept of npm's archive, and no other."""
    with tarfile.open(archive) as packed:
        for member in packed:
            top, _, name = member.name.partition("/")
            if top == "package" and name in PYODIDE_FILES and member.isfile():
                (folder / name).write_bytes(packed.extractfile(member).read())


def _altered(folder: Path) -> list[str]:
    """Return the names of Pyodide's files that are missing in ``folder`` or not what they must be."""
    return [
        name
        for name, digest in PYODIDE_FILES.items()
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest
    ]


def find_python(version: str) -> str | None:
    """Return an interpreter of exactly this version, if there is one that works."""
    candidates = [f"python{version}"]
    candidates += [str(path) for path in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))]
    for candidate in candidates:
        ask = [candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2], sys.executable)"]
        try:
            answer = subprocess.run(ask, capture_output=True, text=True, check=False)
        except OSError:
            continue
        found, _, executable = answer.stdout.strip().partition(" ")
        if answer.returncode == 0 and found == version:
            return executable
    return None


def run_lint(python: Path, said: object = None) -> int:
    """Run every static check; ``said`` is the file that takes what they say, the terminal by itself."""
    commands = [
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "mypy"],
        [python.parent / "lint-imports"],
        [python, "-m", "alliances.cli", "check"],
    ]
    return max([_run(command, said) for command in commands])


def run_corner(version: str, said: object = None) -> int:
    """Run what also lives in the browser on another Python, if it is found here."""
    interpreter = find_python(version)
    if interpreter is None:
        say("corner", version=version)
        return 0
    python = set_up(("corner",), ROOT / f".venv-{version}", interpreter)
    marks = "not lessons and not grader and not browser and not packaging"
    tests = [
        name
        for name in ("logic", "questions", "datasets", "readers", "test_data.py", "test_data_words.py")
        if (ROOT / "tests" / name).exists()
    ]
    return _run([python, "-m", "pytest", "-q", "-m", marks, *(f"tests/{name}" for name in tests)], said)


def _run(command: list[object], said: object = None, environment: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder and return its status."""
    told = {"stdout": said, "stderr": subprocess.STDOUT} if said else {}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, **told).returncode


def run_tests(groups: list[str]) -> int:
    """Run the groups, print the minutes of each, return the worst status."""
    began = time.monotonic()
    python = set_up(DEVELOPMENT)
    times = [("setup", time.monotonic() - began, 0)]
    times += _run_at_once([group for group in ONE_CORE if group in groups], python)
    for group in groups:
        if group not in ONE_CORE:
            started = time.monotonic()
            print(f"\n== {group}", flush=True)
            status = _run_group(group, python)
            times.append((group, time.monotonic() - started, status))
    print("\n== minutes")
    for name, seconds, status in times:
        budget = f"/ {BUDGET[name]}" if name in BUDGET else ""
        print(f"{name:<12} {seconds / 60:5.1f} {budget:<4} {'ok' if status == 0 else f'FAILED ({status})'}")
    print(f"{'total':<12} {(time.monotonic() - began) / 60:5.1f}", flush=True)
    return max(status for _, _, status in times)


def _run_at_once(groups: list[str], python: Path) -> list[tuple[str, float, int]]:
    """Run groups that keep one core busy, as many at once as there are cores; show each when it has ended.

    Returns:
        Name, seconds and status of each; the corners are as many as there are other Pythons.
    """

    def timed(name: str, said: object) -> tuple[float, int]:
        started = time.monotonic()
        corner = name.partition("corner ")[2]
        status = run_corner(corner, said) if corner else _run_group(name, python, said)
        return time.monotonic() - started, status

    names = [name for name in groups if name != "corners"]
    if "corners" in groups:
        names = [*(f"corner {version}" for version in reversed(CORNERS)), *names]
    times = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # Opened by their names again to be read: the handle that is written moves with what is written.
        files = {name: (Path(folder) / name).open("wb") for name in names}
        running = {pool.submit(timed, name, file): name for name, file in files.items()}
        for ended in as_completed(running):
            name = running[ended]
            files[name].close()
            print(f"\n== {name}", flush=True)
            with (Path(folder) / name).open("rb") as said:
                shutil.copyfileobj(said, sys.stdout.buffer)
            sys.stdout.flush()
            times.append((name, *ended.result()))
    return times


def _run_group(group: str, python: Path, said: object = None) -> int:
    if group == "lint":
        return run_lint(python, said)
    environment = dict(os.environ)
    missing = 0
    if group == "browser":
        chromium = find_chromium()
        if chromium is None:
            say("browser")
            return 1 if os.environ.get("CI") else 0
        environment["ALLIANCES_CHROMIUM"] = chromium
        if fetch_pyodide() is None:
            missing = 1 if os.environ.get("CI") else 0
    marks = {"unit": "not lessons and not grader and not browser and not packaging"}.get(group, group)
    command = [python, "-m", "pytest", "-q", "--durations=5", "-m", marks, *_files_of(group)]
    if group in SIDE_BY_SIDE:
        # A file stays with one worker: its fixtures (a server, a built course) are made once. Files are taken
        # in the order of tests/conftest.py, the longest first.
        workers = str(min(os.cpu_count() or 1, 4))
        command += ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    return max(missing, _run(command, said, environment))


def _files_of(group: str) -> list[str]:
    """Return the test files that name a group's mark: reading all the others takes longer than some groups.

    tests/conftest.py holds that a test has no mark but those which its file names. None stands for all files.
    """
    files = [] if group == "unit" else sorted((ROOT / "tests").rglob("test_*.py"))
    named = [path for path in files if f"mark.{group}" in path.read_text(encoding="utf-8")]
    return [str(path.relative_to(ROOT)) for path in named]


def main() -> int:  # noqa: PLR0911 - one return a command
    """Run one command."""
    if sys.version_info < MINIMUM:
        say("python", found=".".join(map(str, sys.version_info[:3])), words=" ".join(sys.argv[1:]))
        return 1
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("command", choices=["setup", "serve", "test", "lint", "bench", "alliances"])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.command == "test":
        unknown = set(options.rest) - set(GROUPS)
        if unknown:
            parser.error(f"test takes {', '.join(GROUPS)} (got {', '.join(sorted(unknown))})")
        return run_tests(options.rest or list(GROUPS))
    if options.command == "lint":
        return run_lint(set_up(DEVELOPMENT))
    python = set_up(COURSE)
    if options.command == "setup":
        return 0
    if options.command == "bench":
        benches = [ROOT / "tests" / "bench" / f"{name}.py" for name in options.rest or BENCHES]
        return max(subprocess.run([python, bench], cwd=ROOT, check=False).returncode for bench in benches)
    words = options.rest if options.command == "alliances" else ["serve", *options.rest]
    try:
        return subprocess.run([python, "-m", "alliances.cli", *words], cwd=Path.cwd(), check=False).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())

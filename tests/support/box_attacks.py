"""Attacks on the box as a table, and a small warm parent that runs each as one copy.

An attack is learner code. It calls ``attempt(name, function)``, which prints ``THROUGH name`` when the function
did not fail and ``held name`` when it did; the box holds an attack when nothing got through and something was
really tried. Numbers are those of grading.md 3.4, C.
"""

# ruff: noqa: E501 - tables of learner code

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alliances_grader import box_watch
from alliances_grader.box import Box, open_box
from alliances_grader.box_limits import Limits
from alliances_grader.box_watch import Watch, warm_parent_of

MIB = 1 << 20
LIMITS = Limits(
    cpu_seconds=20,
    wall_seconds=60,
    memory_bytes=160 * MIB,
    processes=12,
    file_bytes=4 * MIB,
    open_files=64,
    output_bytes=256 << 10,
    disk_bytes=8 * MIB,
)

PRELUDE = """
import ctypes, errno, os, socket, sys, time, threading, signal, platform
from pathlib import Path
def attempt(name, function):
    try:
        function()
    except (OSError, MemoryError, RuntimeError, ValueError, ImportError) as error:
        print("held", name, type(error).__name__)
    else:
        print("THROUGH", name)
def call(number, *words):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(word) for word in words]) < 0:
        code = ctypes.get_errno()
        if code in (errno.EPERM, errno.ENOSYS):
            raise PermissionError(code, "refused")
        print("errno", code)
PLACE = {"x86_64": 0, "aarch64": 1}[platform.machine()]
"""


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        number: in grading.md 3.4.
        name: what it tries.
        code: learner code.
        ends: ways in which the box may end the copy (limits or signals); none when it must go on.
        limits: fields of ``Limits`` that differ.
        levels: where it makes sense.
        control: outside a box it gets through, which a test shows.
    """

    number: str
    name: str
    code: str
    ends: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    levels: tuple[str, ...] = ("namespaces", "landlock")
    control: bool = False

    def __str__(self) -> str:
        """Return number and name, for the test's id."""
        return f"{self.number}-{self.name.replace(' ', '_')}"


# Filled in by the test: {secret} a file open to all outside, {folder} its folder, {neighbour} another copy's
# file, {port} of a listener on this machine, {unix} and {abstract} sockets, {pid} of the worker, {token} a
# word of its environment.
ATTACKS = (
    Attack("C1", "system files and homes", """
for path in ("/etc/passwd", "/etc/shadow", "/root/.ssh/id_rsa", "/root/.bashrc", "/home", "/var/log", "/etc/hosts"):
    attempt(path, lambda: os.listdir(path) if path in ("/home", "/var/log") else open(path).read())
""", control=True),
    Attack("C2", "another copy and the course", """
attempt("neighbour", lambda: open({neighbour!r}).read())
attempt("secret", lambda: open({secret!r}).read())
attempt("folder", lambda: os.listdir({folder!r}))
attempt("link", lambda: (os.symlink({secret!r}, "a"), open("a").read()))
attempt("hard link", lambda: os.link({secret!r}, "b"))
""", control=True),
    Attack("C3", "proc and sys", """
for pid in ({pid}, os.getppid() or {pid}):
    for name in ("environ", "maps", "mem", "cmdline", "root/etc/passwd", "fd", "cwd"):
        path = f"/proc/{{pid}}/{{name}}"
        attempt(path, lambda: os.listdir(path) if name in ("fd", "cwd") else open(path, "rb").read(1))
attempt("processes", lambda: [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()][0:1][0])
attempt("kmsg", lambda: open("/dev/kmsg").read(1))
attempt("sys", lambda: os.listdir("/sys/class"))
attempt("sysrq", lambda: open("/proc/sysrq-trigger", "w"))
attempt("setting", lambda: open("/proc/sys/kernel/hostname", "w").write("x"))
""".replace("[0:1][0]", "or (_ for _ in ()).throw(OSError('none'))")),
    Attack("C4", "environment and command lines", """
attempt("token", lambda: [value for value in os.environ.values() if {token!r} in value] or (_ for _ in ()).throw(OSError()))
attempt("initial", lambda: open("/proc/self/environ").read().index({token!r}))
print("held" if set(os.environ) <= {{"PATH", "HOME", "TMPDIR", "LANG", "USER", "LOGNAME", "PWD", "PYTHONDONTWRITEBYTECODE",
  "LC_CTYPE", *(n for n in os.environ if n.endswith("_NUM_THREADS"))}} else "THROUGH " + " ".join(os.environ))
"""),
    Attack("C5", "inherited descriptors", """
for number in range(3, 200):
    if number not in KEPT:
        attempt(str(number), lambda: os.fstat(number))
attempt("standard input", lambda: os.read(0, 1) or (_ for _ in ()).throw(OSError("empty")))
"""),
    Attack("C6", "memory of others", """
attempt("ptrace", lambda: call((101, 117)[PLACE], 16, {pid}, 0, 0))
attempt("process_vm_readv", lambda: call((310, 270)[PLACE], {pid}, 0, 0, 0, 0, 0))
attempt("pidfd_getfd", lambda: call(438, 3, 0, 0))
attempt("process_madvise", lambda: call(440, 3, 0, 0, 0, 0))
"""),
    Attack("C7", "killing the harness", """
for pid in ({pid}, os.getppid()):
    if pid > 0:
        for number in (0, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            attempt(f"kill {{pid}} {{number}}", lambda: os.kill(pid, number))
attempt("limits of others", lambda: __import__("resource").prlimit({pid}, 7, (10, 10)))
with __import__("contextlib").suppress(OSError):
    os.kill(-1, signal.SIGKILL)
""", ends=("exit -9",)),
    Attack("C8", "network", """
for family, kind, address in ((socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", {port})),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", {port})), (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", {port}))):
    def go():
        made = socket.socket(family, kind)
        made.settimeout(2)
        made.connect(address)
        made.send(b"x")
    attempt(f"{{family}} {{kind}}", go)
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("icmp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("name", lambda: socket.getaddrinfo("alliances.invalid", 80))
attempt("download", lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:{port}/", timeout=2))
""", control=True),
    Attack("C9", "services of this machine", """
attempt("metadata", lambda: socket.create_connection(("169.254.169.254", 80), 1))
attempt("loopback", lambda: socket.create_connection(("127.0.0.1", {port}), 2))
attempt("docker", lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"))
"""),
    Attack("C10", "local and odd socket families", """
attempt("unix", lambda: socket.socket(socket.AF_UNIX).connect({unix!r}))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + {abstract!r}))
for family in (16, 40, 31, 38, 17, 29):
    attempt(f"family {{family}}", lambda: socket.socket(family, socket.SOCK_RAW))
attempt("pair", lambda: socket.socketpair(16))
""", control=True),
    Attack("C12", "fork bomb", """
import gc
while True:
    try:
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.01)
    except OSError:
        pass
""", ends=("cpu", "wall", "processes"), limits={"cpu_seconds": 1.5, "wall_seconds": 3}),
    Attack("C12", "thread bomb", """
attempt("200 threads", lambda: [threading.Thread(target=time.sleep, args=(20,), daemon=True).start() for _ in range(200)])
os._exit(0)
""", control=True),
    Attack("C13", "a list that grows", """
kept = []
def grow():
    while True:
        kept.append(bytearray(1 << 20))
attempt("grow", grow)
""", ends=("memory",)),
    Attack("C13", "shared anonymous memory", """
import mmap
kept = []
while True:
    kept.append(mmap.mmap(-1, 8 << 20))
    kept[-1].write(b"x" * (8 << 20))
""", ends=("memory",)),
    Attack("C13", "memory spread over processes", """
kept = []
for _ in range(6):
    if os.fork() == 0:
        with __import__("contextlib").suppress(MemoryError):
            for _ in range(100):
                kept.append(bytearray(os.urandom(1 << 20)))
        time.sleep(30)
        os._exit(0)
time.sleep(30)
""", ends=("memory",)),
    Attack("C13", "numpy arrays", """
import numpy
attempt("ones", lambda: numpy.ones(1 << 28))
"""),
    Attack("C13", "memory files", """
attempt("memfd", lambda: os.memfd_create("x"))
attempt("shared memory", lambda: open("/dev/shm/x", "wb").write(b"x" * (16 << 20)))
"""),
    Attack("C14", "one large file", """
def large():
    with open("large", "wb") as file:
        for _ in range(64):
            file.write(b"x" * (1 << 20))
attempt("large", large)
attempt("sparse", lambda: os.truncate("large", 1 << 40))
""", control=False),
    Attack("C14", "many files", """
def many():
    for place in range(100):
        os.mkdir(f"d{{place}}")
        for number in range(1000):
            open(f"d{{place}}/{{number}}", "w").close()
attempt("many", many)
""", ends=("disk",)),
    Attack("C14", "many bytes in many files", """
def many():
    for place in range(200):
        with open(str(place), "wb") as file:
            file.write(b"x" * (1 << 20))
    time.sleep(30)
attempt("many", many)
""", ends=("disk",)),
    Attack("C14", "folders without end", """
def deep():
    for _ in range(100_000):
        os.mkdir("d")
        os.chdir("d")
    time.sleep(30)
attempt("deep", deep)
attempt("name", lambda: open("n" * 300, "w"))
""", ends=("disk", "cpu"), limits={"cpu_seconds": 2}),
    Attack("C15", "descriptors and kernel objects", """
kept = []
attempt("files", lambda: [kept.append(open("/dev/null")) for _ in range(1000)])
kept.clear()
attempt("pipes", lambda: [kept.append(os.pipe()) for _ in range(1000)])
for ends in kept:
    os.close(ends[0]); os.close(ends[1])
libc = ctypes.CDLL(None, use_errno=True)
attempt("inotify", lambda: call((294, 26)[PLACE], 0))
attempt("semaphores", lambda: call((64, 190)[PLACE], 0, 1, 0o666))
attempt("messages", lambda: call((68, 186)[PLACE], 0, 0o666))
attempt("queue", lambda: call((240, 180)[PLACE], 0, 0, 0, 0))
attempt("shared", lambda: call((29, 194)[PLACE], 0, 4096, 0o666))
"""),
    Attack("C16", "output without end", """
while True:
    os.write(1, b"x" * 65536)
""", ends=("output",)),
    Attack("C17", "sleeping", "time.sleep(60)\n", ends=("wall",), limits={"wall_seconds": 0.6}),
    Attack("C17", "computing", "while True: pass\n", ends=("cpu",), limits={"cpu_seconds": 0.5}),
    Attack("C17", "computing in several processes", """
for _ in range(3):
    if os.fork() == 0:
        break
while True: pass
""", ends=("cpu",), limits={"cpu_seconds": 0.8}),
    Attack("C17", "computing in short processes nobody waits for", """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    try:
        child = os.fork()
    except OSError:
        continue
    if child == 0:
        end = time.process_time() + 0.3
        while time.process_time() < end: pass
        os._exit(0)
""", ends=("cpu", "wall"), limits={"cpu_seconds": 1, "wall_seconds": 2.5}),
    Attack("C18", "ignoring signals", """
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
""", ends=("wall",), limits={"wall_seconds": 0.6}),
    Attack("C18", "one long step of C", "10 ** 10 ** 8\n", ends=("cpu",), limits={"cpu_seconds": 0.5}),
    Attack("C19", "daemons", """
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
    os._exit(0)
time.sleep(0.1)
print("held daemon")
"""),
    Attack("C20", "core dumps and locked memory", """
import resource
attempt("core", lambda: resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, 1 << 20)))
attempt("mlock", lambda: call((149, 228)[PLACE], 0, 4096))
attempt("oom score", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
attempt("more memory", lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40)))
attempt("priority", lambda: os.nice(-5))
"""),
    Attack("C21", "gaining rights", """
import subprocess
attempt("setuid", lambda: os.setuid(0))
attempt("setgroups", lambda: os.setgroups([0]))
attempt("capset", lambda: call((126, 91)[PLACE], 0, 0))
for program in ("su", "sudo", "pkexec", "newuidmap", "mount", "passwd"):
    path = __import__("shutil").which(program, path="/usr/bin:/bin:/usr/sbin")
    if path:
        words = {{"su": ["-c", "id -u"], "sudo": ["-n", "id"], "mount": ["-t", "tmpfs", "x", "."]}}.get(program, ["1", "0", "0", "1"])
        done = subprocess.run([path, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
        print("held" if done.returncode else "THROUGH", program, done.stdout)
"""),
    Attack("C22", "mounting and leaving", """
for name, numbers, words in (("mount", (165, 40), (0, 0, 0, 0, 0)), ("pivot_root", (155, 41), (0, 0)),
        ("unshare", (272, 97), (0x10000000,)), ("setns", (308, 268), (3, 0)), ("chroot", (161, 51), (0,)),
        ("open_by_handle_at", (304, 265), (0, 0, 0)), ("umount2", (166, 39), (0, 2)), ("open_tree", (428, 428), (0, 0, 0)),
        ("clone", (56, 220), (0x10000000 | 17, 0, 0, 0, 0)), ("clone3", (435, 435), (0, 0)), ("fsopen", (430, 430), (0, 0)),
        ("mount_setattr", (442, 442), (0, 0, 0, 0, 0))):
    attempt(name, lambda: call(numbers[PLACE], *words))
attempt("chroot", lambda: os.chroot("."))
"""),
    Attack("C23", "odd corners of the kernel", """
for name, numbers in (("keyctl", (250, 219)), ("add_key", (248, 217)), ("io_uring_setup", (425, 425)), ("bpf", (321, 280)),
        ("perf_event_open", (298, 241)), ("userfaultfd", (323, 282)), ("personality", (135, 92)), ("memfd_secret", (447, 447)),
        ("fanotify_init", (300, 262)), ("kexec_load", (246, 104)), ("init_module", (175, 105)), ("syslog", (103, 116)),
        ("quotactl", (179, 60)), ("acct", (163, 89)), ("swapon", (167, 224)), ("move_pages", (279, 239))):
    attempt(name, lambda: call(numbers[PLACE], 0, 0, 0, 0, 0))
"""),
    Attack("C23", "the 32-bit table", """
import mmap
if platform.machine() == "x86_64":
    room = mmap.mmap(-1, 4096, prot=7)
    room.write(bytes.fromhex("b814000000cd80c3"))
    ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(room)))()
    print("THROUGH getpid by int 0x80")
else:
    os.kill(os.getpid(), signal.SIGKILL)
""", ends=("exit -31", "exit -9")),
    Attack("C25", "the libraries of the next copy", """
import sysconfig
for folder in (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), sys.prefix, "/usr/lib", os.path.dirname(os.__file__)):
    attempt(folder, lambda: open(os.path.join(folder, "box_attack.py"), "w"))
attempt("a module", lambda: open(os.__file__, "a"))
attempt("its mode", lambda: os.chmod(os.__file__, 0o666))
attempt("its time", lambda: os.utime(os.__file__))
attempt("rename", lambda: os.rename(os.__file__, os.__file__ + "x"))
""", control=True),
    Attack("C30", "typing for the operator", """
import fcntl, pty, termios
attempt("terminal", lambda: os.open("/dev/tty", os.O_RDWR))
def type_it():
    _, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSTI, b"x")
attempt("TIOCSTI", type_it)
attempt("TIOCSTI on 1", lambda: fcntl.ioctl(1, termios.TIOCSTI, b"x"))
"""),
    Attack("C32", "programs started from code", """
import subprocess
code = "import socket; socket.socket()"
print("held" if subprocess.run([sys.executable, "-c", code], capture_output=True).returncode else "THROUGH socket")
code = "print(open(" + repr({secret!r}) + ").read())"
print("held" if subprocess.run([sys.executable, "-c", code], capture_output=True).returncode else "THROUGH secret")
done = subprocess.run([sys.executable, "-m", "pip", "install", "--no-input", "--retries", "0", "nothing-at-all"], capture_output=True)
print("held" if done.returncode else "THROUGH pip")
"""),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How one copy ended: what it wrote, its exit status (negative for a signal), the limit it passed."""

    output: str
    status: int
    ended: str
    seconds: float
    peak_bytes: int
    survivors: bool

    @property
    def through(self) -> list[str]:
        """What got through."""
        return [line for line in self.output.splitlines() if line.startswith("THROUGH")]

    @property
    def end(self) -> str:
        """The limit, or ``exit N`` when the process ended other than by 0, or nothing."""
        return self.ended or (f"exit {self.status}" if self.status else "")


class BoxRunner:
    """A warm parent of one level, which runs code as copies, one at a time."""

    def __init__(
        self,
        level: str,
        *,
        landlock: int | None = None,
        readable: tuple[Path, ...] = (),
        prepared: bool = True,
    ) -> None:
        here = Path(__file__).resolve()
        self.box: Box = open_box(level, landlock=landlock, readable=(here, *readable))
        self._out, self._out_end = os.pipe()
        roots = [
            str(Path(sys.modules[name].__path__[0]).parent) for name in ("alliances", "alliances_grader")
        ]
        start = (
            f"import sys; sys.path[:0] = {roots!r}; import runpy; "
            f"runpy.run_path({str(here)!r}, run_name='__box_parent__')"
        )
        command = self.box.wrap(
            [sys.executable, "-I", "-B", "-c", start, str(self._out_end), str(int(prepared))],
            keep=(self._out_end,),
        )
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(self._out_end,),
            text=True,
        )
        self.output_descriptor = self._out_end
        os.close(self._out_end)
        os.set_blocking(self._out, False)
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        if not ready:
            self.close()
            raise RuntimeError("the warm parent did not start")
        parent = warm_parent_of(self._process.pid, int(ready))
        assert parent is not None
        self.parent = parent

    def run(self, code: str, *, files: dict[str, bytes] | None = None, **changes: float) -> Outcome:
        """Run ``code`` as a copy, watched; its folder is removed afterwards."""
        limits = Limits(**{**LIMITS.as_json(), **changes})
        folder = self.box.folder(files)
        asked = {"code": PRELUDE + code, "folder": str(folder), "limits": limits.as_json()}
        began = time.monotonic()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        measured = folder if self.box.level == "landlock" else None
        watch = Watch(self.parent, limits, measured, self.box.group)
        ended = ""
        said = bytearray()
        while not select.select([self._process.stdout], [], [], 0.02)[0]:
            self._drain(watch, said)
            if not ended:
                ended = watch.check() or ""
                if ended:
                    watch.end()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the warm parent died")
        self._drain(watch, said)
        told = json.loads(answer)
        self.box.remove(folder)
        return Outcome(
            output=said.decode("utf-8", "replace"),
            status=told["status"],
            ended=ended,
            seconds=time.monotonic() - began,
            peak_bytes=watch.usage().peak_bytes,
            survivors=told["survivors"],
        )

    def send(self, code: str) -> None:
        """Start ``code`` as a copy and wait for the first thing it writes; for tests that kill."""
        asked = {"code": PRELUDE + code, "folder": str(self.box.folder()), "limits": LIMITS.as_json()}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        if not select.select([self._out], [], [], 20)[0]:
            raise RuntimeError("the copy said nothing")

    def everything_below(self) -> list[int]:
        """Pids of every process below the warm parent."""
        return [process.pid for process in box_watch._below(self.parent)]

    def _drain(self, watch: Watch, said: bytearray) -> None:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._out, 1 << 16):
                watch.add_output(len(data))
                if len(said) < MIB:
                    said += data
                else:
                    return

    def close(self) -> None:
        """End the warm parent and remove the box."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        os.close(self._out)
        self.box.close()


def _serve() -> None:
    """Be the warm parent."""
    for name in ("numpy", "pandas"):  # what a warm parent holds
        importlib.import_module(name)
    with contextlib.suppress(ImportError):
        importlib.import_module("matplotlib").use("Agg")
        importlib.import_module("matplotlib.pyplot")
    from alliances_grader.box_inside import prepare

    output = int(sys.argv[1])
    if sys.argv[2] == "1":
        prepare()
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            status = 1
            try:
                # Whatever outlives the copy keeps this end of the pipe open.
                _one_copy(asked, output, writing)
                status = 0
            except SystemExit:
                status = 0
            except BaseException:  # noqa: BLE001 - told to the test
                import traceback

                os.write(output, traceback.format_exc().encode())
            finally:
                os._exit(status)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        gone = bool(select.select([reading], [], [], 2.0)[0])
        os.close(reading)
        answer = {"status": os.waitstatus_to_exitcode(status), "survivors": not gone}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _one_copy(asked: dict[str, Any], output: int, alive: int) -> None:
    from alliances_grader.box_inside import enter

    enter(Limits.from_json(asked["limits"]), asked["folder"], keep=(output, alive))
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", buffering=0), write_through=True, errors="replace")
    sys.stderr = sys.stdout
    exec(compile(asked["code"], "copy", "exec"), {"__name__": "__main__", "KEPT": {output, alive}})  # noqa: S102 - that is what a copy is


if __name__ == "__box_parent__":
    _serve()

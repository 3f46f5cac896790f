"""The filter of system calls: what learner code has no use for and boxes have been left by.

The program is made by libseccomp, called by ctypes. That library is the one which container engines and
systemd use; it is on every Debian, Ubuntu and Fedora, slim images included, because apt and systemd need
it. Its Python packages are not fit to depend on: ``pyseccomp`` had its last release in 2021, and others
have no wheel for Python 3.11 or for ARM.

The filter refuses by name and lets the rest pass: a list of what numpy, pandas, matplotlib and their users'
files call would break at each release. A refused call returns EPERM, so that a notebook gets an ordinary
``PermissionError``; a call by the 32-bit or x32 table ends the process.
"""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH123

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
from functools import cache
from typing import Final

from alliances_grader.box_linux import no_new_privileges, prctl

__all__ = ["FilterUnavailable", "apply_filter", "filter_available", "filter_program"]

# libseccomp's header, stable since 2.4.
_ALLOW: Final = 0x7FFF0000
_KILL_PROCESS: Final = 0x80000000
_ERRNO: Final = 0x00050000
_ATTRIBUTE_BAD_ARCHITECTURE: Final = 2
_ATTRIBUTE_OPTIMIZE: Final = 8
_NOT_EQUAL: Final = 1
_EQUAL: Final = 4
_MASKED_EQUAL: Final = 7

_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_LOW_32: Final = 0xFFFFFFFF
_AF_UNIX: Final = 1

# One line a reason. Names that this libseccomp does not know are looked up in _NEWER.
_REFUSED: Final = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise process_mrelease
keyctl add_key request_key
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
mount umount umount2 pivot_root chroot unshare setns mount_setattr move_mount open_tree open_tree_attr
fsopen fsconfig fsmount fspick statmount listmount
open_by_handle_at name_to_handle_at
kexec_load kexec_file_load init_module finit_module delete_module create_module
personality modify_ldt iopl ioperm uselib vm86 vm86old
socket socketcall connect bind listen accept accept4
shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl ipc
mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
memfd_create memfd_secret
inotify_init inotify_init1 fanotify_init fanotify_mark
mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages
mlock mlock2 mlockall swapon swapoff
reboot syslog acct quotactl quotactl_fd sethostname setdomainname vhangup lookup_dcookie nfsservctl
settimeofday clock_settime clock_settime64 clock_adjtime clock_adjtime64 adjtimex stime
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
""".split()  # noqa: SIM905 - a list of this length reads as lines

# Whole-file attributes reached by path: Landlock does not hold them, so where learner code runs under
# the trainer's own uid they are refused.
_METADATA: Final = """
chmod fchmodat fchmodat2 chown fchownat lchown utime utimes utimensat utimensat_time64 futimesat
setxattr lsetxattr removexattr lremovexattr setxattrat removexattrat file_setattr truncate truncate64
""".split()  # noqa: SIM905 - a list of this length reads as lines

# What can be done with a socket once it is there: where sockets of files are allowed, there are no others.
_SOCKETS: Final = frozenset({"socket", "connect", "bind", "listen", "accept", "accept4"})

# Calls whose argument names another process: (call, argument).
_OTHERS: Final = (
    ("prlimit64", 0),
    ("setpriority", 1),
    ("ioprio_set", 1),
    ("sched_setaffinity", 0),
    ("sched_setscheduler", 0),
    ("sched_setparam", 0),
    ("sched_setattr", 0),
)
_SIGNALS: Final = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")

_NEW_NAMESPACES: Final = tuple(1 << bit for bit in (17, 25, 26, 27, 28, 29, 30))  # every CLONE_NEW… of clone
_TERMINAL: Final = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD
_PROCESS_FLAGS: Final = (1, 4)  # PR_SET_PDEATHSIG, PR_SET_DUMPABLE: would hide from, or outlive, the watcher

# The same on every architecture from 424 on; for a libseccomp older than the call.
_NEWER: Final = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "memfd_secret": 447, "process_mrelease": 448, "set_mempolicy_home_node": 450, "fchmodat2": 452,
    "statmount": 457, "listmount": 458, "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467,
    "file_setattr": 469,
}  # fmt: skip


class FilterUnavailable(RuntimeError):  # noqa: N818 - names a state of the machine
    """libseccomp is missing or refuses a rule."""


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


@cache
def _library() -> ctypes.CDLL:
    for name in ("libseccomp.so.2", ctypes.util.find_library("seccomp")):
        if name:
            try:
                library = ctypes.CDLL(name)
            except OSError:
                continue
            library.seccomp_init.restype = ctypes.c_void_p
            return library
    raise FilterUnavailable("libseccomp")


def filter_available() -> bool:
    """Say whether libseccomp can be loaded."""
    try:
        _library()
    except FilterUnavailable:
        return False
    return True


class _Rules:
    """A filter in the making; every call is checked."""

    def __init__(self) -> None:
        self._library = _library()
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(_ALLOW)))
        if not self._context:
            raise FilterUnavailable("seccomp_init")
        self._attribute(_ATTRIBUTE_BAD_ARCHITECTURE, _KILL_PROCESS)

    def _attribute(self, name: int, value: int) -> None:
        done = self._library.seccomp_attr_set(self._context, ctypes.c_int(name), ctypes.c_uint32(value))
        if done != 0:
            raise FilterUnavailable(f"seccomp_attr_set {name}: {done}")

    def _number(self, name: str) -> int | None:
        number = int(self._library.seccomp_syscall_resolve_name(name.encode()))
        if number == -1:
            return _NEWER.get(name)
        return number

    def refuse(self, name: str, *comparisons: _Comparison, code: int = errno.EPERM) -> None:
        """Refuse a call, or only when every comparison holds; a call this machine lacks is left out."""
        number = self._number(name)
        if number is None:
            return
        array = (_Comparison * max(len(comparisons), 1))(*comparisons)
        done = self._library.seccomp_rule_add_array(
            self._context,
            ctypes.c_uint32(_ERRNO | code),
            ctypes.c_int(number),
            ctypes.c_uint(len(comparisons)),
            array,
        )
        # A negative number is a call that only other architectures have; libseccomp takes it or says EDOM.
        if done != 0 and number >= 0:
            raise FilterUnavailable(f"{name}: {os.strerror(-done)}")

    def program(self) -> bytes:
        """Return the kernel's program."""
        # Without it (libseccomp before 2.5) the program is only slower.
        self._library.seccomp_attr_set(self._context, ctypes.c_int(_ATTRIBUTE_OPTIMIZE), ctypes.c_uint32(2))
        # A pipe, because memory files are themselves refused in the box; the program is a few KiB.
        reading, writing = os.pipe()
        with open(reading, "rb") as file:
            try:
                done = self._library.seccomp_export_bpf(self._context, ctypes.c_int(writing))
            finally:
                os.close(writing)
            if done != 0:
                raise FilterUnavailable(f"seccomp_export_bpf: {os.strerror(-done)}")
            return file.read()

    def release(self) -> None:
        """Give the memory back."""
        self._library.seccomp_release(self._context)


def _refuse_signals(rules: _Rules, but_to: int) -> None:
    for name in _SIGNALS:
        rules.refuse(name, _Comparison(0, _NOT_EQUAL, but_to, 0))
    rules.refuse("tkill")
    rules.refuse("pidfd_send_signal")


def filter_program(
    *,
    own_uid: bool = True,
    only_process: int | None = None,
    warm_parent: bool = False,
    unix_sockets: bool = False,
) -> bytes:
    """Return the filter as the kernel takes it (an array of 8-byte instructions).

    Args:
        own_uid: learner code runs under a uid that owns nothing else; if not, changing modes, owners,
            times and attributes by path is refused too.
        only_process: where neither a namespace nor Landlock holds signals back, the one process that
            may be signalled.
        warm_parent: the filter is for the warm parent, which still ties its children to itself.
        unix_sockets: sockets of files may be made and used, and no others, and threads may be scheduled, as a
            kernel needs it. Only in a process namespace, where no other's process is in view.

    Raises:
        FilterUnavailable: libseccomp is missing or refuses a rule.
    """
    rules = _Rules()
    try:
        for name in _REFUSED if own_uid else _REFUSED + _METADATA:
            if not (unix_sockets and name in _SOCKETS):
                rules.refuse(name)
        if unix_sockets:
            # The code that ZeroMQ takes for a machine without network.
            rules.refuse("socket", _Comparison(0, _NOT_EQUAL, _AF_UNIX, 0), code=errno.EOPNOTSUPP)
        rules.refuse("socketpair", _Comparison(0, _NOT_EQUAL, _AF_UNIX, 0))
        # glibc tries clone3, whose flags a filter cannot read, and takes clone when there is none.
        rules.refuse("clone3", code=errno.ENOSYS)
        for flag in _NEW_NAMESPACES:
            rules.refuse("clone", _Comparison(0, _MASKED_EQUAL, flag, flag))
        for request in _TERMINAL:
            rules.refuse("ioctl", _Comparison(1, _MASKED_EQUAL, _LOW_32, request))
        for option in () if warm_parent else _PROCESS_FLAGS:
            rules.refuse("prctl", _Comparison(0, _EQUAL, option, 0))
        for name, place in _OTHERS:
            # ZeroMQ names each of its threads in this call, and ends the process when it is refused.
            if not (unix_sockets and name == "sched_setscheduler"):
                rules.refuse(name, _Comparison(place, _NOT_EQUAL, 0, 0))
        if only_process is not None:
            _refuse_signals(rules, only_process)
        return rules.program()
    finally:
        rules.release()


def apply_filter(program: bytes) -> None:
    """Put the filter on this thread and all it starts, for good.

    Raises:
        KernelRefusal: the kernel was built without seccomp filters.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    described = _Program(len(program) // 8, ctypes.addressof(buffer))
    no_new_privileges()
    prctl("PR_SET_SECCOMP", _PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described))

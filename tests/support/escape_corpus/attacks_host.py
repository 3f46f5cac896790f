"""C: leaving the box, hurting the host or the next run: each attack on the box again, as a copy to be graded.

``tests/support/box_attacks.py`` has the table; what is new here are attacks on the engine around the box.
"""

# ruff: noqa: E501 - tables of learner code

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Final

from box_attacks import ATTACKS, LIMITS, PRELUDE

from escape_corpus.attack import ALL, Attack, cheats, said_first

__all__ = ["HOST"]

# What the table's attacks aim at: places that an ordinary machine of a trainer has.
_AIMS: Final = {
    "secret": "/etc/passwd",
    "folder": "/root",
    "neighbour": "/etc/shadow",
    "port": 1,
    "unix": "/var/run/docker.sock",
    "abstract": "alliances-escape",
    "pid": os.getpid(),
    "token": "alliances-secret-word",
}
# Refused, an attack goes on or fails; what is not refused ends at one rope or another.
_ENDS: Final = (
    "",
    "crash",
    "crash:SIGKILL",
    "crash:SIGSYS",
    "crash:SIGSEGV",
    "crash:SIGABRT",
    "crash:SIGXCPU",
    "crash:SIGXFSZ",
    "output",
    "cpu",
    "wall",
    "memory",
    "processes",
    "disk",
    "cell_time",
    "copy_time",
    "bad_result",
)


def _table() -> tuple[Attack, ...]:
    found = []
    for attack in ATTACKS:
        if attack.number == "C4":
            continue  # which names an environment may have is the engine's to say: see below
        code = PRELUDE + attack.code.format(**_AIMS)
        limits = {
            **asdict(LIMITS),
            "open_files": 128,
            **attack.limits,
            "memory_bytes": max(256 << 20, LIMITS.memory_bytes),
        }
        found.append(Attack(attack.number, attack.name, cheats(code), ended=_ENDS, limits=limits))
    return tuple(found)


_RESULTS: Final = {
    "2 GB announced": "b'\\x7f\\xff\\xff\\xff'",
    "nested": "frame(b'[' * 100_000)",
    "NaN": "frame(b'{\"op\": NaN}')",
    "a key twice": 'frame(b\'{"op": "done", "op": "done"}\')',
    "a huge integer": "frame(b'{\"op\": ' + b'9' * 100_000 + b'}')",
    "invalid UTF-8": "frame(b'\\xff\\xfe')",
    "a list": "frame(b'[]')",
    "a pickle": "frame(__import__('pickle').dumps(Bomb()))",
    "many small parts": "frame(b'[' + b'[],' * 2_000_000 + b'[]]')",
}

HOST: Final = (
    *_table(),
    Attack("C4", "secrets of the environment and of command lines", cheats("""
import os, glob
for path in ('/proc/self/environ', '/proc/self/cmdline', *glob.glob('/proc/[0-9]*/environ'), *glob.glob('/proc/[0-9]*/cmdline')):
    try:
        if b'alliances-' + b'secret-word' in open(path, 'rb').read(): print('FOUND', path)
    except OSError: pass
for name, value in os.environ.items():
    if 'alliances-' + 'secret-word' in value or any(word in name for word in ('TOKEN', 'SECRET', 'KEY', 'PASS', 'SSH', 'AWS')): print('FOUND', name)
""")),
    Attack("C11", "connection files of kernels", cheats("""
import glob, os
found = [path for place in ('/root', '/home', '/run', '/tmp', '/var/tmp', os.path.expanduser('~')) for path in glob.glob(place + '/**/kernel-*.json', recursive=True)]
print('FOUND' if found else 'held', found)
import socket
for port in (8888, 8889, 5555):
    try: socket.create_connection(('127.0.0.1', port), 0.2)
    except OSError: print('held', port)
    else: print('THROUGH', port)
""")),
    Attack("C24", "a message to the next copy", cheats("""
import os, fcntl, glob, ctypes
places = ['/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run', '..', '.', os.path.expanduser('~'), os.environ.get('TMPDIR', '/tmp')]
for place in places:
    try:
        if 'message-of-mallory' in os.listdir(place): print('FOUND', place)
    except OSError: pass
for place in places:
    try:
        with open(place + '/message-of-mallory', 'w') as kept: kept.write('x')
    except OSError: pass
libc = ctypes.CDLL(None, use_errno=True)
for call in ('shmget', 'semget', 'msgget'):
    try:
        number = getattr(libc, call)(0x5EC2E7, 64, 0) if call != 'msgget' else libc.msgget(0x5EC2E7, 0)
        if number >= 0: print('FOUND', call)
        getattr(libc, call)(0x5EC2E7, 64, 0o1666) if call != 'msgget' else libc.msgget(0x5EC2E7, 0o1666)
    except Exception: pass
"""), again=True),
    Attack("C26", "poison for the warm parent", cheats("""
import sys, builtins, numpy, pandas, random, os, gc, ctypes, threading
if hasattr(builtins, 'poison') or getattr(numpy, 'poison', 0) or os.environ.get('POISON') or numpy.pi == 3: print('FOUND poison')
builtins.poison = numpy.poison = 1
numpy.pi = 3
os.environ['POISON'] = '1'
pandas.options.display.max_rows = 1
for name in list(sys.modules)[:50]:
    try: vars(sys.modules[name])['poison'] = 1
    except Exception: pass
# A small integer that is another one, in this process's memory.
ctypes.memmove(id(257) + 24, id(256) + 24, 4)
try: os.ftruncate(os.open('/proc/self/exe', os.O_RDWR), 0)
except OSError: print('held')
"""), again=True),
    Attack("C27", "links, pipes and folders in the place of files", cheats("""
import os, socket
for name, target in (('escape.ipynb', '/etc/passwd'), ('result.json', '/etc/shadow'), ('link', '/'), ('loop', 'loop')):
    try: os.symlink(target, name)
    except OSError: pass
os.mkfifo('answers.json')
os.makedirs('timestamp.txt/' + '/'.join('d' * 50 for _ in range(20)))
socket.socket(socket.AF_UNIX).bind('x.sock') if False else None
os.chmod('.', 0)
"""), again=True),
    *(
        Attack("C28" if "pickle" not in name else "C29", f"a result that is {name}", cheats(f"""
import os
class Bomb:
    def __reduce__(self): return (exec, ("print('FOUND unpickled')",))
def frame(body): return len(body).to_bytes(4, 'big') + body
os.set_blocking(3, True)
data = {body}
while data: data = data[os.write(3, data):]
import time; time.sleep(0.05)
"""), ended=("bad_result", "crash"))
        for name, body in _RESULTS.items()
    ),
    Attack("C28", "no result at all", cheats("import os\nos.close(3)"), ended=("crash",)),
    Attack("C28", "a cell that ends twice", cheats("""
import os, json
for _ in range(2):
    body = json.dumps({'op': 'done', 'word': '', 'status': 'ok', 'signs': [], 'quit': False}).encode()
    os.write(3, len(body).to_bytes(4, 'big') + body)
"""), findings=(("forged_message",),)),
    Attack("C28", "probes answered with what is no value", cheats("""
class Huge(dict): pass
""", total="def total(amounts):\n    return {'~': 'object', 'v': [float('nan'), {1: {2: {3: [10 ** 1000]}}}]}")),
    Attack("C30", "terminal sequences for the operator", said_first("print('\\x1b]0;owned\\x07\\x1b[2J\\x1b[31m\\x1bc\\x9b31m')\nimport os\nos.write(2, b'\\x1b]52;c;cm0gLXJm\\x07')"), earns=ALL),
    Attack("C32", "pip by magic", cheats("%pip install nothing-at-all\n!pip install nothing-at-all\n%conda install x"),
        ended=("", "wall", "cell_time"), limits={"cell_seconds": 4, "copy_seconds": 30}),
)  # fmt: skip

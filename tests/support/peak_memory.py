"""What a kernel prints of its own memory, as the last cell of a notebook."""

from __future__ import annotations

__all__ = ["PEAK"]

PEAK = """
import resource, sys
from pathlib import Path

status = Path("/proc/self/status")
if status.is_file():
    # getrusage also counts what the process that started this one had taken.
    kibibytes = int(status.read_text().partition("VmHWM:")[2].split()[0])
else:
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
print(round(kibibytes / 1024))
""".strip()
"""Prints the most resident memory that the kernel has taken so far (MiB)."""

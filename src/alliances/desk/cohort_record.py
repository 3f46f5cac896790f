"""``cohort.json`` in a course folder: which cohort it was drawn for, without saying from which seed.

It keeps salted scrypt digests (RFC 7914) of the seed and of the private file, enough to recognise them when
the course is renewed. The salt is random, so this file and the gradebook are all that differs between two
courses made from one seed.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cohort_chance import digest_of
from alliances.errors import AlliancesError
from alliances.storage import write_safely

if TYPE_CHECKING:
    from alliances.course.cohort import Cohort

__all__ = ["FILE", "CohortRecord", "read_record", "record_of", "write_record"]

FILE: Final = "cohort.json"
_FORMAT: Final = "alliances-cohort"
_VERSION: Final = 1
_LARGEST: Final = 10_000  # bytes


@dataclass(frozen=True)
class CohortRecord:
    """Digests of a cohort's secrets, in hexadecimal; ``private`` is empty without a private file."""

    salt: str
    seed: str
    private: str

    def same_seed(self, cohort: Cohort) -> bool:
        """Say whether the course was drawn from this seed."""
        return hmac.compare_digest(self.seed, _seed(cohort, bytes.fromhex(self.salt)))

    def same_private(self, cohort: Cohort) -> bool:
        """Say whether the course was drawn with this private file, or without any."""
        return hmac.compare_digest(self.private, _private(cohort, bytes.fromhex(self.salt)))


def record_of(cohort: Cohort) -> CohortRecord:
    """Return what a course keeps of a cohort, with a fresh salt."""
    salt = secrets.token_bytes(16)
    return CohortRecord(salt.hex(), _seed(cohort, salt), _private(cohort, salt))


def _seed(cohort: Cohort, salt: bytes) -> str:
    return digest_of(cohort.seed.encode("utf-8", "surrogatepass"), salt + b"seed")


def _private(cohort: Cohort, salt: bytes) -> str:
    return digest_of(cohort.private.digest, salt + b"private") if cohort.private is not None else ""


def read_record(folder: Path) -> CohortRecord | None:
    """Return what a course folder keeps of its cohort, or None when it has none.

    Raises:
        AlliancesError: the file is there and is not what this project wrote.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        data: Any = json.loads(path.read_bytes()[:_LARGEST])
        if data["format"] != _FORMAT or data["version"] != _VERSION:
            raise AlliancesError("cohort.bad_record", path=path)
        bytes.fromhex(data["salt"])
        return CohortRecord(*(str(data[name]) for name in ("salt", "seed", "private")))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise AlliancesError("cohort.bad_record", path=path) from error


def write_record(folder: Path, record: CohortRecord) -> None:
    """Write what a course folder keeps of its cohort.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    data = {
        "format": _FORMAT,
        "version": _VERSION,
        "salt": record.salt,
        "seed": record.seed,
        "private": record.private,
    }
    write_safely(folder / FILE, (json.dumps(data, indent=1) + "\n").encode())

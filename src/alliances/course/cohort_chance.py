"""Chance that a secret seed decides: the same draws on every machine, and none that can be guessed.

The seed is stretched by scrypt (RFC 7914), so that trying many seeds against what learners see is slow, and
each draw is an HMAC-SHA256 (RFC 2104) of its own labels: seeing some draws says nothing about the others, and
a draw added later moves none of those before it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Chance", "chance_of", "digest_of"]

_SALT: Final = b"faire-alliance cohort draws 1"
_COST: Final = {"n": 2**14, "r": 8, "p": 1}  # about 16 MB and 50 ms
_BITS: Final = 64
_T = TypeVar("_T")


@dataclass(frozen=True)
class Chance:
    """Draws from one key, each by its labels; the key is never shown."""

    key: bytes = field(repr=False)

    def below(self, count: int, *labels: object) -> int:
        """Return a whole number from 0 to ``count - 1``, each as likely (to one in 2**64 / ``count``)."""
        word = int.from_bytes(self._hash(labels)[: _BITS // 8], "big")
        return (word * count) >> _BITS

    def pick(self, values: Sequence[_T], *labels: object) -> _T:
        """Return one of ``values``, which must not be empty."""
        return values[self.below(len(values), *labels)]

    def order(self, names: Iterable[str], *labels: object) -> list[str]:
        """Return distinct names in a drawn order; the order given does not matter."""
        return sorted(set(names), key=lambda name: self._hash((*labels, name)))

    def _hash(self, labels: Sequence[object]) -> bytes:
        parts = (str(label).encode("utf-8", "surrogatepass") for label in labels)
        words = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self.key, words, "sha256")


def chance_of(seed: str) -> Chance:
    """Return the draws of a seed; takes about 50 ms."""
    return Chance(_stretched(seed.encode("utf-8", "surrogatepass"), _SALT))


def digest_of(secret: bytes, salt: bytes) -> str:
    """Return what may be kept of a secret to recognise it: 64 hexadecimal characters."""
    return _stretched(secret, salt).hex()


def _stretched(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, dklen=32, **_COST)

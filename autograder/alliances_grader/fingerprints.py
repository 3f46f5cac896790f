"""Digests by which the grader knows what it has seen before."""

from __future__ import annotations

import hashlib

__all__ = ["fingerprint"]


def fingerprint(*parts: bytes) -> str:
    """Return a digest of the parts, in order; the lengths keep two splits of one text apart."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return "sha256:" + digest.hexdigest()

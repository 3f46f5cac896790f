"""Orders that look shuffled, are the same each time, in both languages and on every machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from alliances.questions.rule_parts import kendall_tau

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["shuffled", "shuffled_order"]


def shuffled(ids: Sequence[str], seed: str) -> list[str]:
    """Return the ids in the order of their hashes with ``seed``."""
    return sorted(ids, key=lambda name: (hashlib.sha256(f"{seed}:{name}".encode()).hexdigest(), name))


def shuffled_order(key: Sequence[str], seed: str) -> list[str]:
    """Return an order to start from: never ``key``, and with Kendall's tau to it at most 0.

    Keeping the order shown thus earns nothing by rank correlation. Nor is it the exact reverse of ``key``,
    which would be as easy to guess (two ids have no third order).
    """
    order = shuffled(key, seed)
    if kendall_tau(order, key) > 0:
        order.reverse()
    if order == list(reversed(key)) and len(order) > 2:  # noqa: PLR2004 - two ids have no third order
        order[0], order[1] = order[1], order[0]
    return order

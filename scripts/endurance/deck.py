"""Chance that keeps its promises: in each round, every fault comes as often as its weight says."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping


class Deck:
    """A shuffled deck of cards. Once it is used up, it is shuffled anew. Threads may share it."""

    def __init__(self, weights: Mapping[str, int], seed: int) -> None:
        self._weights = weights
        self._random = random.Random(seed)
        self._cards: list[str] = []
        self._lock = threading.Lock()

    def draw(self) -> str:
        """Draw the next card."""
        with self._lock:
            if not self._cards:
                self._cards = [name for name, weight in self._weights.items() for _ in range(weight)]
                self._random.shuffle(self._cards)
            return self._cards.pop()

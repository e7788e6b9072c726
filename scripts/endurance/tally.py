"""What a run has tried, and what went wrong in it."""

from __future__ import annotations

from collections import Counter

import attrs


@attrs.define
class Tally:
    """The calls of a run. A flaw is what must not happen; an error is what the caller was properly told."""

    errors: Counter[str] = attrs.field(factory=Counter)
    flaws: Counter[str] = attrs.field(factory=Counter)
    """By kind and description: `lost: ...`, `doubled: ...`, `mixed up: ...`, `untyped: ...`, `unbounded: ...`."""

    def add_flaw(self, description: str, times: int = 1) -> None:
        """Count a flaw, unless it happened no times at all."""
        if times:
            self.flaws[description] += times


def format_counts(counts: Counter[str]) -> str:
    """Return counts as one line of text, the most frequent first."""
    return ", ".join(f"{count} x {name}" for name, count in counts.most_common()) or "none"

"""Whether a schema that has changed breaks callers of the facade."""

from __future__ import annotations

from typing import Any

import greenery

# Keywords that allow less the smaller (upper bounds) or the larger (lower bounds) their number is.
UPPER_BOUNDS = {"maxItems", "maxLength", "maximum", "maxProperties"}
LOWER_BOUNDS = {"minItems", "minLength", "minimum", "minProperties"}


def is_breaking(keyword: str, before: Any, after: Any, *, request: bool) -> bool:
    """Return whether X may now reject a request that was valid, or send a response that the facade cannot parse."""
    if not request:
        return keyword not in UPPER_BOUNDS | LOWER_BOUNDS | {"pattern", "uniqueItems", "format"}
    if keyword in UPPER_BOUNDS:
        return after is not None and (before is None or after < before)
    if keyword in LOWER_BOUNDS:
        return after is not None and (before is None or after > before)
    if keyword == "uniqueItems":
        return bool(after)
    if keyword == "pattern":
        return after is not None and not _is_superset(after, before)
    return True


def _is_superset(pattern: str, other: str | None) -> bool:
    """Return whether a pattern matches all that the other one matches; False if that is unknown."""
    try:
        return other is not None and bool(greenery.parse(other).difference(greenery.parse(pattern)).empty())
    except Exception:  # greenery cannot parse every kind of pattern
        return False

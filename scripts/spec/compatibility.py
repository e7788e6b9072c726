"""Whether a schema that has changed breaks callers of the facade."""

from __future__ import annotations

from typing import Any

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
    if keyword in ("uniqueItems", "pattern"):  # a person reads whether a new pattern accepts all that the old one did
        return bool(after)
    return True

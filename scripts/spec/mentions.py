"""Mentions: the handwritten files that name a thing that X has changed."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from pathlib import Path

# The files that follow the spec by hand.
HANDWRITTEN = (
    "facade/**/*.py",
    "openapi/overlay.yaml",
    "openapi/generator.yaml",
    "tests/test_spec.py",
    "README.md",
    "docs/*.md",
)
# Words that most files use, for other things than the one that changed: Python's, OpenAPI's, and those of any API.
PYTHON = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist}
OPENAPI = {"default", "enum", "explode", "inline", "method", "path", "pattern", "required", "schema", "style", "tags"}
ANY_API = {"code", "data", "detail", "error", "errors", "message", "name", "status", "time", "title", "value"}


def find_mentions(root: Path, things: Iterable[str]) -> dict[str, list[str]]:
    """Find the handwritten files that name each thing. Return them by thing, if its name is no ordinary word."""
    texts = {path: path.read_text("utf-8") for pattern in HANDWRITTEN for path in sorted(root.glob(pattern))}
    mentions: dict[str, list[str]] = {}
    for thing in dict.fromkeys(things):
        if thing in PYTHON | OPENAPI | ANY_API:
            continue
        word = re.compile(rf"(?<!\w){re.escape(thing)}(?!\w)")
        if files := [path.relative_to(root).as_posix() for path, text in texts.items() if word.search(text)]:
            mentions[thing] = files
    return mentions

"""Fragments: the files in `openapi/`, each with the facts of one operation, and their merge into one document."""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ruamel.yaml import YAML

from .document import Document, SpecError, find_mappings, get_version, read_openapi
from .extract import get_operation, normalize

FOLDER = PurePosixPath("openapi")
OVERLAY, GENERATOR = FOLDER / "overlay.yaml", FOLDER / "generator.yaml"  # all other files are fragments
# The member of `info` with X's first version without the operation.
WITHDRAWN = "x-withdrawn"
HEADER = f"""\
# X's facts of one operation and of all that it references, written by `nox -s refresh`. Amendments are in overlay.yaml.
# `version` is that of X's document with these facts; `{WITHDRAWN}` the first one without the operation.
"""


def read_fragments(root: Path) -> dict[PurePosixPath, Document]:
    """Read all fragments, in the order of their names. Return them by path relative to the checkout."""
    paths = sorted(FOLDER / path.name for path in (root / FOLDER).glob("*.yaml"))
    return {path: read_openapi(root / path) for path in paths if path not in (OVERLAY, GENERATOR)}


def build_fragment(facts: Document, version: str, withdrawn: str | None) -> Document:
    """Build a fragment from the facts, the version that they are from, and the mark of a withdrawn operation."""
    path, method, _ = get_operation(facts)
    info = {"title": f"{method.upper()} {path}", "version": version, WITHDRAWN: withdrawn}
    info = {name: value for name, value in info.items() if value is not None}
    return {"openapi": facts["openapi"], "info": info, **facts}


def format_fragment(fragment: Document) -> bytes:
    """Return the text of a fragment's file."""
    output = io.BytesIO()
    YAML().dump(fragment, output)
    return HEADER.encode() + output.getvalue()


def merge_fragments(fragments: Mapping[PurePosixPath, Document]) -> Document:
    """Return one document with the operations of all fragments.

    Raises SpecError if two of them define the same thing differently.
    """
    (first, *_), versions = fragments.values(), ", ".join(map(get_version, fragments.values()))
    info = {"title": "X API, metrics of Posts", "version": versions}
    merged: Document = {"openapi": first["openapi"], "info": info}
    for source, fragment in fragments.items():
        for name in ("openapi", "servers"):
            _add(merged, name, fragment[name], name, source)
        for name, item in fragment["paths"].items():
            _add(merged.setdefault("paths", {}), name, item, f"path {name}", source)
        for kind, components in fragment["components"].items():
            present = merged.setdefault("components", {}).setdefault(kind, {})
            for name, component in components.items():
                _add(present, name, component, f"{kind} {name}", source)
                if kind == "securitySchemes":
                    present[name] = _join_scopes(present[name], component)
    return merged


def _add(present: Document, name: str, value: Any, thing: str, source: PurePosixPath) -> None:
    if name in present and _get_facts(present[name]) != _get_facts(value):
        raise SpecError(f"{source} defines {thing} differently from another fragment")
    present.setdefault(name, value)


def _get_facts(node: Any) -> Any:
    """Return the part on which fragments have to agree: no annotations, and no scopes, which each has for itself."""
    facts = normalize(node)
    for flow in find_mappings(facts.get("flows") if isinstance(facts, dict) else None, "scopes"):
        del flow["scopes"]
    return facts


def _join_scopes(scheme: Document, other: Document) -> Document:
    """Return the scheme with the scopes of both."""
    joined = copy.deepcopy(scheme)
    for flow, other_flow in zip(find_mappings(joined, "scopes"), find_mappings(other, "scopes"), strict=True):
        flow["scopes"] = {**other_flow["scopes"], **flow["scopes"]}
    return joined

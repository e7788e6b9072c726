"""Fragments: the files in `openapi/` that each hold the facts of one operation, and the one document that they make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from document import Document, SpecError, get_version, read_openapi
from extract import normalize

FOLDER = PurePosixPath("openapi")
# The other files of the folder. Any file beside them is a fragment.
OVERLAY = FOLDER / "overlay.yaml"
GENERATOR = FOLDER / "generator.yaml"
# The member of `info` with the first version of X's document that lacks the operation.
WITHDRAWN = "x-withdrawn"


def read_fragments(root: Path) -> dict[PurePosixPath, Document]:
    """Read all fragments, in the order of their names. Return them by path relative to the checkout."""
    paths = sorted(FOLDER / path.name for path in (root / FOLDER).glob("*.yaml"))
    return {path: read_openapi(root / path) for path in paths if path not in (OVERLAY, GENERATOR)}


def merge_fragments(fragments: Mapping[PurePosixPath, Document]) -> Document:
    """Return one document with the operations of all fragments.

    Raises SpecError if two fragments define the same thing differently. If only the prose differs, that of the first
    one is kept.
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
    """Return what two fragments have to agree on: all but prose, and scopes, of which each has what it requires."""
    facts = normalize(node)
    if isinstance(facts, dict):
        for flow in facts.get("flows", {}).values():
            del flow["scopes"]
    return facts


def _join_scopes(scheme: Document, other: Document) -> Document:
    flows = {
        name: {**flow, "scopes": {**other["flows"][name]["scopes"], **flow["scopes"]}}
        for name, flow in scheme.get("flows", {}).items()
    }
    return {**scheme, "flows": flows} if flows else scheme

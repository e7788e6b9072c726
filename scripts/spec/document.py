"""Documents: read them from JSON or YAML, and resolve the references in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Document = dict[str, Any]


class SpecError(Exception):
    """Raised if the input cannot be used. The message says why, and names the file or the place."""


def read_openapi(path: Path) -> Document:
    """Read an OpenAPI 3 document."""
    document = read_document(path)
    if not str(document.get("openapi", "")).startswith("3."):
        raise SpecError(f"{path} is not an OpenAPI 3 document")
    return document


def read_document(path: Path) -> Document:
    """Read a JSON or YAML file that holds a mapping."""
    try:
        text = path.read_text("utf-8")
        # YAML includes JSON, but its parser is many times slower.
        document = json.loads(text) if text.lstrip().startswith("{") else YAML(typ="safe").load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} cannot be read: {error}") from None
    except (ValueError, YAMLError, RecursionError) as error:
        raise SpecError(f"{path} is neither JSON nor YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict):
        raise SpecError(f"{path} does not hold a mapping")
    return document


def get_version(document: Document) -> str:
    return str((document.get("info") or {}).get("version", "unknown"))


def parse_version(version: str) -> tuple[int, ...] | None:
    """Return the numbers of a version, by which 2.9 is older than 2.166. None if it does not consist of numbers."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[0-9]+(\.[0-9]+)*", version) else None


def find_mappings(node: Any, key: str) -> Iterator[Document]:
    """Yield every mapping that has the key, at or below a node."""
    if isinstance(node, dict):
        if key in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from find_mappings(child, key)


def resolve_reference(document: Document, reference: str) -> Any:
    """Return the target of a local reference (RFC 6901)."""
    node: Any = document
    if not reference.startswith("#/"):
        raise SpecError(f"$ref {reference} points outside the document")
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            raise SpecError(f"$ref {reference} points to nothing")
        node = node[name]
    return node

"""Extract: one operation of an OpenAPI document, with all that it references and nothing else, in a normal form.

Prose is dropped, and so are the subtypes of `Problem`, which belong to other operations. What OpenAPI takes for granted
is filled in, so that two documents that mean the same are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

PATH = "/2/insights/28hr"
OPERATION_ID = "getInsights28Hr"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROSE = {"description", "summary", "example", "examples", "externalDocs", "discriminator"}
# Below these, keys are names that somebody chose, which may be those of prose.
NAMED = {"paths", "properties", "patternProperties", "responses", "content", "schemas", "securitySchemes", "scopes"}

Document = dict[str, Any]


class SpecError(Exception):
    """The document is not one that the operation can be taken from; the message is one line."""


def read_document(path: Path) -> Document:
    """An OpenAPI 3 document from a JSON or YAML file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path} cannot be read: {error}") from None
    try:
        # YAML takes JSON too, but many times slower.
        document = json.loads(text) if text.lstrip().startswith("{") else YAML(typ="safe").load(text)
    except (ValueError, YAMLError, RecursionError) as error:
        raise SpecError(f"{path} is neither JSON nor YAML: {' '.join(str(error).split())}") from None
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise SpecError(f"{path} is not an OpenAPI 3 document")
    return document


def version(document: Document) -> str:
    return str((document.get("info") or {}).get("version", "without a version"))


def extracted(document: Document) -> Document:
    """The operation and what it references, in normal form; SpecError where the document does not have it."""
    path, method = _located(document)
    item = document["paths"][path]
    operation = _normal(item[method])
    operation["parameters"] = [
        *map(_with_defaults, _normal(item.get("parameters", []))),
        *map(_with_defaults, operation.get("parameters", [])),
    ]
    components: Document = {}
    _collect(document, operation, components, ())
    schemes = {name: scopes for alternative in operation.get("security", []) for name, scopes in alternative.items()}
    if schemes:
        components["securitySchemes"] = {name: _scheme(document, name, scopes) for name, scopes in schemes.items()}
    return {
        "openapi": document["openapi"],
        "servers": [{"url": server["url"]} for server in document.get("servers", [])],
        "paths": {path: {method: operation}},
        "components": components,
    }


def operation_of(extract: Document) -> tuple[str, str, Document]:
    """The path, the method and the operation of an extract."""
    ((path, item),) = extract["paths"].items()
    ((method, operation),) = item.items()
    return path, method, operation


def referred(document: Document, reference: str) -> Any:
    """What a local reference refers to (RFC 6901)."""
    node: Any = document
    if not reference.startswith("#/"):
        raise SpecError(f"$ref {reference} leads out of the document")
    for part in reference.removeprefix("#/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            raise SpecError(f"$ref {reference} leads to nothing")
        node = node[name]
    return node


def references(node: Any) -> Iterator[str]:
    """Every `$ref` at or below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def _located(document: Document) -> tuple[str, str]:
    """The operation's path and method: it is known by its path, and where that has changed, by its operationId."""
    operations = [
        (path, method, item[method])
        for path, item in (document.get("paths") or {}).items()
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict)
    ]
    found = [(path, method) for path, method, _ in operations if (path, method) == (PATH, "get")] or [
        (path, method) for path, method, operation in operations if operation.get("operationId") == OPERATION_ID
    ]
    if not found:
        raise SpecError(f"GET {PATH} ({OPERATION_ID}) is not in the document's version {version(document)}")
    return found[0]


def _collect(document: Document, node: Any, components: Document, trail: tuple[str, ...]) -> None:
    """Add to the components what a node refers to, and what that refers to."""
    for reference in references(node):
        if reference in trail:
            raise SpecError(f"$ref cycle: {' -> '.join([*trail[trail.index(reference) :], reference])}")
        target = _normal(referred(document, reference))
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if kind == "parameters":
            target = _with_defaults(target)
        components.setdefault(kind, {})[name] = target
        _collect(document, target, components, (*trail, reference))


def _scheme(document: Document, name: str, scopes: list[str]) -> Document:
    scheme: Document = _normal(referred(document, f"#/components/securitySchemes/{name}"))
    for flow in scheme.get("flows", {}).values():
        flow["scopes"] = dict.fromkeys(scopes, "")
    return scheme


def _normal(node: Any, *, named: bool = False) -> Any:
    """The node without prose and extensions."""
    if isinstance(node, list):
        return [_normal(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _normal(child, named=name in NAMED and not named)
        for name, child in node.items()
        if named or not (name in PROSE or str(name).startswith("x-"))
    }


def _with_defaults(parameter: Document) -> Document:
    """The parameter with what is meant where nothing is said (OpenAPI 3.0.3, section 4.7.12)."""
    if "$ref" in parameter:
        return parameter
    style = parameter.get("style", "form" if parameter.get("in") in ("query", "cookie") else "simple")
    return {"required": False, "style": style, "explode": style == "form", **parameter}

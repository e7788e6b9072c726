"""Extract one operation from an OpenAPI document, with all that it references and nothing else.

Annotations are dropped, and so are the subtypes of `Problem`, which differ only in fields that the facade reads
liberally. Keywords are put in a fixed order.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from .document import Document, SpecError, find_mappings, resolve_reference

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Keywords that do not affect validation.
ANNOTATIONS = {"description", "discriminator", "example", "examples", "externalDocs", "summary", "title", "$comment"}
# The order of keywords. The first ones identify an object, and come before its prose.
IDENTIFYING = ("name", "in", "type", "url", "operationId", "summary", "description")
KEYWORDS = (
    *(*IDENTIFYING, "tags", "security", "parameters", "format", "nullable", "required", "explode", "style", "schema"),
    *("pattern", "minItems", "maxItems", "uniqueItems", "items", "properties", "enum", "default"),
)
# The keywords that join a schema to its subtypes, besides a discriminator.
COMBINATIONS = {"oneOf", "anyOf", "allOf"}
# A problem of RFC 7807, with the fields that X's documents have in common since 2.166.
PROBLEM = {
    "type": "object",
    "required": ["type", "title"],
    "properties": {
        name: {"type": "integer" if name == "status" else "string"} for name in ("detail", "status", "title", "type")
    },
}
# Below these, keys are arbitrary names. Such a name may be the same as an annotation's.
NAMED = {"paths", "properties", "patternProperties", "responses", "content", "schemas", "securitySchemes", "scopes"}


def extract_operation(document: Document, path: str, method: str) -> Document:
    """Return a document with the operation and everything that it references."""
    item = document["paths"][path]
    operation = normalize(item[method])
    operation["parameters"] = [*normalize(item.get("parameters", [])), *operation.get("parameters", [])]
    components: Document = {}
    _collect_components(document, operation, components, ())
    for name, scopes in [item for alternative in operation.get("security", []) for item in alternative.items()]:
        scheme = normalize(resolve_reference(document, f"#/components/securitySchemes/{name}"))
        for flow in find_mappings(scheme, "scopes"):
            flow["scopes"] = dict.fromkeys(sorted(scopes), "")
        components.setdefault("securitySchemes", {})[name] = scheme
    for response in [*operation.get("responses", {}).values(), *components.get("responses", {}).values()]:
        if "$ref" not in response:
            response["description"] = ""  # OpenAPI requires one
    # Servers of an operation replace those of its path, and these replace the document's.
    servers = operation.pop("servers", item.get("servers", document.get("servers", [])))
    return {
        "openapi": document["openapi"],
        "servers": [{"url": server["url"]} for server in servers],
        "paths": {path: {method: operation}},
        "components": dict(sorted(components.items())),
    }


def get_operation(document: Document) -> tuple[str, str, Document]:
    """Return the path, the method and the operation of an extract or a fragment, which has only one."""
    ((path, item),) = document["paths"].items()
    ((method, operation),) = item.items()
    return path, method, operation


def find_operation(document: Document, fragment: Document) -> tuple[str, str] | None:
    """Return the path and method of a fragment's operation: by its path, or by its operationId if that has changed."""
    path, method, operation = get_operation(fragment)
    names = {
        (path, method): item[method].get("operationId")
        for path, item in document["paths"].items()
        for method in METHODS
        if isinstance(item, dict) and isinstance(item.get(method), dict)
    }
    matching = (place for place, name in names.items() if name and name == operation.get("operationId"))
    return (path, method) if (path, method) in names else next(matching, None)


def _collect_components(document: Document, node: Any, components: Document, trail: tuple[str, ...]) -> None:
    """Add the components that a node references, and those that they reference in turn."""
    for reference in [each["$ref"] for each in find_mappings(node, "$ref") if isinstance(each["$ref"], str)]:
        if reference in trail:
            raise SpecError(f"$ref cycle: {' -> '.join([*trail[trail.index(reference) :], reference])}")
        target = normalize(resolve_reference(document, reference))
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if name == "Problem":
            own = {name: value for name, value in target.items() if name not in COMBINATIONS}
            # If it is empty without its subtypes, these have only the fields of PROBLEM in common.
            target = own if own == target or "properties" in own else copy.deepcopy(PROBLEM)
        components.setdefault(kind, {})[name] = target
        _collect_components(document, target, components, (*trail, reference))


def normalize(node: Any, *, named: bool = False) -> Any:
    """Return the node without annotations and extensions, and with its keywords in order."""
    if isinstance(node, list):
        return [normalize(child) for child in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: normalize(child, named=name in NAMED and not named)
        for name, child in node.items()
        if named or not (name in ANNOTATIONS or str(name).startswith("x-"))
    }
    return kept if named else sort_keywords(kept, KEYWORDS)


def sort_keywords(node: Document, order: Sequence[str]) -> Document:
    """Return the node with these keywords first, and the others in their own order."""
    return {name: node[name] for name in dict.fromkeys([*order, *node]) if name in node}

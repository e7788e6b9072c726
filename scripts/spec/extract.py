"""Extract one operation from an OpenAPI document, with all that it references and nothing else, in a normal form.

Prose is dropped, and so are the subtypes of `Problem`, which differ only in fields that the facade reads liberally.
OpenAPI's defaults are filled in, so that two documents with the same meaning are equal.
"""

from __future__ import annotations

import copy
from typing import Any

from document import Document, SpecError, find_references, resolve_reference

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROSE = {"description", "summary", "example", "examples", "externalDocs", "discriminator"}
# How a schema is joined to its subtypes, beside a discriminator.
COMBINATIONS = {"oneOf", "anyOf", "allOf"}
# A problem of RFC 7807, with the fields that X's documents have in common since 2.166.
PROBLEM = {
    "type": "object",
    "required": ["type", "title"],
    "properties": {
        "detail": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "type": {"type": "string"},
    },
}
# Below these, keys are names that somebody chose. Such a name may be the same as a keyword for prose.
NAMED = {"paths", "properties", "patternProperties", "responses", "content", "schemas", "securitySchemes", "scopes"}


def extract_operation(document: Document, path: str, method: str) -> Document:
    """Return the operation and what it references, in normal form."""
    item = document["paths"][path]
    operation = normalize(item[method])
    operation["parameters"] = [
        *map(_fill_in_defaults, normalize(item.get("parameters", []))),
        *map(_fill_in_defaults, operation.get("parameters", [])),
    ]
    components: Document = {}
    _collect_components(document, operation, components, ())
    schemes = {name: scopes for alternative in operation.get("security", []) for name, scopes in alternative.items()}
    if schemes:
        components["securitySchemes"] = {
            name: _extract_scheme(document, name, scopes) for name, scopes in schemes.items()
        }
    # Servers of an operation replace those of its path, and these replace the document's.
    servers = operation.pop("servers", item.get("servers", document.get("servers", [])))
    return {
        "openapi": document["openapi"],
        "servers": [{"url": server["url"]} for server in servers],
        "paths": {path: {method: operation}},
        "components": components,
    }


def get_operation(document: Document) -> tuple[str, str, Document]:
    """Return the path, the method and the operation of an extract or a fragment, which has only one."""
    ((path, item),) = document["paths"].items()
    ((method, operation),) = item.items()
    return path, method, operation


def find_operation(document: Document, fragment: Document) -> tuple[str, str] | None:
    """Return the path and method of a fragment's operation: by its path, or by its operationId if that has changed."""
    path, method, operation = get_operation(fragment)
    found = {
        (path, method): item[method].get("operationId")
        for path, item in document["paths"].items()
        if isinstance(item, dict)
        for method in METHODS
        if isinstance(item.get(method), dict)
    }
    if (path, method) in found:
        return path, method
    name = operation.get("operationId")
    return next((place for place, each in found.items() if name and each == name), None)


def _collect_components(document: Document, node: Any, components: Document, trail: tuple[str, ...]) -> None:
    """Add to the components what a node references, and what that references in turn."""
    for reference in find_references(node):
        if reference in trail:
            raise SpecError(f"$ref cycle: {' -> '.join([*trail[trail.index(reference) :], reference])}")
        target = normalize(resolve_reference(document, reference))
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if kind == "parameters":
            target = _fill_in_defaults(target)
        if name == "Problem":
            target = _drop_subtypes(target)
        components.setdefault(kind, {})[name] = target
        _collect_components(document, target, components, (*trail, reference))


def _extract_scheme(document: Document, name: str, scopes: list[str]) -> Document:
    scheme: Document = normalize(resolve_reference(document, f"#/components/securitySchemes/{name}"))
    for flow in scheme.get("flows", {}).values():
        flow["scopes"] = dict.fromkeys(scopes, "")
    return scheme


def _drop_subtypes(problem: Document) -> Document:
    """Return the problem without its subtypes. If nothing is left, return the one that all of them refine."""
    own = {name: value for name, value in problem.items() if name not in COMBINATIONS}
    return own if own == problem or "properties" in own else copy.deepcopy(PROBLEM)


def normalize(node: Any, *, named: bool = False) -> Any:
    """Return the node without prose and extensions."""
    if isinstance(node, list):
        return [normalize(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        name: normalize(child, named=name in NAMED and not named)
        for name, child in node.items()
        if named or not (name in PROSE or str(name).startswith("x-"))
    }


def _fill_in_defaults(parameter: Document) -> Document:
    """Return the parameter with OpenAPI's defaults for what it leaves out (OpenAPI 3.0.3, section 4.7.12)."""
    if "$ref" in parameter:
        return parameter
    style = parameter.get("style", "form" if parameter.get("in") in ("query", "cookie") else "simple")
    return {"required": False, "style": style, "explode": style == "form", **parameter}

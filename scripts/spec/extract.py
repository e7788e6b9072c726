"""Extract one operation from an OpenAPI document, with all that it references and nothing else, in a normal form.

Prose is dropped, and so are the subtypes of `Problem`, which belong to other operations. OpenAPI's defaults are filled
in, so that two documents with the same meaning are equal.
"""

from __future__ import annotations

from typing import Any

from document import Document, SpecError, find_references, get_version, resolve_reference

PATH = "/2/insights/28hr"
OPERATION_ID = "getInsights28Hr"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
PROSE = {"description", "summary", "example", "examples", "externalDocs", "discriminator"}
# Below these, keys are names that somebody chose. Such a name may be the same as a keyword for prose.
NAMED = {"paths", "properties", "patternProperties", "responses", "content", "schemas", "securitySchemes", "scopes"}


def extract_operation(document: Document) -> Document:
    """Return the operation and what it references, in normal form. Raises SpecError if the document lacks it."""
    path, method = _locate_operation(document)
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
    return {
        "openapi": document["openapi"],
        "servers": [{"url": server["url"]} for server in document.get("servers", [])],
        "paths": {path: {method: operation}},
        "components": components,
    }


def get_operation(extract: Document) -> tuple[str, str, Document]:
    """Return the path, the method and the operation of an extract."""
    ((path, item),) = extract["paths"].items()
    ((method, operation),) = item.items()
    return path, method, operation


def _locate_operation(document: Document) -> tuple[str, str]:
    """Return the operation's path and method. Find it by its path, or by its operationId if the path has changed."""
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
        raise SpecError(f"version {get_version(document)} of the document lacks GET {PATH} ({OPERATION_ID})")
    return found[0]


def _collect_components(document: Document, node: Any, components: Document, trail: tuple[str, ...]) -> None:
    """Add to the components what a node references, and what that references in turn."""
    for reference in find_references(node):
        if reference in trail:
            raise SpecError(f"$ref cycle: {' -> '.join([*trail[trail.index(reference) :], reference])}")
        target = normalize(resolve_reference(document, reference))
        kind, _, name = reference.removeprefix("#/components/").partition("/")
        if kind == "parameters":
            target = _fill_in_defaults(target)
        components.setdefault(kind, {})[name] = target
        _collect_components(document, target, components, (*trail, reference))


def _extract_scheme(document: Document, name: str, scopes: list[str]) -> Document:
    scheme: Document = normalize(resolve_reference(document, f"#/components/securitySchemes/{name}"))
    for flow in scheme.get("flows", {}).values():
        flow["scopes"] = dict.fromkeys(scopes, "")
    return scheme


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

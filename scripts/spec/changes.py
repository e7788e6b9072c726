"""Compare two extracts of an operation: say what changed in plain words, and if it breaks callers of the facade."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import attrs

from compatibility import is_breaking
from document import Document, resolve_reference
from extract import get_operation


@attrs.frozen
class Change:
    """One difference. `thing` is the name that our own files use for what changed."""

    place: str
    what: str
    breaking: bool
    thing: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def find_changes(old: Document, new: Document) -> list[Change]:
    """Return all differences, the breaking ones first."""
    changes = [
        *_compare_operations(old, new),
        *_compare_security(old, new),
        *_compare_parameters(old, new),
        *_compare_responses(old, new),
    ]
    return sorted(changes, key=lambda change: not change.breaking)


def _compare_operations(old: Document, new: Document) -> Iterator[Change]:
    (old_path, old_method, before), (new_path, new_method, after) = get_operation(old), get_operation(new)
    yield from _compare_values("operation", "path", old_path, new_path, breaking=True, thing=old_path)
    yield from _compare_values("operation", "method", old_method, new_method, breaking=True)
    for name in sorted((before.keys() | after.keys()) - {"parameters", "responses", "security"}):
        breaking = name not in ("operationId", "tags", "deprecated")
        yield from _compare_values("operation", name, before.get(name), after.get(name), breaking=breaking)
    old_servers, new_servers = (", ".join(each["url"] for each in document["servers"]) for document in (old, new))
    yield from _compare_values("document", "servers", old_servers, new_servers, breaking=True, thing=old_servers)
    yield from _compare_values("document", "openapi", old["openapi"], new["openapi"], breaking=False)


def _compare_security(old: Document, new: Document) -> Iterator[Change]:
    before, after = (
        {name: set(scopes) for each in get_operation(document)[2].get("security", []) for name, scopes in each.items()}
        for document in (old, new)
    )
    for name in sorted(before.keys() | after.keys()):
        place = f"security scheme {name}"
        if name not in after:
            yield Change(place, "removed", True, name)
        elif name not in before:
            yield Change(place, "added", False, name)
        else:
            for scope in sorted(before[name] ^ after[name]):
                added = scope in after[name]
                yield Change(place, f"scope {scope} {'added' if added else 'removed'}", added, scope)
            one, other = _get_scheme(old, name), _get_scheme(new, name)
            # Where a token comes from is the caller's business. How it is sent is the facade's.
            breaking = any(one.get(key) != other.get(key) for key in ("type", "scheme"))
            yield from _compare_values(place, "definition", one, other, breaking=breaking, thing=name)


def _compare_parameters(old: Document, new: Document) -> Iterator[Change]:
    before, after = _get_parameters(old), _get_parameters(new)
    for name in dict.fromkeys([*before, *after]):
        place = f"parameter {name}"
        if name not in after:
            yield Change(place, "removed", True, name)
        elif name not in before:
            required = after[name]["required"]
            yield Change(place, f"added, {'required' if required else 'optional'}", required, name)
        else:
            rest_before, rest_after = ({**each, "schema": None} for each in (before[name], after[name]))
            if rest_before.pop("required") != (required := rest_after.pop("required")):
                yield Change(place, f"now {'required' if required else 'optional'}", required, name)
            for keyword in sorted(rest_before.keys() | rest_after.keys()):
                values = rest_before.get(keyword), rest_after.get(keyword)
                yield from _compare_values(place, keyword, *values, breaking=True)
            schemas = before[name].get("schema", {}), after[name].get("schema", {})
            yield from _compare_schemas(old, new, *schemas, place, request=True)


def _compare_responses(old: Document, new: Document) -> Iterator[Change]:
    before, after = _get_response_schemas(old), _get_response_schemas(new)
    for status, kind in sorted(before.keys() | after.keys()):
        place = f"response {status}"
        # The facade parses all other responses itself, whatever the spec says about them.
        success = status == "200"
        if (status, kind) not in after:
            yield Change(place, f"{kind} removed", success, kind)
        elif (status, kind) not in before:
            yield Change(place, f"{kind} added", False, kind)
        else:
            for change in _compare_schemas(old, new, before[status, kind], after[status, kind], place, request=False):
                yield change if success else attrs.evolve(change, breaking=False)


def _compare_schemas(
    old: Document, new: Document, before: Document, after: Document, place: str, *, request: bool
) -> Iterator[Change]:
    old_name, new_name = _get_schema_name(before), _get_schema_name(after)
    yield from _compare_values(place, "schema", old_name, new_name, breaking=False, thing=old_name)
    before, after = _resolve(old, before), _resolve(new, after)
    for keyword in sorted(before.keys() | after.keys()):
        one, other = before.get(keyword), after.get(keyword)
        if keyword == "properties":
            yield from _compare_properties(old, new, one or {}, other or {}, place, request=request)
        elif keyword == "items" and one is not None and other is not None:
            yield from _compare_schemas(old, new, one, other, f"{place}[]", request=request)
        elif keyword in ("enum", "required"):
            for value in sorted({*(one or ())} ^ {*(other or ())}, key=str):
                added = value in (other or ())
                # A caller may have sent a value that is now removed, and does not know a field that is now required.
                breaking = request and added == (keyword == "required")
                word = "value" if keyword == "enum" else "required field"
                yield Change(place, f"{word} {value} {'added' if added else 'removed'}", breaking, str(value))
        elif one != other:
            breaking = is_breaking(keyword, one, other, request=request)
            yield from _compare_values(place, keyword, one, other, breaking=breaking)


def _compare_properties(
    old: Document, new: Document, before: Document, after: Document, place: str, *, request: bool
) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        field = f"{place}.{name}" if "field" in place else f"{place}, field {name}"
        if name not in after:
            yield Change(field, "removed", True, name)
        elif name not in before:
            yield Change(field, "added", False, name)
        else:
            yield from _compare_schemas(old, new, before[name], after[name], field, request=request)


def _compare_values(
    place: str, name: str, before: Any, after: Any, *, breaking: bool, thing: str | None = None
) -> Iterator[Change]:
    if before != after:
        yield Change(place, f"{name} {_format_value(before)} → {_format_value(after)}", breaking, thing or name)


def _format_value(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _get_scheme(document: Document, name: str) -> Document:
    scheme: Document = copy.deepcopy(document["components"]["securitySchemes"][name])
    for flow in scheme.get("flows", {}).values():
        del flow["scopes"]
    return scheme


def _get_parameters(document: Document) -> dict[str, Document]:
    parameters = (_resolve(document, each) for each in get_operation(document)[2]["parameters"])
    return {parameter["name"]: parameter for parameter in parameters}


def _get_response_schemas(document: Document) -> dict[tuple[str, str], Document]:
    """Return the schema of each status and media type."""
    return {
        (status, kind): media.get("schema", {})
        for status, response in get_operation(document)[2].get("responses", {}).items()
        for kind, media in _resolve(document, response).get("content", {}).items()
    }


def _get_schema_name(schema: Document) -> str:
    return str(schema.get("$ref", "inline")).rpartition("/")[2]


def _resolve(document: Document, node: Document) -> Document:
    return _resolve(document, resolve_reference(document, node["$ref"])) if "$ref" in node else node

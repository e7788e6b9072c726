"""Compare two extracts of an operation. Describe each change, and whether it breaks callers of the facade."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from .document import Document, find_mappings, resolve_reference
from .extract import COMBINATIONS, get_operation

# The fields in which the facade reads null as None, or as absent. It does the same for every number.
NULLABLE_FIELDS = {
    *("data[].timestamped_metrics[].metrics", "data[].timestamped_metrics[].timestamp"),
    *("errors[].detail", "errors[].title", "errors[].type"),
}
# The place of a field: the place of its schema, the path to its object, and its name.
FIELD = re.compile(r"(.+), field (.+\.)?(.+)")
MAX_NAMES = 3


@attrs.frozen
class Change:
    """One difference. `things` are the names of the changed things in our own files."""

    place: str
    what: str
    breaking: bool
    things: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def find_changes(old: Document, new: Document) -> list[Change]:
    """Return all differences, the breaking ones first."""
    comparisons = (_compare_operations, _compare_security, _compare_parameters, _compare_responses)
    # Several places may reference a renamed component.
    changes = dict.fromkeys(change for compare in comparisons for change in compare(old, new))
    return sorted(_join_fields(changes), key=lambda change: not change.breaking)


def _join_fields(changes: Iterable[Change]) -> Iterator[Change]:
    """Join the changes that are the same for several fields of one object."""
    groups: dict[Any, list[Change]] = {}
    for change in changes:
        field = FIELD.fullmatch(change.place)
        groups.setdefault((field.groups()[:2], change.what, change.breaking) if field else change, []).append(change)
    for group in groups.values():
        place, things = group[0].place, [thing for change in group for thing in change.things]
        if len(group) > 1:
            names = [FIELD.sub(r"\3", change.place) for change in group]
            shown = ", ".join([*names[:MAX_NAMES], *["…"][: len(names) - MAX_NAMES]])
            place = FIELD.sub(rf"\1, {len(names)} fields \2{{{shown}}}", place)
        yield attrs.evolve(group[0], place=place, things=tuple(things))


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
    before, after = _get_schemes(old), _get_schemes(new)
    for name, new_name in itertools.product(sorted(before), sorted(after)):
        if name not in after and new_name not in before and before[name] == after.get(new_name):
            yield Change(f"security scheme {name}", f"now called {new_name}", False, (name,))
            after[name] = after.pop(new_name)
    for name in sorted(before.keys() | after.keys()):
        place = f"security scheme {name}"
        if name not in after or name not in before:
            yield Change(place, "added" if name in after else "removed", name in before, (name,))
            continue
        (old_scopes, one), (new_scopes, other) = before[name], after[name]
        for scope in sorted(old_scopes ^ new_scopes):
            added = scope in new_scopes
            yield Change(place, f"scope {scope} {'added' if added else 'removed'}", added, (scope,))
        # The caller is responsible for getting a token, and the facade for sending it.
        breaking = any(one.get(key) != other.get(key) for key in ("type", "scheme"))
        yield from _compare_values(place, "definition", one, other, breaking=breaking, thing=name)


def _compare_parameters(old: Document, new: Document) -> Iterator[Change]:
    before, after = _get_parameters(old), _get_parameters(new)
    for name in dict.fromkeys([*before, *after]):
        place, one, other = f"parameter {name}", before.get(name), after.get(name)
        if other is None:
            yield Change(place, "removed", True, (name,))
        elif one is None or one["required"] != other["required"]:
            word = "required" if other["required"] else "optional"
            yield Change(place, f"{'added,' if one is None else 'now'} {word}", other["required"], (name,))
        if one and other:
            yield from _compare_names(place, "parameter component", one, other)
            for keyword in sorted((one.keys() | other.keys()) - {"$ref", "required", "schema"}):
                yield from _compare_values(place, keyword, one.get(keyword), other.get(keyword), breaking=True)
            yield from _compare_schemas(old, new, one.get("schema", {}), other.get("schema", {}), place, request=True)


def _compare_responses(old: Document, new: Document) -> Iterator[Change]:
    before, after = _get_response_schemas(old), _get_response_schemas(new)
    for status, kind in sorted(before.keys() | after.keys()):
        place, one, other = f"response {status}", before.get((status, kind)), after.get((status, kind))
        # The facade parses all other responses itself, whatever the spec says about them.
        success = status == "200"
        if one is None or other is None:
            word = "added" if one is None else "removed"
            yield Change(place, f"{kind} {word}", success and word == "removed", (kind,))
        else:
            for change in _compare_schemas(old, new, one, other, place, request=False):
                yield change if success else attrs.evolve(change, breaking=False)


def _compare_schemas(
    old: Document, new: Document, before: Document, after: Document, place: str, *, request: bool
) -> Iterator[Change]:
    yield from _compare_names(place, "schema", before, after)
    before, after = _resolve(old, before), _resolve(new, after)
    if before.get("type") != after.get("type"):  # the other keywords follow from the type
        yield from _compare_values(place, "type", before.get("type"), after.get("type"), breaking=True)
        return
    for keyword in sorted(before.keys() | after.keys()):
        one, other = before.get(keyword), after.get(keyword)
        if keyword == "properties":
            one, other = one or {}, other or {}
            for name in dict.fromkeys([*one, *other]):
                field = f"{place}.{name}" if FIELD.fullmatch(place) else f"{place}, field {name}"
                if name in one and name in other:
                    yield from _compare_schemas(old, new, one[name], other[name], field, request=request)
                else:
                    yield Change(field, "added" if name in other else "removed", name in one, (name,))
        elif keyword == "items" and one is not None and other is not None:
            yield from _compare_schemas(old, new, one, other, f"{place}[]", request=request)
        elif keyword in ("enum", "required"):
            for value in sorted({*(one or ())} ^ {*(other or ())}, key=str):
                added = value in (other or ())
                # A caller may send a value that is now removed, and does not send a field that is now required.
                breaking = request and added == (keyword == "required")
                word = "value" if keyword == "enum" else "required field"
                yield Change(place, f"{word} {value} {'added' if added else 'removed'}", breaking, (str(value),))
        elif keyword == "nullable" and not request:
            is_read = after.get("type") in ("integer", "number") or place.partition(", field ")[2] in NULLABLE_FIELDS
            yield from _compare_values(place, keyword, one, other, breaking=bool(other) and not is_read)
        else:
            breaking = _is_breaking_request(keyword, one, other) if request else keyword in {"items", *COMBINATIONS}
            yield from _compare_values(place, keyword, one, other, breaking=breaking)


def _is_breaking_request(keyword: str, before: Any, after: Any) -> bool:
    """Return whether X may now reject a request that was valid."""
    if keyword.startswith(("max", "min")):
        return after is not None and (before is None or (after < before) == keyword.startswith("max"))
    if keyword in ("uniqueItems", "pattern"):  # a person has to decide whether it accepts all that the old one did
        return bool(after)
    # The facade sends every parameter, and never sends null.
    return keyword not in ("default", "nullable")


def _compare_names(place: str, kind: str, before: Document, after: Document) -> Iterator[Change]:
    """Compare the names of the components that two nodes reference. Other nodes have no name."""
    old, new = (each.get("$ref", "").rpartition("/")[2] for each in (before, after))
    if old and new and old != new:
        yield Change(f"{kind} {old}", f"now called {new}", False, (old,))
    else:
        yield from _compare_values(place, kind, old or "inline", new or "inline", breaking=False, thing=old or "inline")


def _compare_values(
    place: str, name: str, before: Any, after: Any, *, breaking: bool, thing: str | None = None
) -> Iterator[Change]:
    if before != after:
        yield Change(place, f"{name} {_format_value(before)} → {_format_value(after)}", breaking, (thing or name,))


def _format_value(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _get_schemes(document: Document) -> dict[str, tuple[set[str], Document]]:
    """Return the scopes of each security scheme, and its definition without them."""
    required = [item for each in get_operation(document)[2].get("security", []) for item in each.items()]
    schemes = {name: copy.deepcopy(document["components"]["securitySchemes"][name]) for name, _ in required}
    for flow in find_mappings(schemes, "scopes"):
        del flow["scopes"]
    return {name: (set(scopes), schemes[name]) for name, scopes in required}


def _get_parameters(document: Document) -> dict[str, Document]:
    """Return the parameters by name, with the defaults of absent keywords (OpenAPI 3.0.3, section 4.7.12)."""
    parameters = {}
    for node in get_operation(document)[2]["parameters"]:
        parameter = _resolve(document, node)
        style = parameter.get("style", "form" if parameter.get("in") in ("query", "cookie") else "simple")
        defaults = {"required": False, "style": style, "explode": style == "form"}
        parameters[parameter["name"]] = {**defaults, **parameter, "$ref": node.get("$ref", "")}
    return parameters


def _get_response_schemas(document: Document) -> dict[tuple[str, str], Document]:
    """Return the schema of each status and media type."""
    return {
        (status, kind): media.get("schema", {})
        for status, response in get_operation(document)[2].get("responses", {}).items()
        for kind, media in _resolve(document, response).get("content", {}).items()
    }


def _resolve(document: Document, node: Document) -> Document:
    return _resolve(document, resolve_reference(document, node["$ref"])) if "$ref" in node else node

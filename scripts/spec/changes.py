"""Changes: how two extracts of the operation differ, in plain words, and what that means for callers of the facade."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import attrs
import greenery

from extract import Document, operation_of, referred

# Keywords that allow less the smaller, or the larger, their number is.
UPPER = {"maxItems", "maxLength", "maximum", "maxProperties"}
LOWER = {"minItems", "minLength", "minimum", "minProperties"}


@attrs.frozen
class Change:
    """One difference; `thing` is the name that our own files would know it by."""

    place: str
    what: str
    breaking: bool
    thing: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def changes(old: Document, new: Document) -> list[Change]:
    """All differences, the breaking ones first."""
    found = [*_operation(old, new), *_security(old, new), *_parameters(old, new), *_responses(old, new)]
    return sorted(found, key=lambda change: not change.breaking)


def _operation(old: Document, new: Document) -> Iterator[Change]:
    (old_path, old_method, before), (new_path, new_method, after) = operation_of(old), operation_of(new)
    yield from _value("operation", "path", old_path, new_path, breaking=True)
    yield from _value("operation", "method", old_method, new_method, breaking=True)
    for name in ("operationId", "tags", "deprecated"):
        yield from _value("operation", name, before.get(name), after.get(name), breaking=False)
    yield from _value("document", "servers", old["servers"], new["servers"], breaking=True)
    yield from _value("document", "openapi", old["openapi"], new["openapi"], breaking=False)


def _security(old: Document, new: Document) -> Iterator[Change]:
    before, after = (
        {name: set(scopes) for each in operation_of(document)[2].get("security", []) for name, scopes in each.items()}
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
            one, other = (_scheme(document, name) for document in (old, new))
            if one != other:
                # Where a token comes from is the caller's business; how it is sent is the facade's.
                breaking = any(one.get(key) != other.get(key) for key in ("type", "scheme"))
                yield Change(place, f"definition {_text(one)} → {_text(other)}", breaking, name)


def _parameters(old: Document, new: Document) -> Iterator[Change]:
    before, after = _named_parameters(old), _named_parameters(new)
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
                yield from _value(place, keyword, rest_before.get(keyword), rest_after.get(keyword), breaking=True)
            schemas = before[name].get("schema", {}), after[name].get("schema", {})
            yield from _schema(old, new, *schemas, place, request=True)


def _responses(old: Document, new: Document) -> Iterator[Change]:
    before, after = _contents(old), _contents(new)
    for status, kind in sorted(before.keys() | after.keys()):
        place = f"response {status}"
        # The facade reads every other response itself, whatever the spec says of it.
        success = status == "200"
        if (status, kind) not in after:
            yield Change(place, f"{kind} removed", success, kind)
        elif (status, kind) not in before:
            yield Change(place, f"{kind} added", False, kind)
        else:
            for change in _schema(old, new, before[status, kind], after[status, kind], place, request=False):
                yield change if success else attrs.evolve(change, breaking=False)


def _schema(
    old: Document, new: Document, before: Document, after: Document, place: str, *, request: bool
) -> Iterator[Change]:
    if _name(before) != _name(after):
        yield Change(place, f"schema {_name(before)} → {_name(after)}", False, _name(before))
    before, after = _resolved(old, before), _resolved(new, after)
    for keyword in sorted(before.keys() | after.keys()):
        one, other = before.get(keyword), after.get(keyword)
        if keyword == "properties":
            yield from _properties(old, new, one or {}, other or {}, place, request=request)
        elif keyword == "items" and one is not None and other is not None:
            yield from _schema(old, new, one, other, f"{place}[]", request=request)
        elif keyword in ("enum", "required"):
            for value in sorted({*(one or ())} ^ {*(other or ())}, key=str):
                added = value in (other or ())
                # A caller may have sent a value that is gone, and cannot know of a field that is now demanded.
                breaking = request and added == (keyword == "required")
                word = "value" if keyword == "enum" else "required field"
                yield Change(place, f"{word} {value} {'added' if added else 'removed'}", breaking, str(value))
        elif one != other:
            yield Change(
                place, f"{keyword} {_text(one)} → {_text(other)}", _breaks(keyword, one, other, request), keyword
            )


def _properties(
    old: Document, new: Document, before: Document, after: Document, place: str, *, request: bool
) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        field = f"{place}.{name}" if "field" in place else f"{place}, field {name}"
        if name not in after:
            yield Change(field, "removed", True, name)
        elif name not in before:
            yield Change(field, "added", False, name)
        else:
            yield from _schema(old, new, before[name], after[name], field, request=request)


def _breaks(keyword: str, before: Any, after: Any, request: bool) -> bool:
    """Whether a request that was good may now be refused, or a response may now be unreadable."""
    if not request:
        return keyword not in UPPER | LOWER | {"pattern", "uniqueItems", "format"}
    if keyword in UPPER:
        return after is not None and (before is None or after < before)
    if keyword in LOWER:
        return after is not None and (before is None or after > before)
    if keyword == "uniqueItems":
        return bool(after)
    if keyword == "pattern":
        return after is not None and not _widened(before, after)
    return True


def _widened(before: str | None, after: str) -> bool:
    try:
        return before is not None and bool(greenery.parse(before).difference(greenery.parse(after)).empty())
    except Exception:  # a pattern of a kind that greenery does not parse
        return False


def _value(place: str, name: str, before: Any, after: Any, *, breaking: bool) -> Iterator[Change]:
    if before != after:
        yield Change(place, f"{name} {_text(before)} → {_text(after)}", breaking, before if name == "path" else name)


def _text(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _scheme(document: Document, name: str) -> Document:
    scheme: Document = copy.deepcopy(document["components"]["securitySchemes"][name])
    for flow in scheme.get("flows", {}).values():
        del flow["scopes"]
    return scheme


def _named_parameters(document: Document) -> dict[str, Document]:
    parameters = (_resolved(document, each) for each in operation_of(document)[2]["parameters"])
    return {parameter["name"]: parameter for parameter in parameters}


def _contents(document: Document) -> dict[tuple[str, str], Document]:
    """The schema of each status and media type."""
    return {
        (status, kind): media.get("schema", {})
        for status, response in operation_of(document)[2].get("responses", {}).items()
        for kind, media in _resolved(document, response).get("content", {}).items()
    }


def _resolved(document: Document, node: Document) -> Document:
    return _resolved(document, referred(document, node["$ref"])) if "$ref" in node else node


def _name(schema: Document) -> str:
    return str(schema.get("$ref", "inline")).rpartition("/")[2]

"""Revisions of a fragment's text: new facts in it, with comments, descriptions and the order of keys kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from document import Document
from extract import PROSE, get_operation
from fragment import WITHDRAWN


def revise_fragment(text: str, facts: Document, version: str, withdrawn: str | None) -> str:
    """Return the fragment's text with these facts, the version that they are from, and the mark if it is withdrawn."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10**6
    fragment = yaml.load(text)
    old_path, old_method, _ = get_operation(fragment)
    new_path, new_method, _ = get_operation(facts)
    _rename_key(fragment["paths"], old_path, new_path)
    _rename_key(fragment["paths"][new_path], old_method, new_method)
    for name in ("openapi", "servers", "paths", "components"):
        fragment[name] = merge(fragment.get(name), facts[name])
    info = fragment["info"]
    info["version"] = DoubleQuotedScalarString(version)
    if withdrawn is None:
        info.pop(WITHDRAWN, None)
    elif WITHDRAWN not in info:
        info[WITHDRAWN] = DoubleQuotedScalarString(withdrawn)
        # A comment on the line of the key goes when the key goes.
        info.yaml_add_eol_comment("the first version without the operation, whose facts are kept", WITHDRAWN)
    output = io.StringIO()
    yaml.dump(fragment, output)
    return output.getvalue()


def merge(present: Any, wanted: Any) -> Any:
    """Change `present` to mean the same as `wanted`, as little as possible, and return it."""
    if isinstance(present, dict) and isinstance(wanted, dict):
        for name in [name for name in present if name not in wanted and name not in PROSE]:
            del present[name]
        for name, value in wanted.items():
            # A default of OpenAPI's need not be written down.
            if name in present or not _is_default(name, value, wanted):
                present[name] = merge(present.get(name), value)
        return present
    if isinstance(present, list) and isinstance(wanted, list):
        keys = [_get_key(value) for value in wanted]
        for position in reversed([index for index, value in enumerate(present) if _get_key(value) not in keys]):
            del present[position]
        for position, (key, value) in enumerate(zip(keys, wanted, strict=True)):
            present_keys = [_get_key(each) for each in present]
            if key in present_keys:
                present[present_keys.index(key)] = merge(present[present_keys.index(key)], value)
            else:
                present.insert(present_keys.index(keys[position - 1]) + 1 if position else 0, value)
        return present
    # The description of a scope is prose, which an extract leaves empty.
    return present if present == wanted or (wanted == "" and isinstance(present, str)) else wanted


def _is_default(name: str, value: Any, parameter: Mapping[str, Any]) -> bool:
    defaults = {"required": False, "explode": parameter.get("style") == "form", "style": "form"}
    return "in" in parameter and defaults.get(name) == value


def _get_key(value: Any) -> Any:
    """Return what identifies an item of a list."""
    if not isinstance(value, dict):
        return value
    return value.get("name") or value.get("$ref") or value.get("url") or next(iter(value), None)


def _rename_key(mapping: Any, old: str, new: str) -> None:
    if old != new:
        mapping[new] = mapping.pop(old)

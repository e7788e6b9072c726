"""Refresh: take the operation out of a newer document of X's, say what changed, write the fragment, regenerate.

Exits 0 where there is nothing left to do, 1 where `--check` finds a difference, and 2, with one line and nothing
touched, where the document has no such operation or cannot be used.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

import regenerate
from changes import Change, changes
from extract import PROSE, Document, SpecError, extracted, operation_of, read_document, version

FRAGMENT = PurePosixPath("openapi/insights-28hr.yaml")
# What of ours follows the spec by hand.
OURS = ("facade/**/*.py", "openapi/overlay.yaml", "openapi/generator.yaml", "tests/test_spec.py", "README.md")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, help="X's whole OpenAPI document, JSON or YAML")
    parser.add_argument("--check", action="store_true", help="say what changed, write nothing")
    parser.add_argument("--root", type=Path, default=regenerate.ROOT, help="the checkout (default: this one)")
    options = parser.parse_args()
    # In a pipe each line is whole and plain; on a terminal it is coloured, and wraps as the terminal does.
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    try:
        return refresh(console, options.root, options.document, check=options.check)
    except (SpecError, regenerate.RegenerateError) as error:
        print(error, file=sys.stderr)
        return 2


def refresh(console: Console, root: Path, source: Path, *, check: bool) -> int:
    fragment, document = read_document(root / FRAGMENT), read_document(source)
    old, new = extracted(fragment), extracted(document)
    found = changes(old, new)
    for change in found:
        word, style = ("breaking  ", "bold red") if change.breaking else ("compatible", "green")
        console.print(word, style=style, end="  ")
        console.print(str(change))
    if not found:
        console.print(f"up to date with version {version(document)}")
    else:
        breaking = sum(change.breaking for change in found)
        counts = f"{breaking} breaking, {len(found) - breaking} compatible"
        console.print(f"{counts}: from version {version(fragment)} to {version(document)}", style="bold")
        for thing, names in known(root, found).items():
            console.print(f"{thing} is known to {', '.join(names)}")
    text = written(root / FRAGMENT, new, version(document)) if found else (root / FRAGMENT).read_text("utf-8")
    overlay = regenerate.read_yaml(root / "openapi/overlay.yaml")
    for target in idle(read_text(text), overlay):
        console.print(f"overlay.yaml: X now says itself what the action for {target} does: delete it", style="yellow")
    if not found or check:
        return 1 if found else 0
    replace(root, text)
    console.print(f"wrote {FRAGMENT} and {regenerate.GENERATED}/; next: nox -s tests, then commit all that changed")
    return 0


def known(root: Path, found: list[Change]) -> dict[str, list[str]]:
    """Our own files that know a thing that changed, by its name."""
    texts = {path: path.read_text("utf-8") for pattern in OURS for path in sorted(root.glob(pattern))}
    names: dict[str, list[str]] = {}
    for thing in dict.fromkeys(change.thing for change in found if change.thing):
        word = re.compile(rf"(?<!\w){re.escape(thing)}(?!\w)")
        if files := [path.relative_to(root).as_posix() for path, text in texts.items() if word.search(text)]:
            names[thing] = files
    return names


def idle(fragment: Document, overlay: Document) -> Iterator[str]:
    """The targets of actions that change nothing; RegenerateError where one has no target."""
    for action in overlay["actions"]:
        if regenerate.applied(fragment, action) == fragment:
            yield action["target"]


def written(path: Path, new: Document, source_version: str) -> str:
    """The fragment's text with what changed put in place; comments, order and descriptions of the rest survive."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10**6
    fragment = yaml.load(path.read_text("utf-8"))
    (old_path, old_method, _), (new_path, new_method, _) = operation_of(extracted(fragment)), operation_of(new)
    _rename(fragment["paths"], old_path, new_path)
    _rename(fragment["paths"][new_path], old_method, new_method)
    for name in ("openapi", "servers", "paths", "components"):
        fragment[name] = merged(fragment.get(name), new[name])
    fragment["info"]["version"] = DoubleQuotedScalarString(source_version)
    text = io.StringIO()
    yaml.dump(fragment, text)
    return text.getvalue()


def merged(present: Any, wanted: Any) -> Any:
    """`wanted`, as far as possible by leaving `present` as it is."""
    if isinstance(present, dict) and isinstance(wanted, dict):
        for name in [name for name in present if name not in wanted and name not in PROSE]:
            del present[name]
        for name, value in wanted.items():
            # What OpenAPI takes for granted need not be written down, and the meaning of a scope is prose.
            if name in present or not _granted(name, value, wanted):
                present[name] = merged(present.get(name), value)
        return present
    if isinstance(present, list) and isinstance(wanted, list):
        keys = [_key(value) for value in wanted]
        for position in reversed([index for index, value in enumerate(present) if _key(value) not in keys]):
            del present[position]
        for position, (key, value) in enumerate(zip(keys, wanted, strict=True)):
            held = [_key(each) for each in present]
            if key in held:
                present[held.index(key)] = merged(present[held.index(key)], value)
            else:
                present.insert(held.index(keys[position - 1]) + 1 if position else 0, value)
        return present
    return present if present == wanted or (wanted == "" and isinstance(present, str)) else wanted


def replace(root: Path, text: str) -> None:
    """Put the new fragment, and what it makes, in place of the present ones; or nothing."""
    with tempfile.TemporaryDirectory(prefix="x-insights-") as folder:
        shutil.copytree(root / "openapi", Path(folder, "openapi"))
        Path(folder, FRAGMENT).write_text(text, encoding="utf-8")
        expected = regenerate.render(Path(folder))
    before = (root / FRAGMENT).read_bytes()
    try:
        (root / FRAGMENT).write_text(text, encoding="utf-8")
        regenerate.write(root, expected)
    except BaseException:
        (root / FRAGMENT).write_bytes(before)
        raise


def read_text(text: str) -> Document:
    document: Document = YAML(typ="safe").load(text)
    return document


def _granted(name: str, value: Any, parameter: Mapping[str, Any]) -> bool:
    defaults = {"required": False, "explode": parameter.get("style") == "form", "style": "form"}
    return "in" in parameter and defaults.get(name) == value


def _key(value: Any) -> Any:
    """What an item of a list is known by."""
    if not isinstance(value, dict):
        return value
    return value.get("name") or value.get("$ref") or value.get("url") or next(iter(value), None)


def _rename(mapping: Any, old: str, new: str) -> None:
    if old != new:
        mapping[new] = mapping.pop(old)


if __name__ == "__main__":
    sys.exit(main())

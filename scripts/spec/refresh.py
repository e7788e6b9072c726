"""Follow a newer document of X's: extract the operation, report what changed, update the fragment, regenerate.

Exits 0 if nothing is left to do, and 1 if `--check` finds a difference. Exits 2, with one line and nothing touched, if
the document cannot be used or lacks the operation.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

import regenerate
from changes import Change, find_changes
from document import Document, SpecError, get_version, parse_document, read_document, read_openapi
from extract import PROSE, extract_operation, get_operation

FRAGMENT = PurePosixPath("openapi/insights-28hr.yaml")
# The files that follow the spec by hand.
HANDWRITTEN = ("facade/**/*.py", "openapi/overlay.yaml", "openapi/generator.yaml", "tests/test_spec.py", "README.md")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, help="X's whole OpenAPI document, JSON or YAML")
    parser.add_argument("--check", action="store_true", help="report what changed, write nothing")
    parser.add_argument("--root", type=Path, default=regenerate.ROOT, help="the checkout (default: this one)")
    options = parser.parse_args(arguments)
    # A pipe gets whole, plain lines. A terminal gets colours, and wraps the lines itself.
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    try:
        return refresh(console, options.root, options.document, check=options.check)
    except SpecError as error:
        print(error, file=sys.stderr)
        return 2


def refresh(console: Console, root: Path, source: Path, *, check: bool) -> int:
    fragment, document = read_openapi(root / FRAGMENT), read_openapi(source)
    new, version = extract_operation(document), get_version(document)
    changes = find_changes(extract_operation(fragment), new)
    if not changes:
        console.print(f"up to date with version {version}")
        report_superfluous_actions(console, root, fragment)
        return 0
    report_changes(console, changes, get_version(fragment), version)
    for thing, files in find_files_naming(root, changes).items():
        console.print(f"{thing} is named in {', '.join(files)}")
    text = update_fragment(root / FRAGMENT, new, version)
    report_superfluous_actions(console, root, parse_document(text, FRAGMENT))
    if check:
        return 1
    replace_fragment(root, text)
    console.print(f"wrote {FRAGMENT} and {regenerate.GENERATED}/; next: nox -s tests, then commit all that changed")
    return 0


def report_changes(console: Console, changes: Sequence[Change], old_version: str, new_version: str) -> None:
    for change in changes:
        word, style = ("breaking  ", "bold red") if change.breaking else ("compatible", "green")
        console.print(word, style=style, end="  ")
        console.print(str(change))
    breaking = sum(change.breaking for change in changes)
    counts = f"{breaking} breaking, {len(changes) - breaking} compatible"
    console.print(f"{counts}: from version {old_version} to {new_version}", style="bold")


def report_superfluous_actions(console: Console, root: Path, fragment: Document) -> None:
    """Report the overlay's actions that change nothing. Raises SpecError if an action has no target."""
    for action in read_document(root / "openapi/overlay.yaml")["actions"]:
        if regenerate.apply_action(fragment, action) == fragment:
            target = action["target"]
            console.print(
                f"overlay.yaml: delete the action for {target}: X's document now says the same", style="yellow"
            )


def find_files_naming(root: Path, changes: Sequence[Change]) -> dict[str, list[str]]:
    """Find the handwritten files that name a thing that changed. Return them by thing."""
    texts = {path: path.read_text("utf-8") for pattern in HANDWRITTEN for path in sorted(root.glob(pattern))}
    files: dict[str, list[str]] = {}
    for thing in dict.fromkeys(change.thing for change in changes if change.thing):
        word = re.compile(rf"(?<!\w){re.escape(thing)}(?!\w)")
        if found := [path.relative_to(root).as_posix() for path, text in texts.items() if word.search(text)]:
            files[thing] = found
    return files


def update_fragment(path: Path, new: Document, version: str) -> str:
    """Return the fragment's text with the new facts. Comments, descriptions and the order of keys are kept."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10**6
    fragment = yaml.load(path.read_text("utf-8"))
    old_path, old_method, _ = get_operation(extract_operation(fragment))
    new_path, new_method, _ = get_operation(new)
    _rename_key(fragment["paths"], old_path, new_path)
    _rename_key(fragment["paths"][new_path], old_method, new_method)
    for name in ("openapi", "servers", "paths", "components"):
        fragment[name] = merge(fragment.get(name), new[name])
    fragment["info"]["version"] = DoubleQuotedScalarString(version)
    text = io.StringIO()
    yaml.dump(fragment, text)
    return text.getvalue()


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


def replace_fragment(root: Path, text: str) -> None:
    """Replace the fragment and all that is generated from it, or nothing if that fails."""
    with tempfile.TemporaryDirectory(prefix="x-insights-") as folder:
        shutil.copytree(root / "openapi", Path(folder, "openapi"))
        Path(folder, FRAGMENT).write_text(text, encoding="utf-8")
        expected = regenerate.render(Path(folder))
    before = (root / FRAGMENT).read_bytes()
    try:
        (root / FRAGMENT).write_text(text, encoding="utf-8")
        regenerate.replace_files(root, expected)
    except BaseException:
        (root / FRAGMENT).write_bytes(before)
        raise


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


if __name__ == "__main__":
    sys.exit(main())

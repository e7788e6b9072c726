"""Update the fragments from X's OpenAPI document: extract our operations, report changes, rewrite and regenerate.

Exits with 0 if nothing is left to do, and with 1 if `--check` finds a difference. Exits with 2, one line on standard
error and nothing written, if the document cannot be used, is not X's, or is older than a fragment.
"""

from __future__ import annotations

import argparse
import builtins
import functools
import keyword
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import attrs
from rich.console import Console

from . import regenerate
from .changes import Change, find_changes
from .document import Document, SpecError, get_version, parse_version, read_document, read_openapi
from .extract import extract_operation, find_operation, get_operation
from .fragments import GENERATOR, OVERLAY, WITHDRAWN, build_fragment, format_fragment, merge_fragments, read_fragments

# The handwritten files that depend on the spec.
HANDWRITTEN = ("facade/**/*.py", str(OVERLAY), str(GENERATOR), "tests/test_spec.py", "README.md", "docs/*.md")
# Words that most files use in another sense: those of Python, of OpenAPI, and of any API.
PYTHON = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist}
OPENAPI = {"default", "enum", "explode", "inline", "method", "path", "pattern", "required", "schema", "style", "tags"}
ANY_API = {"code", "data", "detail", "error", "errors", "message", "name", "status", "time", "title", "value"}


@attrs.frozen
class Update:
    """A fragment according to the newer document, and its changes. Without changes, there is nothing to write."""

    path: PurePosixPath
    title: str
    changes: list[Change]
    fragment: Document


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", type=Path, help="X's OpenAPI document, as JSON or YAML")
    parser.add_argument("--check", action="store_true", help="report the changes, and write nothing")
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
    present, document = read_fragments(root), read_x_document(source)
    for known in find_incomparable_versions(present, version := get_version(document)):
        console.print(f"version {version} cannot be compared with version {known}: it is taken as newer")
    updates = find_updates(present, document)
    report_updates(console, root, updates)
    changed = {update.path: update.fragment for update in updates if update.changes}
    fragments = {**present, **changed}
    report_actions(console, root, merge_fragments(present), merge_fragments(fragments))
    if not changed or check:
        return 1 if changed else 0
    texts = {path: format_fragment(fragment) for path, fragment in changed.items()}
    regenerate.replace_files(root, {**texts, **regenerate.render(root, fragments)})
    written = ", ".join(map(str, texts))
    console.print(f"wrote {written} and {regenerate.GENERATED}/; next: nox -s tests, then commit all that changed")
    return 0


def read_x_document(source: Path) -> Document:
    """Read X's document. Raises SpecError if it is another API's."""
    document = read_openapi(source)
    paths = document.get("paths")
    if not isinstance(paths, dict) or not any(str(path).startswith("/2/") for path in paths):
        raise SpecError(f"{source} is not X's document: it has no path under /2/")
    return document


def find_updates(fragments: Mapping[PurePosixPath, Document], document: Document) -> list[Update]:
    """Compare each fragment with the document. If the document lacks an operation, it keeps its facts, as withdrawn."""
    places = {path: find_operation(document, fragment) for path, fragment in fragments.items()}
    extracts = {path: extract_operation(document, *place) for path, place in places.items() if place}
    version, updates = get_version(document), []
    for path, fragment in fragments.items():
        known, withdrawn = get_version(fragment), fragment["info"].get(WITHDRAWN)
        old_path, method, _ = get_operation(fragment)
        old = extract_operation(fragment, old_path, method)
        new = extracts.get(path) or functools.reduce(_follow_shared, extracts.values(), old)
        name, changes = f"{method.upper()} {old_path}", find_changes(old, new)
        built = build_fragment(new, version, None)
        if path not in extracts:
            built = build_fragment(new, known, version if withdrawn is None else withdrawn)
            if withdrawn is None:
                changes.insert(0, Change(name, f"withdrawn in version {version}", True, (old_path,)))
        elif withdrawn is not None:
            changes.append(Change(name, f"back in version {version}", False, (old_path,)))
        title = f"from version {known} to {version}" if changes else f"up to date with version {version}"
        if withdrawn is not None and path not in extracts:
            title = f"withdrawn since {withdrawn}"
        updates.append(Update(path, f"{name}: {title}", changes, built))
    return updates


def _follow_shared(facts: Document, extract: Document) -> Document:
    """Update a withdrawn operation's facts with the components that it shares with another, which must not differ."""
    components = {
        kind: {**facts["components"].get(kind, {}), **extract["components"].get(kind, {})}
        for kind in facts["components"].keys() | extract["components"].keys()
    }
    path, method, _ = get_operation(facts)
    return extract_operation({**extract, "paths": facts["paths"], "components": components}, path, method)


def find_incomparable_versions(fragments: Mapping[PurePosixPath, Document], version: str) -> list[str]:
    """Return the versions in the fragments that this one cannot be compared with. Raises SpecError if it is older."""
    known_versions = {
        str(known): path
        for path, fragment in fragments.items()
        for known in (get_version(fragment), fragment["info"].get(WITHDRAWN))
        if known
    }
    numbers = parse_version(version)
    for known, path in known_versions.items():
        if numbers and (known_numbers := parse_version(known)) and numbers < known_numbers:
            raise SpecError(f"version {version} of the document is older than version {known} in {path}")
    return [known for known in known_versions if known != version and not (numbers and parse_version(known))]


def report_updates(console: Console, root: Path, updates: Sequence[Update]) -> None:
    for update in updates:
        console.print(update.title, style="bold")
        for change in update.changes:
            word, style = ("breaking  ", "bold red") if change.breaking else ("compatible", "green")
            console.print(word, style=style, end="  ")
            console.print(str(change))
    if changes := [change for update in updates for change in update.changes]:
        breaking = sum(change.breaking for change in changes)
        console.print(f"{breaking} breaking, {len(changes) - breaking} compatible", style="bold")
    # Nobody needs to edit a file because of a compatible change of a response.
    edited = [change for change in changes if change.breaking or not change.place.startswith("response")]
    report_mentions(console, root, [thing for change in edited for thing in change.things])


def report_mentions(console: Console, root: Path, things: Iterable[str]) -> None:
    """Report the handwritten files that name each thing, unless its name is an ordinary word."""
    texts = {path: path.read_text("utf-8") for pattern in HANDWRITTEN for path in sorted(root.glob(pattern))}
    for thing in dict.fromkeys(things):
        word = re.compile(rf"(?<!\w){re.escape(thing)}(?!\w)")
        files = [path.relative_to(root).as_posix() for path, text in texts.items() if word.search(text)]
        if files and thing not in PYTHON | OPENAPI | ANY_API:
            console.print(f"{thing} is named in {', '.join(files)}")


def report_actions(console: Console, root: Path, old: Document, new: Document) -> None:
    """Report the overlay's actions that change nothing now. Raises SpecError if an amendment of facts has no target."""
    for action in read_document(root / OVERLAY)["actions"]:
        target, is_idle = action["target"], regenerate.is_idle(new, action)
        if is_idle and not regenerate.is_prose(action):
            console.print(f"overlay.yaml: delete the action for {target}: X's document says the same", style="yellow")
        elif is_idle and not regenerate.is_idle(old, action):
            console.print(f"overlay.yaml: change the target {target}: it matches nothing now", style="yellow")


if __name__ == "__main__":
    sys.exit(main())

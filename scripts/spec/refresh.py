"""Follow a newer document of X's: extract our operations, report what changed, update the fragments, regenerate.

Exits 0 if nothing is left to do, and 1 if `--check` finds a difference. Exits 2, with one line and nothing touched, if
the document cannot be used, is not X's, or is older than what a fragment knows.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from rich.console import Console

import regenerate
from document import Document, SpecError, get_version, parse_document, read_document, read_openapi
from fragment import FOLDER, OVERLAY, merge_fragments, read_fragments
from mentions import find_mentions
from revision import revise_fragment
from update import Update, find_incomparable_versions, find_updates


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
    fragments, document = read_fragments(root), read_x_document(source)
    for known in find_incomparable_versions(fragments, version := get_version(document)):
        console.print(f"version {version} cannot be compared with version {known}: it is taken as newer")
    updates = find_updates(fragments, document)
    report_updates(console, root, updates)
    texts = {update.path: revise(root, update) for update in updates if update.changes}
    fragments.update({path: parse_document(text, path) for path, text in texts.items()})
    report_superfluous_actions(console, root, merge_fragments(fragments))
    if not texts or check:
        return 1 if texts else 0
    replace_fragments(root, texts)
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
    for thing, files in find_mentions(root, [change.thing for change in changes]).items():
        console.print(f"{thing} is named in {', '.join(files)}")


def report_superfluous_actions(console: Console, root: Path, document: Document) -> None:
    """Report the overlay's actions that change nothing. Raises SpecError if an action has no target."""
    for action in read_document(root / OVERLAY)["actions"]:
        if regenerate.apply_action(document, action) == document:
            target = action["target"]
            console.print(
                f"overlay.yaml: delete the action for {target}: X's document now says the same", style="yellow"
            )


def revise(root: Path, update: Update) -> str:
    text = (root / update.path).read_text("utf-8")
    return revise_fragment(text, update.facts, update.version, update.withdrawn)


def replace_fragments(root: Path, texts: Mapping[PurePosixPath, str]) -> None:
    """Replace the fragments and all that is generated from them, or nothing if that fails."""
    with tempfile.TemporaryDirectory(prefix="x-insights-") as folder:
        shutil.copytree(root / FOLDER, Path(folder, FOLDER))
        write_files(Path(folder), {path: text.encode() for path, text in texts.items()})
        expected = regenerate.render(Path(folder))
    before = {path: (root / path).read_bytes() for path in texts}
    try:
        write_files(root, {path: text.encode() for path, text in texts.items()})
        regenerate.replace_files(root, expected)
    except BaseException:
        write_files(root, before)
        raise


def write_files(root: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    for path, content in files.items():
        (root / path).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())

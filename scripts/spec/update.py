"""Updates: what a newer document of X's means for each fragment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import attrs

from changes import Change, find_changes
from document import Document, SpecError, get_version, parse_version
from extract import extract_operation, find_operation, get_operation
from fragment import WITHDRAWN


@attrs.frozen
class Update:
    """The facts of one operation by the newer document, and what changed. Without changes there is nothing to write."""

    path: PurePosixPath
    title: str
    changes: list[Change]
    facts: Document
    version: str
    withdrawn: str | None


def find_updates(fragments: Mapping[PurePosixPath, Document], document: Document) -> list[Update]:
    """Compare each fragment with the document. An operation that it lacks keeps its facts, and is withdrawn."""
    places = {path: find_operation(document, fragment) for path, fragment in fragments.items()}
    extracts = {path: extract_operation(document, *place) for path, place in places.items() if place}
    return [
        _update_present(path, fragment, extracts[path], get_version(document))
        if path in extracts
        else _update_absent(path, fragment, extracts.values(), get_version(document))
        for path, fragment in fragments.items()
    ]


def find_incomparable_versions(fragments: Mapping[PurePosixPath, Document], version: str) -> list[str]:
    """Return what the fragments know of versions that cannot be compared. Raises SpecError if the version is older."""
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


def _update_present(path: PurePosixPath, fragment: Document, new: Document, version: str) -> Update:
    name, old = _get_name(fragment), _extract(fragment)
    changes = find_changes(old, new)
    if WITHDRAWN in fragment["info"]:
        changes.append(Change(name, f"back in version {version}", False, get_operation(old)[0]))
    title = f"from version {get_version(fragment)} to {version}" if changes else f"up to date with version {version}"
    return Update(path, f"{name}: {title}", changes, new, version, None)


def _update_absent(path: PurePosixPath, fragment: Document, extracts: Iterable[Document], version: str) -> Update:
    name, old = _get_name(fragment), _extract(fragment)
    new = old
    for extract in extracts:
        new = _follow_shared(new, extract)
    changes = find_changes(old, new)
    withdrawn = fragment["info"].get(WITHDRAWN)
    title = f"withdrawn since {withdrawn}"
    if withdrawn is None:
        title = f"from version {get_version(fragment)} to {version}"
        changes.insert(0, Change(name, f"withdrawn in version {version}", True, get_operation(old)[0]))
    return Update(path, f"{name}: {title}", changes, new, get_version(fragment), withdrawn or version)


def _follow_shared(facts: Document, extract: Document) -> Document:
    """Return a withdrawn operation's facts, with the components that another one shares as that has them.

    Otherwise the two fragments would define them differently as soon as X changes one.
    """
    components = {
        kind: {**facts["components"].get(kind, {}), **extract["components"].get(kind, {})}
        for kind in facts["components"].keys() | extract["components"].keys()
    }
    path, method, _ = get_operation(facts)
    return extract_operation({**extract, "paths": facts["paths"], "components": components}, path, method)


def _extract(fragment: Document) -> Document:
    return extract_operation(fragment, *get_operation(fragment)[:2])


def _get_name(fragment: Document) -> str:
    path, method, _ = get_operation(fragment)
    return f"{method.upper()} {path}"

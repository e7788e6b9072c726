"""Say whether this checkout can be released: its version, its changelog, and what it breaks of the last release."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


def version_faults(version: str, released: Sequence[str]) -> Iterator[str]:
    """Why this version cannot be the next one after the versions released."""
    if not VERSION.fullmatch(version):
        yield f"version {version} in pyproject.toml: a release is called like 1.2.3"
    elif released and numbers(version) <= numbers(released[-1]):
        yield f"version {version} in pyproject.toml: {released[-1]} is out already"


def changelog_faults(changelog: str, version: str, released: Sequence[str]) -> Iterator[str]:
    """Why the changelog is not the one of this release, after the versions released."""
    _, *parts = HEADING.split(changelog)
    sections = [(title.strip(), body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True)]
    if any(body for title, body in sections if title.strip("[]").lower() == "unreleased"):
        yield "CHANGELOG.md: entries are left under [Unreleased]"
    dated = re.compile(r"\[(.+)\] - \d{4}-\d\d-\d\d")
    entries = {known[1]: body for title, body in sections if (known := dated.fullmatch(title))}
    if not re.search("^[-*] ", entries.get(version, ""), re.MULTILINE):
        yield f"CHANGELOG.md: no entries under a line `## [{version}] - ` and the date"
    for earlier in entries.keys() - {version, *released}:
        yield f"CHANGELOG.md has {earlier}, and git no tag v{earlier}: `git fetch --tags`"


def may_break(version: str, last: str) -> bool:
    """Whether Semantic Versioning lets a version break what the last one had: before 1.0 a new minor one may."""
    new, old = numbers(version), numbers(last)
    return new[0] > old[0] or (new[0] == 0 and new[1] > old[1])


def numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def api_faults(version: str, released: Sequence[str], root: Path) -> Iterator[str]:
    """What the public API breaks of the last release, unless this version may."""
    if not released or may_break(version, released[-1]):
        return
    for source, package in (("facade", "x_insights"), ("generated", "x_insights_api")):
        old = griffe.load_git(package, ref=f"v{released[-1]}", repo=root, search_paths=[source])
        new = griffe.load(package, search_paths=[root / source])
        for breakage in griffe.find_breaking_changes(old, new):
            value = breakage.old_value or breakage.new_value
            what = f"{breakage.obj.path}: {breakage} ({getattr(value, 'name', value)})"
            yield f"version {version} in pyproject.toml: it may not break what {released[-1]} has: {what}"


def tree_faults(root: Path) -> Iterator[str]:
    """What the packages would hold and the tagged commit would not."""
    for line in git(root, "status", "--porcelain").splitlines():
        yield f"not committed: {line[3:]}"


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout


def faults(root: Path) -> list[str]:
    """All that keeps this checkout, once it is committed, from being released."""
    tags = git(root, "tag").split()
    released = sorted((tag[1:] for tag in tags if tag[:1] == "v" and VERSION.fullmatch(tag[1:])), key=numbers)
    version = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    found = [*version_faults(version, released), *changelog_faults(changelog, version, released)]
    return found or [*api_faults(version, released, root)]


def main() -> int:
    found = [*tree_faults(ROOT), *faults(ROOT)]
    print("\n".join(found) or "this checkout can be released")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

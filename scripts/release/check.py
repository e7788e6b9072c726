"""Check whether this checkout can be released: its version, its changelog, and its API against the last release."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import griffe

ROOT = Path(__file__).resolve().parents[2]
VERSION_FILE = "facade/x_insights/_version.py"
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)


def find_faults(root: Path) -> list[str]:
    """Return all reasons why this checkout cannot be released once it is committed."""
    tags = run_git(root, "tag").split()
    released = sorted((tag[1:] for tag in tags if tag[:1] == "v" and VERSION.fullmatch(tag[1:])), key=parse_version)
    version = runpy.run_path(str(root / VERSION_FILE))["__version__"]
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    faults = [*check_version(version, released), *check_changelog(changelog, version, released)]
    return faults or [*check_api(version, released, root)]


def check_version(version: str, released: Sequence[str]) -> Iterator[str]:
    """Yield the reasons why this version cannot follow the released ones."""
    if not VERSION.fullmatch(version):
        yield f"version {version} in {VERSION_FILE}: a release has a version such as 1.2.3"
    elif released and parse_version(version) <= parse_version(released[-1]):
        yield f"version {version} in {VERSION_FILE}: {released[-1]} is already released"


def check_changelog(changelog: str, version: str, released: Sequence[str]) -> Iterator[str]:
    """Yield the reasons why this changelog does not match this version and the released ones."""
    _, *parts = HEADING.split(changelog)
    sections = [(title.strip(), body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True)]
    if any(body for title, body in sections if title.strip("[]").lower() == "unreleased"):
        yield "CHANGELOG.md: there are still entries under [Unreleased]"
    dated = re.compile(r"\[(.+)\] - \d{4}-\d\d-\d\d")
    entries = {match[1]: body for title, body in sections if (match := dated.fullmatch(title))}
    if not re.search("^[-*] ", entries.get(version, ""), re.MULTILINE):
        yield f"CHANGELOG.md: there are no entries under a heading `## [{version}] - ` with a date"
    for earlier in entries.keys() - {version, *released}:
        yield f"CHANGELOG.md has {earlier}, but git has no tag v{earlier}: run `git fetch --tags`"


def check_api(version: str, released: Sequence[str], root: Path) -> Iterator[str]:
    """Yield the breaking changes of the public API since the last release, unless this version may have any."""
    if not released or can_break_api(version, released[-1]):
        return
    for source, package in (("facade", "x_insights"), ("generated", "x_insights_api")):
        old = griffe.load_git(package, ref=f"v{released[-1]}", repo=root, search_paths=[source])
        new = griffe.load(package, search_paths=[root / source])
        for breakage in griffe.find_breaking_changes(old, new):
            value = breakage.old_value or breakage.new_value
            what = f"{breakage.obj.path}: {breakage} ({getattr(value, 'name', value)})"
            yield f"version {version} in {VERSION_FILE}: it must not break the API of {released[-1]}: {what}"


def can_break_api(version: str, last: str) -> bool:
    """Return whether Semantic Versioning lets a version break the last one's API. Before 1.0, a minor version may."""
    new, old = parse_version(version), parse_version(last)
    return new[0] > old[0] or (new[0] == 0 and new[1] > old[1])


def parse_version(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def check_working_tree(root: Path) -> Iterator[str]:
    """Yield the files that would be in the packages, but not in the tagged commit."""
    for line in run_git(root, "status", "--porcelain").splitlines():
        yield f"not committed: {line[3:]}"


def run_git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> int:
    faults = [*check_working_tree(ROOT), *find_faults(ROOT)]
    print("\n".join(faults) or "this checkout can be released")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

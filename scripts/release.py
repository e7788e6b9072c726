"""Say whether this checkout can be released: its version, its changelog, and what it breaks of the last release."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]


def git(*arguments: str) -> list[str]:
    run = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return run.stdout.split()


def version_fault(version: str, taken: list[str]) -> str | None:
    """Why this version cannot be released, beside the tags of earlier releases; None where it can."""
    known = Version(version)
    if str(known) != version or known.is_prerelease or known.local or known.post:
        return f"version {version} in pyproject.toml: a release is called like 1.2.3"
    if f"v{version}" in taken:
        return f"version {version} in pyproject.toml: v{version} is a tag already"
    if taken and known < (last := max(Version(tag) for tag in taken)):
        return f"version {version} in pyproject.toml: {last} is out already"
    return None


def changelog_fault(changelog: str, version: str) -> str | None:
    """Why the changelog is not the one of this release; None where it is."""
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n?)*)", changelog, re.MULTILINE))
    if re.search("^- ", sections.get("[Unreleased]", ""), re.MULTILINE):
        return "CHANGELOG.md: entries are left under [Unreleased]"
    dated = re.compile(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d")
    if not any(dated.fullmatch(title) and re.search("^- ", body, re.MULTILINE) for title, body in sections.items()):
        return f"CHANGELOG.md: no entries under a line `## [{version}] - ` and the date"
    return None


def may_break(version: str, last: str) -> bool:
    """Whether Semantic Versioning lets a version break what the last one had: before 1.0 a new minor one may."""
    new, old = Version(version), Version(last)
    return new.major > old.major or (new.major == 0 and new.minor > old.minor)


def api_fault(version: str, tags: list[str]) -> str | None:
    """What the public API breaks of the last release without a version that may; None where nothing."""
    if not tags:
        print("no release yet to compare the API with")
        return None
    last = max(tags, key=Version)
    broken = ""
    for source, package in (("facade", "x_insights"), ("generated", "x_insights_api")):
        command = [sys.executable, "-m", "griffe", "check", package, "--search", source, "--against", last]
        run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        broken += run.stdout + run.stderr if run.returncode else ""
    print(f"the public API of {last} is broken:\n{broken.strip()}" if broken else f"the public API of {last} is whole")
    if broken and not may_break(version, last):
        return f"version {version} in pyproject.toml: it may not break what {last} has"
    return None


def main() -> int:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    tags = git("tag", "--list", "v[0-9]*")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    faults = [version_fault(version, tags), changelog_fault(changelog, version), api_fault(version, tags)]
    found = [fault for fault in faults if fault]
    print("\n".join(found) or f"ready to be tagged v{version}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The release check: what keeps a checkout from being released, by name."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from check import changelog_faults, faults, tree_faults, version_faults
from package import difference, expected
from regenerate import ROOT

CHANGELOG = """# Changelog

## [Unreleased]

## [0.2.0] - 2026-11-24

### Added

- A thing.

## [0.1.0] - 2026-11-01

- Another.
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout of version 0.1.1, whose sources are those of the release 0.1.0."""

    def git(*arguments):
        name = ("-c", "user.name=n", "-c", "user.email=e@example.com")
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True)

    for source in ("facade", "generated"):
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "Release")
    for tag in ("v0.1.0", "v0.0.9", "v1-beta", "next"):
        git("tag", tag)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.1"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.replace("0.2.0", "0.1.1"))
    return tmp_path


def edit(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_checkout_that_can_be_released(checkout):
    assert faults(checkout) == []


def test_the_first_release(tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n## [0.1.0] - 2026-11-24\n\n- All of it.\n")
    assert faults(tmp_path) == []


def test_what_is_not_committed_is_named(checkout):
    assert sorted(tree_faults(checkout)) == ["not committed: CHANGELOG.md", "not committed: pyproject.toml"]


def test_a_broken_api_needs_a_version_that_may(checkout):
    edit(checkout / "facade/x_insights/_client.py", "max_wait: float = 60.0,", "longest_wait: float = 60.0,")
    edit(checkout / "generated/x_insights_api/models/granularity.py", "WEEKLY", "SENNIGHTLY")
    parameter, value = faults(checkout)
    assert "it may not break what 0.1.0 has: " in parameter
    assert "InsightsClient.__init__: Parameter was removed (max_wait)" in parameter
    assert "Granularity.WEEKLY: Public object was removed" in value
    edit(checkout / "pyproject.toml", "0.1.1", "0.2.0")
    edit(checkout / "CHANGELOG.md", "0.1.1", "0.2.0")
    assert faults(checkout) == []


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        *((each, "is called like 1.2.3") for each in ("1.2", "1.2.0.dev1", "1.2.0rc1", "1.2.0+a", "1.02.0", "next")),
        ("1.10.0", "1.10.0 is out already"),
        ("1.9.1", "1.10.0 is out already"),
    ],
)
def test_a_version_that_cannot_be(version, fault):
    (found,) = version_faults(version, ["1.9.0", "1.10.0"])
    assert f"version {version} in pyproject.toml: " in found
    assert fault in found


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("## [Unreleased]\n", "## [Unreleased]\n\n- A bug.\n", "left under [Unreleased]"),
        ("## [Unreleased]\n", "## Unreleased \n\n* A bug.\n", "left under [Unreleased]"),
        ("[0.2.0] - 2026-11-24", "[0.2.0]", "no entries under a line `## [0.2.0] - ` and the date"),
        ("[0.2.0]", "[0.2.1]", "no entries under a line `## [0.2.0] - ` and the date"),
        ("- A thing.\n", "", "no entries under a line `## [0.2.0] - ` and the date"),
    ],
)
def test_a_changelog_of_another_release(before, after, fault):
    assert before in CHANGELOG
    assert fault in "\n".join(changelog_faults(CHANGELOG.replace(before, after), "0.2.0", ["0.1.0"]))


def test_a_clone_without_the_tags_of_earlier_releases():
    assert list(changelog_faults(CHANGELOG, "0.2.0", ["0.1.0"])) == []
    (fault,) = changelog_faults(CHANGELOG, "0.2.0", [])
    assert fault == "CHANGELOG.md has 0.1.0, and git no tag v0.1.0: `git fetch --tags`"


def test_the_wheels_difference_names_each_file():
    assert difference(["a.py", "b.py"], ["a.py", "b.py"]) == ""
    assert difference(["a.py", "b.py"], ["b.py", "c.py"]).splitlines()[2:] == ["-a.py", "+c.py"]


def test_the_wheel_is_to_hold_each_module_of_the_facade():
    modules = {path.relative_to(ROOT / "facade").as_posix() for path in (ROOT / "facade").rglob("*.py")}
    assert modules == {name for name in expected() if name.startswith("x_insights/") and name.endswith(".py")}

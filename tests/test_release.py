"""The release check: what keeps a checkout from being released, by name."""

from __future__ import annotations

import pytest

from package import difference, expected
from regenerate import ROOT
from release import changelog_fault, may_break, version_fault

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-24

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Another.
"""


def test_a_checkout_that_can_be_released():
    assert version_fault("1.2.0", ["v1.1.0"]) is None
    assert version_fault("0.1.0", []) is None
    assert changelog_fault(CHANGELOG, "1.2.0") is None


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        ("1.2.0.dev1", "is called like 1.2.3"),
        ("1.2.0rc1", "is called like 1.2.3"),
        ("1.2.0+local", "is called like 1.2.3"),
        ("1.02.0", "is called like 1.2.3"),
        ("1.1.0", "v1.1.0 is a tag already"),
        ("1.0.9", "1.1.0 is out already"),
    ],
)
def test_a_version_that_cannot_be(version, fault):
    assert fault in version_fault(version, ["v1.1.0", "v0.9.0"])


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A bug.\n", "left under [Unreleased]"),
        ("[1.2.0] - 2026-11-24", "[1.2.0]", "no entries under a line `## [1.2.0] - `"),
        ("[1.2.0]", "[1.2.1]", "no entries under a line `## [1.2.0] - `"),
        ("- A thing.\n", "", "no entries under a line `## [1.2.0] - `"),
    ],
)
def test_a_changelog_of_another_release(before, after, fault):
    assert fault in changelog_fault(CHANGELOG.replace(before, after), "1.2.0")


@pytest.mark.parametrize(
    ("version", "last", "may"),
    [
        ("2.0.0", "v1.9.0", True),
        ("1.10.0", "v1.9.0", False),
        ("0.2.0", "v0.1.5", True),
        ("0.1.6", "v0.1.5", False),
        ("1.0.0", "v0.9.0", True),
    ],
)
def test_what_a_version_may_break(version, last, may):
    assert may_break(version, last) is may


def test_the_wheels_difference_names_each_file():
    assert difference(["a.py", "b.py"], ["a.py", "b.py"]) == ""
    assert difference(["a.py", "b.py"], ["b.py", "c.py"]).splitlines()[2:] == ["-a.py", "+c.py"]


def test_the_wheel_is_to_hold_each_module_of_both_packages():
    for source, package in (("facade", "x_insights"), ("generated", "x_insights_api")):
        modules = {path.relative_to(ROOT / source).as_posix() for path in (ROOT / source / package).rglob("*.py")}
        assert modules <= set(expected())

"""The release check: it names what keeps a checkout from being released."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from check import VERSION_FILE, check_changelog, check_version, check_working_tree, find_faults
from package import compare, list_expected_files
from scripts.spec.regenerate import ROOT

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

    def run_git(*arguments):
        name = ("-c", "user.name=n", "-c", "user.email=e@example.com")
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, check=True)

    for source in ("facade", "generated"):
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    run_git("init", "--quiet")
    run_git("add", ".")
    run_git("commit", "--quiet", "--message", "Release")
    for tag in ("v0.1.0", "v0.0.9", "v1-beta", "next"):
        run_git("tag", tag)
    (tmp_path / VERSION_FILE).write_text('__version__ = "0.1.1"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.replace("0.2.0", "0.1.1"))
    return tmp_path


def edit(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_good_checkout_can_be_released(checkout):
    assert find_faults(checkout) == []


def test_the_first_release_needs_no_tags(tmp_path):
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / VERSION_FILE).parent.mkdir(parents=True)
    (tmp_path / VERSION_FILE).write_text('__version__ = "0.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n## [0.1.0] - 2026-11-24\n\n- All of it.\n")
    assert find_faults(tmp_path) == []


def test_uncommitted_files_are_named(checkout):
    assert sorted(check_working_tree(checkout)) == ["not committed: CHANGELOG.md", f"not committed: {VERSION_FILE}"]


def test_breaking_the_api_needs_a_version_that_may(checkout):
    edit(checkout / "facade/x_insights/_client.py", "max_wait: float = 60.0,", "longest_wait: float = 60.0,")
    edit(checkout / "generated/x_insights_api/models/granularity.py", "WEEKLY", "SENNIGHTLY")
    parameter, value = find_faults(checkout)
    assert "it must not break the API of 0.1.0: " in parameter
    assert "InsightsClient.__init__: Parameter was removed (max_wait)" in parameter
    assert "Granularity.WEEKLY: Public object was removed" in value
    edit(checkout / VERSION_FILE, "0.1.1", "0.2.0")
    edit(checkout / "CHANGELOG.md", "0.1.1", "0.2.0")
    assert find_faults(checkout) == []


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        *((each, "such as 1.2.3") for each in ("1.2", "1.2.0.dev1", "1.2.0rc1", "1.2.0+a", "1.02.0", "next")),
        ("1.10.0", "1.10.0 is already released"),
        ("1.9.1", "1.10.0 is already released"),
    ],
)
def test_an_unsuitable_version_is_a_fault(version, fault):
    (found,) = check_version(version, ["1.9.0", "1.10.0"])
    assert f"version {version} in {VERSION_FILE}: " in found
    assert fault in found


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("## [Unreleased]\n", "## [Unreleased]\n\n- A bug.\n", "still entries under [Unreleased]"),
        ("## [Unreleased]\n", "## Unreleased \n\n* A bug.\n", "still entries under [Unreleased]"),
        ("[0.2.0] - 2026-11-24", "[0.2.0]", "no entries under a heading `## [0.2.0] - ` with a date"),
        ("[0.2.0]", "[0.2.1]", "no entries under a heading `## [0.2.0] - ` with a date"),
        ("- A thing.\n", "", "no entries under a heading `## [0.2.0] - ` with a date"),
    ],
)
def test_a_changelog_of_another_version_is_a_fault(before, after, fault):
    assert before in CHANGELOG
    assert fault in "\n".join(check_changelog(CHANGELOG.replace(before, after), "0.2.0", ["0.1.0"]))


def test_a_clone_without_the_tags_of_earlier_releases_is_a_fault():
    assert list(check_changelog(CHANGELOG, "0.2.0", ["0.1.0"])) == []
    (fault,) = check_changelog(CHANGELOG, "0.2.0", [])
    assert fault == "CHANGELOG.md has 0.1.0, but git has no tag v0.1.0: run `git fetch --tags`"


def test_a_difference_in_the_wheel_names_each_file():
    assert compare(["a.py", "b.py"], ["a.py", "b.py"]) == ""
    assert compare(["a.py", "b.py"], ["b.py", "c.py"]).splitlines()[2:] == ["-a.py", "+c.py"]


def test_the_wheel_is_compared_with_the_files_that_git_tracks(checkout):
    (checkout / "facade/x_insights/untracked.py").touch()
    files = list_expected_files(checkout)
    assert {"x_insights/py.typed", "x_insights/_client.py", "x_insights_api/client.py"} < set(files)
    assert "x_insights/untracked.py" not in files
    assert "x_insights_28hr.dist-info/METADATA" in files

"""The README: its examples run, and its commands are the ones that CI and nox know."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib

import pytest
from readme import README, against, examples

from regenerate import ROOT

TEXT = README.read_text("utf-8")


@pytest.mark.parametrize("example", examples())
def test_an_example_runs(example, sandbox):
    exec(compile(against(example, sandbox.url), str(README), "exec"), {"__name__": "example"})
    assert sandbox.requests or "Sandbox" in example


def test_the_resume_example_resumes(sandbox):
    (example,) = (each for each in examples() if "error.pending" in each)
    sandbox.fail_next(3)
    names = {}
    exec(compile(against(example, sandbox.url), str(README), "exec"), names)
    assert len(names["insights"]) == 60


def test_the_two_commands_are_those_of_ci():
    begin, test = "python3 -m venv .venv && .venv/bin/pip install -q nox", ".venv/bin/nox -s tests"
    assert f"{begin} && .venv/bin/nox -s demo\n{test}\n" in TEXT
    assert f"{begin}\n{test}\n" in (ROOT / ".ci/run").read_text("utf-8")


def test_the_changelog_knows_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog


def test_the_demo_shows_posts_and_partial_errors():
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts/demo.py")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "130", "PYTHONIOENCODING": "utf-8"},
    )
    assert run.returncode == 0, run.stderr
    assert "58 of 60 Posts" in run.stdout
    assert run.stdout.count("Forbidden to access tweets: ") == 2
    assert "▁" in run.stdout
    assert (ROOT / "build/insights.json").is_file()

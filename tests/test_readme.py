"""The README: its examples run, and its commands are those of CI and nox."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest
import stamina
from helpers import TOKEN, get_sync
from readme import FIRST, README, examples, find_example, run

from regenerate import ROOT

TEXT = README.read_text("utf-8")


@pytest.fixture(autouse=True)
def _nothing_stays():
    """Undo what the examples set for the whole process."""
    yield
    stamina.instrumentation.set_on_retry_hooks(None)
    logging.getLogger("x_insights").setLevel(logging.NOTSET)


@pytest.mark.parametrize("example", examples(recipes=False))
def test_an_example_runs(example, sandbox):
    run(example, sandbox)
    assert bool(sandbox.requests) == ("ACCESS_TOKEN" in example or "x_insights_sandbox" in example)


def test_the_first_example_prints_the_output_in_the_readme(sandbox, capsys):
    run(find_example(FIRST), sandbox)
    assert f"```text\n{capsys.readouterr().out}```\n" in TEXT


def test_the_resume_example_keeps_what_arrived_and_what_is_pending(sandbox):
    sandbox.rate_limit = 1
    names = run(find_example("insights, pending = "), sandbox)
    assert list(names["insights"]) == [str(number) for number in range(1000, 1025)]
    assert names["pending"] == tuple(str(number) for number in range(1025, 1060))


def test_the_logger_reports_retries_without_ids_and_token(sandbox, caplog):
    run(find_example("import logging"), sandbox)
    sandbox.fail_next()
    get_sync(sandbox.url, "1346889436626259968", "likes")
    (line,) = (record.getMessage() for record in caplog.records if record.name == "x_insights")
    assert line.startswith("attempt 2 of 3 after ServerError 503, waited ")
    assert "1346889436626259968" not in line
    assert TOKEN not in caplog.text


def test_stamina_reports_retries_without_the_token(sandbox, caplog):
    retries = run(find_example("import stamina"), sandbox)["retries"]
    sandbox.fail_next()
    get_sync(sandbox.url, "20", "likes")
    assert retries == {"ServerError": 1}
    stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
    sandbox.drop_next()
    get_sync(sandbox.url, "20", "likes")
    (record,) = (each for each in caplog.records if each.name == "stamina")
    assert "TransportError" in str(vars(record))
    assert TOKEN not in str(vars(record))


def test_ci_runs_the_two_commands_of_the_readme():
    begin, test = "python3 -m venv .venv && .venv/bin/pip install -q nox", ".venv/bin/nox -s tests"
    assert f"{begin} && .venv/bin/nox -s demo\n{test}\n" in TEXT
    assert f"{begin}\n{test}\n" in (ROOT / ".ci/run").read_text("utf-8")


def test_the_demo_shows_posts_and_partial_errors():
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts/docs/demo.py")],
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

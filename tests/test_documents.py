"""The README and docs/: their examples run, their commands exist, and the reference has the whole public API."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tomllib

import pytest
from documents import DOCUMENTS, README, ROOT, find_example, read_examples, run
from helpers import TOKEN, get_sync

import picture
import x_insights
import x_insights.testing
from x_insights import ALL_METRICS, ANALYTICS_METRICS, ApiError
from x_insights._endpoints.metrics import ANALYTICS_NAMES

EXAMPLES = {
    f"{document.stem}-{number}": example
    for document in DOCUMENTS
    for number, example in enumerate(read_examples(document, recipes=False), 1)
}
TEXT = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
LINES = r"((?:(?!```).*\n)*)"
PRINTED = re.compile(rf"^```python\n{LINES}```\n\n```(?:text|json)\n{LINES}```", re.MULTILINE)


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path, monkeypatch):
    """Undo what the examples set for the whole process, and let them write into an empty folder."""
    monkeypatch.chdir(tmp_path)
    yield
    logging.getLogger("x_insights").setLevel(logging.NOTSET)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_runs(example, sandbox):
    run(example, sandbox)
    assert bool(sandbox.requests) == ("ACCESS_TOKEN" in example or "x_insights_sandbox" in example)


@pytest.mark.parametrize(("example", "output"), dict.fromkeys(PRINTED.findall(TEXT)))
def test_an_example_prints_the_output_below_it(example, output, sandbox, capsys):
    run(example, sandbox)
    assert capsys.readouterr().out == output


def test_the_resume_example_keeps_what_arrived_and_what_is_pending(sandbox):
    sandbox.rate_limit = 1
    names = run(find_example("insights, pending = "), sandbox)
    assert list(names["insights"]) == [str(number) for number in range(1000, 1025)]
    assert names["pending"] == tuple(str(number) for number in range(1025, 1060))


def test_the_interrupted_program_requests_only_what_it_has_not_stored(sandbox):
    example = find_example("INSERT INTO posts")
    sandbox.fail_next(status=400)
    with pytest.raises(ApiError):
        run(example, sandbox)
    sandbox.requests.clear()
    interrupt = "        if page.tweet_ids[0] != '1000':\n            raise KeyboardInterrupt\n"
    with pytest.raises(KeyboardInterrupt):
        run(example.replace("        with database:", f"{interrupt}        with database:"), sandbox)
    assert [len(request.tweet_ids) for request in sandbox.requests] == [25, 25]
    for sizes in ([25, 10], []):
        sandbox.requests.clear()
        run(example, sandbox)
        assert [len(request.tweet_ids) for request in sandbox.requests] == sizes


def test_the_logger_reports_retries_without_ids_and_token(sandbox, caplog):
    run(find_example("import logging"), sandbox)
    sandbox.fail_next()
    get_sync(sandbox.url, "1346889436626259968", "likes")
    (line,) = (record.getMessage() for record in caplog.records if record.name == "x_insights")
    assert line.startswith("ServerError 503: attempt 2 of 3 in ")
    assert "1346889436626259968" not in line
    assert TOKEN not in caplog.text


def test_no_code_block_escapes_the_tests():
    for document in DOCUMENTS:
        kinds = re.findall("```(\\S+)", document.read_text("utf-8"))
        assert set(kinds) <= {"python", "text", "json", "sh", "{toctree}", "{eval-rst}", "{include}", "{index}"}
        assert kinds.count("python") == len(read_examples(document))


def test_every_image_is_on_a_page_with_alternative_text():
    named = re.findall(r"!\[[^]]+\]\(([^)]+)\)", TEXT)
    assert sorted(named) == sorted(f"images/{path.name}" for path in picture.IMAGES.iterdir())


def test_the_picture_shows_what_the_command_prints(tmp_path):
    picture.main(tmp_path)
    for path in tmp_path.iterdir():
        drawn, kept = (
            re.findall(">([^<]*)</text>", (at / path.name).read_text("utf-8")) for at in (tmp_path, picture.IMAGES)
        )
        assert drawn == kept, "draw it again: nox -s chart"


def test_the_readme_can_be_read_on_a_package_index():
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert all(link.startswith("https://") for link in re.findall(r"\]\(([^)]+)\)", text))  # others lead nowhere there


def test_the_sessions_and_extras_that_are_named_exist():
    sessions = re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"nox -s (\w+)", TEXT)) <= set(sessions)
    assert set(",".join(re.findall(r"x-insights-28hr\[([^]]+)\]", TEXT)).split(",")) <= set(extras)


def test_the_guide_has_each_metric_once_with_its_endpoints():
    expected = dict.fromkeys(ALL_METRICS, "28hr") | dict.fromkeys(ANALYTICS_NAMES, "analytics")
    expected |= dict.fromkeys(ANALYTICS_METRICS, "both")
    guide = (ROOT / "docs/metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (both|28hr|analytics) \|", guide, re.MULTILINE)
    assert sorted(rows) == sorted(expected.items())


def test_the_guide_for_apps_without_access_says_how_to_get_each_metric():
    _, _, guide = (ROOT / "docs/without-access.md").read_text("utf-8").partition("## Which metrics")
    rows = "".join(re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", rows)) == sorted(ALL_METRICS)


def test_the_reference_has_every_public_name():
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    names = re.findall(r"^\.\. (?:auto\w+|py:data):: (\w+)(?:\(\))?$", reference, re.MULTILINE)
    assert sorted(names) == sorted(x_insights.__all__ + x_insights.testing.__all__)


def test_ci_runs_the_two_commands_for_a_clone():
    begin, test = "python3 -m venv .venv && .venv/bin/pip install -q nox", ".venv/bin/nox -s tests"
    assert f"{begin} && .venv/bin/nox -s demo\n{test}\n" in README.read_text("utf-8")
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    assert begin in lines
    assert lines[-1] == test


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

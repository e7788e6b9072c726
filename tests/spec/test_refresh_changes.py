"""A refresh reports each change, writes it, and regenerates. The facade follows it, or a test fails by name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import PurePosixPath

import pytest

from scripts.spec.regenerate import ROOT, read_files

from .analytics_mutations import add_analytics_metric
from .documents import ANALYTICS, FRAGMENTS, INSIGHTS, build_document, get_analytics_fields, get_parameter
from .mutations import MUTATIONS, add_metric, raise_page_size, remove_field

FRAGMENT = FRAGMENTS[PurePosixPath("openapi/insights-28hr.yaml")]

FOLLOWED = [each for each in MUTATIONS if not (each.failing_tests or each.failing_import)]
FAILING_TESTS = [each for each in MUTATIONS if each.failing_tests]
FAILING_IMPORT = [each for each in MUTATIONS if each.failing_import]


def make_batches(mutations):
    """Divide mutations into batches that can share a run, because each mutation in one makes different tests fail."""
    batches = []
    for mutation in mutations:
        for batch in batches:
            if not any({*mutation.failing_tests} & {*other.failing_tests} for other in batch):
                batch.append(mutation)
                break
        else:
            batches.append([mutation])
    return batches


def run_python(root, *arguments, **variables):
    """Run Python with the sources of a checkout, and without the settings of the present test run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_"))}
    environment["PYTHONPATH"] = os.pathsep.join(str(root / name) for name in ("facade", "generated"))
    environment.update(variables)
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def run_tests(root, *arguments):
    """Run tests of the checkout with the named plugins alone. To load all takes as long as the tests."""
    for name in ("scripts", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    shutil.copy(ROOT / "pyproject.toml", root)
    command = ("-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", *arguments)
    return run_python(root, *command, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


@pytest.mark.usefixtures("fake_generator")
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.mutate.__name__)
def test_a_change_is_reported_and_written(mutation, refresh, checkout):
    document = build_document()
    mutation.mutate(document)
    before = read_files(checkout)
    check = refresh(document, "--check")
    assert check.code == 1, check.err
    assert mutation.line in check.out.splitlines()
    assert read_files(checkout) == before

    run = refresh(document)
    assert run.code == 0, run.err
    assert run.out.startswith(check.out)
    assert "next: nox -s tests" in run.out
    written = re.findall(r"openapi/\S+\.yaml", run.out.splitlines()[-1])
    for name in written:
        text = (checkout / name).read_text()
        assert text.startswith("# X's facts of one operation")
        assert "\n  version: '99.1'\n" in text
        assert "Somebody else's words." not in text
    openapi = {name: text for name, text in read_files(checkout).items() if name.parts[0] == "openapi"}
    assert [str(name) for name, text in openapi.items() if before[name] != text] == written

    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    assert [line.partition(": ")[2] for line in run.out.splitlines()] == ["up to date with version 99.1"] * 2


def refresh_from_mutations(refresh, mutations):
    document = build_document()
    for each in mutations:
        each.mutate(document)
    run = refresh(document)
    assert run.code == 0, run.err
    assert {each.line for each in mutations} <= set(run.out.splitlines())


def test_changes_that_the_facade_follows_pass_its_tests(refresh, checkout):
    refresh_from_mutations(refresh, FOLLOWED)
    plugins = ("-p", "anyio", "-p", "pytest_httpserver.pytest_plugin")
    run = run_tests(checkout, *plugins, "tests/test_spec.py", "tests/transport/test_requests.py")
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("batch", make_batches(FAILING_TESTS))
def test_changes_that_the_facade_does_not_follow_fail_tests_by_name(refresh, checkout, batch):
    refresh_from_mutations(refresh, batch)
    run = run_tests(checkout, "--noconftest", "tests/test_spec.py")
    failed = re.findall(r"^FAILED tests/test_spec.py::(\w+)", run.stdout, re.MULTILINE)
    assert sorted(failed) == sorted(name for each in batch for name in each.failing_tests), run.stdout


@pytest.mark.parametrize("mutation", FAILING_IMPORT, ids=lambda mutation: mutation.mutate.__name__)
def test_a_removed_name_fails_its_import(refresh, checkout, mutation):
    refresh_from_mutations(refresh, [mutation])
    run = run_python(checkout, "-c", "import x_insights")
    assert run.returncode == 1
    assert f"cannot import name '{mutation.failing_import}'" in run.stderr


def test_a_new_metric_is_usable_at_once(refresh, checkout):
    document = build_document()
    add_metric(document)
    add_analytics_metric(document)
    get_analytics_fields(document).append("video_views")
    refresh(document)
    code = """
from x_insights import ANALYTICS_METRICS, InsightsClient, Metric
from x_insights_api.models import Analytics, AnalyticsBucket, AnalyticsField
InsightsClient("t").iter_28hr(1, ["zaps", Metric.ZAPS])
InsightsClient("t", endpoint="analytics").iter_28hr(1, ["poll_votes", Metric.VIDEO_VIEWS])
assert Metric.VIDEO_VIEWS in ANALYTICS_METRICS
assert AnalyticsField("poll_votes") is AnalyticsField.POLL_VOTES
assert Analytics.from_dict({"poll_votes": 1}).poll_votes == 1
assert AnalyticsBucket.from_dict({"metrics": {"poll_votes": 1}}).metrics.poll_votes == 1
"""
    run = run_python(checkout, "-c", code)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_report_lists_breaking_changes_first_and_files_last(refresh):
    document = build_document()
    for mutate in (add_metric, raise_page_size, remove_field):
        mutate(document)
    lines = refresh(document, "--check").out.splitlines()
    assert lines[0] == f"GET /2/insights/28hr: from version {FRAGMENT['info']['version']} to 99.1"
    assert [line.split()[0] for line in lines[1:4]] == ["breaking", "compatible", "compatible"]
    assert lines[4:6] == ["GET /2/tweets/analytics: up to date with version 99.1", "1 breaking, 2 compatible"]
    files = dict(line.split(" is named in ") for line in lines[6:])
    assert "facade/x_insights/_endpoints/insights_28hr.py" in files["metrics_total"]
    assert "facade/x_insights/_endpoints/insights_28hr.py" in files["maxItems"]
    assert not any("\x1b" in line for line in lines)


def test_files_are_named_only_for_telling_words(refresh):
    document = build_document()
    metrics = get_parameter(document, "requested_metrics")["schema"]["items"]["enum"]
    metrics += ["type", "in", "None", "method", "required", "name"]
    del metrics[metrics.index("Impressions")]
    get_parameter(document, "tweet_ids")["in"] = "header"
    lines = refresh(document, "--check").out.splitlines()
    assert "breaking    parameter tweet_ids: in query → header" in lines
    assert "compatible  parameter requested_metrics[]: value None added" in lines
    things = [line.partition(" is named in ")[0] for line in lines if " is named in " in line]
    assert things == ["Impressions"]


@pytest.mark.usefixtures("fake_generator")
def test_the_contributors_guide_shows_what_a_refresh_prints(refresh):
    document = build_document()
    del document["paths"][INSIGHTS]
    document["info"]["version"] = "2.167"
    refresh(document)
    document["info"]["version"] = "2.190"
    add_analytics_metric(document)
    get_parameter(document, "ids", ANALYTICS)["schema"]["maxItems"] = 200
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (output,) = re.findall(r"```console\n\$ nox -s refresh -- x-openapi.json\n(.*?)```", guide, re.DOTALL)
    assert refresh(document).out == output


def test_the_script_works_as_a_command(checkout, tmp_path):
    path = tmp_path / "x-openapi.json"
    command = [sys.executable, "-m", "scripts.spec.refresh", str(path), "--root", str(checkout), "--check"]
    document = build_document()
    add_metric(document)
    path.write_text(json.dumps(document))
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "value Zaps added" in run.stdout
    path.write_text("{}")
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"{path} is not an OpenAPI 3 document\n")

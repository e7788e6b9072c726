"""A refresh reports each change, writes it, and regenerates. The facade follows it, or a test fails by name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from regenerate import ROOT, read_files

from .documents import FRAGMENT, build_document
from .mutations import MUTATIONS, add_metric, raise_page_size, remove_field

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


def run_tests(root, *arguments, **variables):
    return run_python(root, "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", *arguments, **variables)


def run_spec_tests(root):
    """Run the checkout's tests of the spec, without the plugins and fixtures that they do not use, in half the time."""
    return run_tests(root, "--noconftest", "tests/test_spec.py", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


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
    text = (checkout / "openapi/insights-28hr.yaml").read_text()
    assert '\n  # The version of X\'s document that these facts were taken from.\n  version: "99.1"\n' in text
    assert "description: The Posts to measure, each id once." in text
    assert "Somebody else's words." not in text

    assert refresh(document) == (0, "up to date with version 99.1\n", "")


def refresh_from_mutations(refresh, mutations):
    document = build_document()
    for each in mutations:
        each.mutate(document)
    run = refresh(document)
    assert run.code == 0, run.err
    assert {each.line for each in mutations} <= set(run.out.splitlines())


def test_changes_that_the_facade_follows_pass_its_tests(refresh, checkout):
    refresh_from_mutations(refresh, FOLLOWED)
    run = run_tests(checkout, "tests/test_spec.py", "tests/test_wire.py")
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("batch", make_batches(FAILING_TESTS))
def test_changes_that_the_facade_does_not_follow_fail_tests_by_name(refresh, checkout, batch):
    refresh_from_mutations(refresh, batch)
    run = run_spec_tests(checkout)
    failed = re.findall(r"^FAILED tests/test_spec.py::(\w+)", run.stdout, re.MULTILINE)
    assert sorted(failed) == sorted(name for each in batch for name in each.failing_tests), run.stdout


@pytest.mark.parametrize("mutation", FAILING_IMPORT, ids=lambda mutation: mutation.mutate.__name__)
def test_a_change_that_removes_an_imported_name_fails_the_import_of_that_name(refresh, checkout, mutation):
    refresh_from_mutations(refresh, [mutation])
    run = run_spec_tests(checkout)
    assert run.returncode != 0
    assert mutation.failing_import in run.stdout + run.stderr


def test_a_new_metric_is_usable_at_once(refresh, checkout):
    document = build_document()
    add_metric(document)
    refresh(document)
    code = "from x_insights import InsightsClient, Metric; InsightsClient('t').iter_28hr(1, ['zaps', Metric.ZAPS])"
    run = run_python(checkout, "-c", code)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_report_begins_with_breaking_changes_and_ends_with_the_files_that_name_them(refresh):
    document = build_document()
    for mutate in (add_metric, raise_page_size, remove_field):
        mutate(document)
    run = refresh(document, "--check")
    lines = run.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["breaking", "compatible", "compatible"]
    assert lines[3] == f"1 breaking, 2 compatible: from version {FRAGMENT['info']['version']} to 99.1"
    files = dict(line.split(" is named in ") for line in lines[4:])
    assert "facade/x_insights/_endpoints/insights_28hr.py" in files["metrics_total"]
    assert "facade/x_insights/_endpoints/insights_28hr.py" in files["maxItems"]
    assert "\x1b" not in run.out


@pytest.mark.usefixtures("fake_generator")
def test_the_contributors_guide_shows_what_a_refresh_prints(refresh):
    document = build_document()
    add_metric(document)
    raise_page_size(document)
    document["info"]["version"] = "2.190"
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (output,) = re.findall(r"```console\n\$ nox -s refresh -- x-openapi.json\n(.*?)```", guide, re.DOTALL)
    assert refresh(document).out == output.replace("2.166", FRAGMENT["info"]["version"])
    assert "test_the_page_size_is_max_items_of_tweet_ids" in guide


def test_the_script_works_as_a_command(checkout, tmp_path):
    path = tmp_path / "x-openapi.json"
    command = [sys.executable, str(ROOT / "scripts/spec/refresh.py"), str(path), "--root", str(checkout), "--check"]
    document = build_document()
    add_metric(document)
    path.write_text(json.dumps(document))
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "value Zaps added" in run.stdout
    path.write_text("{}")
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"{path} is not an OpenAPI 3 document\n")

"""An operation that X's document lacks is marked as withdrawn. Its facts are kept until it is back."""

from __future__ import annotations

import json

import pytest

from scripts.spec.refresh import main
from scripts.spec.regenerate import read_files

from .documents import ANALYTICS, FRAGMENTS, INSIGHTS, build_document, get_operation, get_schema

pytestmark = pytest.mark.usefixtures("fake_generator")
WITHDRAWN = "  x-withdrawn: '99.1'\n"


def build_document_without(*paths, version="99.1"):
    document = build_document()
    document["info"]["version"] = version
    for path in paths:
        del document["paths"][path]
    return document


@pytest.fixture
def fragment(checkout):
    """The fragment of the operation that a test withdraws."""
    return checkout / "openapi/insights-28hr.yaml"


def test_a_withdrawn_operation_is_breaking_and_keeps_its_facts(refresh, checkout, fragment):
    document, before, text = build_document_without(INSIGHTS), read_files(checkout), fragment.read_text()
    check = refresh(document, "--check")
    assert (check.code, check.err) == (1, "")
    assert check.out.startswith(
        "GET /2/insights/28hr: from version 2.166 to 99.1\n"
        "breaking    GET /2/insights/28hr: withdrawn in version 99.1\n"
        "GET /2/tweets/analytics: up to date with version 99.1\n"
        "1 breaking, 0 compatible\n"
        "/2/insights/28hr is named in "
    )
    assert read_files(checkout) == before
    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(check.out)
    version = "  version: '2.166'\n"
    assert fragment.read_text() == text.replace(version, version + WITHDRAWN)


def test_a_withdrawn_operation_is_information_only(refresh, checkout):
    refresh(build_document_without(INSIGHTS))
    before = read_files(checkout)
    for options in ((), ("--check",)):
        for version in ("99.1", "99.2", "99.10"):
            assert refresh(build_document_without(INSIGHTS, version=version), *options) == (
                0,
                "GET /2/insights/28hr: withdrawn since 99.1\n"
                f"GET /2/tweets/analytics: up to date with version {version}\n",
                "",
            )
    assert read_files(checkout) == before


def test_the_repositorys_own_marks_are_information_only(tmp_path, capsys):
    marks = {path: fragment["info"].get("x-withdrawn") for path, fragment in FRAGMENTS.items()}
    document = build_document_without(*(next(iter(FRAGMENTS[path]["paths"])) for path, mark in marks.items() if mark))
    path = tmp_path / "x-openapi.json"
    path.write_text(json.dumps(document))
    assert main([str(path), "--check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    expected = [f"withdrawn since {mark}" if mark else "up to date with version 99.1" for mark in marks.values()]
    assert [line.partition(": ")[2] for line in lines] == expected


def test_an_operation_that_is_back_is_no_longer_marked(refresh, fragment):
    text = fragment.read_text()
    refresh(build_document_without(INSIGHTS))
    document = build_document_without(version="99.2")
    for code, options in ((1, ["--check"]), (0, [])):
        run = refresh(document, *options)
        assert (run.code, run.err) == (code, "")
        lines = run.out.splitlines()
        assert lines[0] == "GET /2/insights/28hr: from version 2.166 to 99.2"
        assert lines[1] == "compatible  GET /2/insights/28hr: back in version 99.2"
    assert fragment.read_text() == text.replace("version: '2.166'", "version: '99.2'")
    assert refresh(document, "--check").code == 0


def test_a_document_without_any_of_the_operations_withdraws_all(refresh, checkout):
    document = build_document_without(INSIGHTS, ANALYTICS)
    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    for path in (INSIGHTS, ANALYTICS):
        assert f"breaking    GET {path}: withdrawn in version 99.1" in run.out.splitlines()
    for name in ("insights-28hr", "tweets-analytics"):
        assert WITHDRAWN in (checkout / f"openapi/{name}.yaml").read_text()
    assert refresh(document, "--check") == (
        0,
        f"GET {INSIGHTS}: withdrawn since 99.1\nGET {ANALYTICS}: withdrawn since 99.1\n",
        "",
    )


def test_a_withdrawn_operation_follows_what_it_shares_with_another(refresh, fragment):
    refresh(build_document_without(INSIGHTS))
    document = build_document_without(INSIGHTS, version="99.2")
    document["servers"][0]["url"] = "https://api.example.org"
    get_schema(document, "Error")["properties"]["reason"] = {"type": "string"}
    document["components"]["securitySchemes"]["UserToken"]["scheme"] = "bearer"
    del document["components"]["schemas"]["Engagement"]
    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    for title in ("GET /2/insights/28hr: withdrawn since 99.1", "GET /2/tweets/analytics: from version 2.167 to 99.2"):
        position = lines.index(title)
        changes = [line.split(": ")[0] for line in lines[position + 1 : position + 4]]
        assert changes == [
            "breaking    document",
            "breaking    security scheme UserToken",
            "compatible  response default, field reason",
        ]
    text = fragment.read_text()
    assert WITHDRAWN in text
    assert "\n  version: '2.166'\n" in text
    assert "    Engagement:\n" in text
    assert "users.read" not in text


@pytest.mark.parametrize("version", ["2.9", "2.100", "98", "99.0.9"])
def test_a_document_older_than_the_withdrawal_is_rejected(refresh, checkout, version):
    refresh(build_document_without(INSIGHTS))
    before = read_files(checkout)
    run = refresh(build_document_without(version=version))
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert run.err.startswith(f"version {version} of the document is older than version ")
    assert read_files(checkout) == before


@pytest.mark.parametrize("version", ["2026-11-24", "rolling", ""])
def test_a_version_that_is_not_a_number_is_taken_as_newer(refresh, version):
    document = build_document_without(INSIGHTS, version=version)
    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[:2] == [
        f"version {version} cannot be compared with version {known}: it is taken as newer"
        for known in ("2.166", "2.167")
    ]
    assert refresh(document, "--check").code == 0
    assert refresh(build_document_without(version="2.168"), "--check").code == 1


@pytest.mark.parametrize("change", [lambda operation: operation.pop("operationId"), lambda operation: operation])
def test_an_operation_without_an_id_is_found_by_its_path(refresh, change):
    document = build_document()
    change(get_operation(document))
    document["paths"]["/2/tweets"]["get"].pop("operationId")
    assert refresh(document).code == 0
    assert refresh(document, "--check").code == 0
    del document["paths"][INSIGHTS]
    assert f"breaking    GET {INSIGHTS}: withdrawn in version 99.1" in refresh(document).out.splitlines()

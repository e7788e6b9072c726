"""Refreshes that follow X's own documents, cut to our operations, have short reports and end with today's facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.spec.changes import find_changes
from scripts.spec.document import get_version, read_openapi
from scripts.spec.extract import extract_operation, find_operation, get_operation
from scripts.spec.fragments import build_fragment, format_fragment, read_fragments

from .documents import FRAGMENTS, INSIGHTS

FIRST, *LATER = sorted(Path(__file__).with_name("history").glob("*.json"))
# The most lines that each report may have. Their number depends on which files name what changed.
MAX_LINES = [2, 14, 9, 35, 2]
# What callers lose in 2.167.
BREAKING = [
    f"breaking    GET {INSIGHTS}: withdrawn in version 2.167",
    "breaking    response 200, 3 fields data[].timestamped_metrics[].metrics."
    "{link_clicks, media_engagements, profile_visits}: removed",
]


@pytest.mark.usefixtures("fake_generator")
def test_refreshes_follow_the_history_of_the_document(refresh, checkout):
    first = read_openapi(FIRST)
    for path, fragment in FRAGMENTS.items():
        facts = extract_operation(first, *find_operation(first, fragment))
        (checkout / path).write_bytes(format_fragment(build_fragment(facts, get_version(first), None)))
    runs = [refresh(document) for document in LATER]
    assert [(run.code, run.err) for run in runs] == [(0, "")] * len(LATER)
    reports = [run.out.splitlines() for run in runs]
    assert all(len(report) <= most for report, most in zip(reports, MAX_LINES, strict=True))
    assert [line for line in reports[3] if line.startswith("breaking")] == BREAKING
    assert not any("title" in line for line in reports[3])

    for path, fragment in read_fragments(checkout).items():
        today = FRAGMENTS[path]
        before, after = (extract_operation(each, *get_operation(each)[:2]) for each in (fragment, today))
        assert find_changes(before, after) == []
        assert before["components"] == after["components"]
        assert fragment["info"].get("x-withdrawn") == today["info"].get("x-withdrawn")

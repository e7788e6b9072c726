"""A short soak run: nothing is lost, nothing arrives twice, nothing changes."""

from __future__ import annotations

import pytest

from soak import soak


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_soak_run_loses_no_ids(asynchronous):
    report = soak(200, seed=28, asynchronous=asynchronous)
    assert sum(report.faults.values()) > 60
    assert set(report.faults) == {"503", "429", "dropped", "truncated"}
    assert report.errors["ResponseError"] > 0

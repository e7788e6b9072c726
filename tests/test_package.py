"""The package: the names that it exports, and what its import leaves for later."""

from __future__ import annotations

import subprocess
import sys

import pytest

import x_insights


def test_every_exported_name_is_there():
    assert {*x_insights.__all__, "__doc__"} <= set(dir(x_insights))
    assert all(getattr(x_insights, name) is not None for name in x_insights.__all__)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="'x_insights' has no attribute 'Metrics'"):
        _ = x_insights.Metrics


@pytest.mark.parametrize("module", ["x_insights_api", "msgspec", "stamina", "anyio", "dateutil"])
def test_the_import_leaves_for_later_what_is_used_later(module):
    code = "import httpx, sys; before = {*sys.modules}; import x_insights; print(*{*sys.modules} - before)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "x_insights" in loaded
    assert module not in loaded

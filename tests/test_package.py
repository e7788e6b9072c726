"""The package: the names that it exports, and what its import loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import x_insights


def test_every_exported_name_exists():
    assert x_insights.__all__ == sorted(x_insights.__all__, key=lambda name: (not name.isupper(), name))
    assert all(getattr(x_insights, name) is not None for name in x_insights.__all__)


@pytest.mark.parametrize("module", ["argparse", "dateutil", "difflib", "pytest", "rich", "x_insights._command.command"])
def test_the_import_does_not_load_what_few_calls_need(module):
    # httpx loads rich and argparse if click is installed as well, for a command of its own.
    code = "import httpx, sys; known = {*sys.modules}; import x_insights; print(*({*sys.modules} - known))"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "x_insights" in loaded
    assert module not in loaded

"""The package: the names that it exports, and what its import loads."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest
from helpers import TOKEN

import x_insights
from x_insights import AsyncInsightsClient, InsightsClient


def test_every_exported_name_exists():
    assert x_insights.__all__ == sorted(x_insights.__all__, key=lambda name: (not name.isupper(), name))
    assert all(getattr(x_insights, name) is not None for name in x_insights.__all__)


def test_classes_are_shown_in_the_module_that_exports_them():
    classes = [member for member in map(vars(x_insights).get, x_insights.__all__) if isinstance(member, type)]
    assert {member.__module__.partition(".")[0] for member in classes} == {"x_insights", "x_insights_api"}
    assert {member.__module__ for member in classes if "api" not in member.__module__} == {"x_insights"}


@pytest.mark.parametrize("client_class", [InsightsClient, AsyncInsightsClient])
def test_repr_has_the_address_and_the_endpoint_but_not_the_token(client_class):
    client = client_class(TOKEN, endpoint="auto")
    assert repr(client) == f"<{client_class.__name__} of https://api.x.com, endpoint '28hr'>"
    name = client_class.__name__.replace("InsightsClient", "PageIterator")
    assert repr(client.iter_28hr("20", "likes")) == f"<{name} of 1 page>"
    assert repr(client.iter_28hr(range(1, 27), "likes")) == f"<{name} of 2 pages>"


def test_the_version_is_that_of_the_distribution():
    assert x_insights.__version__ == metadata.version("x-insights-28hr")


@pytest.mark.parametrize("module", ["argparse", "dateutil", "difflib", "pytest", "rich", "x_insights._command.command"])
def test_the_import_does_not_load_what_few_calls_need(module):
    # httpx loads rich and argparse if click is installed as well, for its own command.
    code = "import httpx, sys; known = {*sys.modules}; import x_insights; print(*({*sys.modules} - known))"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "x_insights" in loaded
    assert module not in loaded

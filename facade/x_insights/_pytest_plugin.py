"""The pytest fixture of the test kit. It works as soon as the extra `testing` is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import Sandbox


@pytest.fixture
def x_insights_sandbox() -> Iterator[Sandbox]:
    """A sandbox server, one per test. Pass its `url` as `base_url`."""
    from .testing import Sandbox  # pytest loads this module even if the extra is not installed

    with Sandbox() as sandbox:
        yield sandbox

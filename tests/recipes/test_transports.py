"""Transports: the recipe for httpx-aiohttp."""

from __future__ import annotations

from documents import find_example, run


def test_the_library_runs_over_aiohttp(sandbox, capsys):
    run(find_example("HttpxAiohttpClient"), sandbox)
    assert len(sandbox.requests) == 3
    assert capsys.readouterr().out == "<Insights of 60 Posts, 0 errors, 0 missing>\n"

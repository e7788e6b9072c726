"""The pytest fixture and the command that run the sandbox."""

from __future__ import annotations

import re
import signal
import threading
import time

import httpx

from x_insights import InsightsClient
from x_insights.testing.__main__ import main


def test_the_fixture_is_available_without_an_import(x_insights_sandbox):
    with InsightsClient("any-token", base_url=x_insights_sandbox.url) as client:
        assert client.get_28hr("20", "likes")["20"]["totals"]
    assert len(x_insights_sandbox.requests) == 1


def test_the_command_responds_logs_and_ends_with_ctrl_c(capsys, caplog):
    responses = []

    def visit():
        while not (output := capsys.readouterr().out):
            time.sleep(0.01)
        (url,) = re.findall(r"http://\S+28hr", output)
        query = "tweet_ids=20&granularity=Total&requested_metrics=Likes"
        responses.append(httpx.get(f"{url}?{query}", headers={"Authorization": "Bearer SECRET"}))
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    # A shell starts its background commands, this one perhaps among them, with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        assert main(["--port", "0"]) == 0
    finally:
        signal.signal(signal.SIGINT, before)
    visitor.join()
    assert responses[0].json()["data"]
    assert "GET /2/insights/28hr?tweet_ids=20&" in caplog.text
    assert "SECRET" not in caplog.text

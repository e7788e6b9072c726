"""What the wheel does with its own dependencies alone, without the extras: `nox -s package` runs this."""

from __future__ import annotations

import asyncio
import importlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from x_insights import AsyncInsightsClient, InsightsClient, Metric

SERIES = {
    "tweet_id": "20",
    "value": {
        "timestamp": {"iso8601_time": "2026-11-22T12:00:00Z"},
        "metric_values": [{"metric_type": "Likes", "metric_value": 5}],
    },
}
LINES = {
    "x_insights": 'x-insights: rich is missing: the command needs its extra, `pip install "x-insights-28hr[cli]"`\n',
    "x_insights.testing": "x_insights.testing: werkzeug is missing: the test kit needs its extra, "
    '`pip install "x-insights-28hr[testing]"`\n',
}
BODY = json.dumps({"data": [{"measurement": {"metrics_time_series": [SERIES]}}]}).encode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


async def get_async(url: str) -> list:
    async with AsyncInsightsClient(lambda: "any-token", base_url=url) as client:
        return (await client.get_28hr("20", Metric.LIKES, "Hourly")).to_rows()


def main() -> None:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with InsightsClient("any-token", base_url=url) as client:
        rows = client.get_28hr("20", Metric.LIKES, "Hourly").to_rows()
    assert rows == asyncio.run(get_async(url))
    assert (rows[0]["time"].isoformat(), rows[0]["value"]) == ("2026-11-22T12:00:00+00:00", 5)
    for module, line in LINES.items():
        command = subprocess.run([sys.executable, "-I", "-m", module], capture_output=True, text=True, check=False)
        assert (command.returncode, command.stdout, command.stderr) == (1, "", line), command
    message = ""
    try:
        importlib.import_module("x_insights.testing")
    except ModuleNotFoundError as error:
        message = str(error)
    assert 'pip install "x-insights-28hr[testing]"' in message, message


if __name__ == "__main__":
    main()

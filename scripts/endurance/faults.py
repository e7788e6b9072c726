"""The faults of a soak run: what a broken server or proxy sends instead of X's response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LEGACY_MESSAGE = "Invalid or expired token."

# How many of 120 responses have each fault. One trickles in, because that lasts until the client gives up.
WEIGHTS = {
    "none": 84,
    "503 in HTML": 4,
    "429 in the legacy form": 4,
    "dropped": 4,
    "cut off": 2,
    "truncated": 3,
    "answered twice": 3,
    "answer of another page": 3,
    "trickle": 1,
    "redirect to http:login": 2,
    "redirect to javascript:x": 1,
    "redirect to http://xn--/": 2,
    "redirect to https://elsewhere/": 1,
    "200 with a code": 1,
    "201 with a code": 1,
    "202 with a problem": 1,
    "206 with a problem": 1,
    "200 with errors in the legacy form": 2,
}


def format_response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a whole response."""
    lines = [f"HTTP/1.1 {status} Made Up"]
    lines += [f"{name}: {value}" for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _format_json(status: int, content: Any) -> bytes:
    return format_response(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


_CODE = {"code": 88, "message": "Rate limit exceeded"}
_PROBLEM = {"title": "Service Unavailable", "type": "about:blank", "status": 503, "detail": "Service Unavailable"}

RESPONSES = {
    "503 in HTML": format_response(503, b"<html>503 Service Temporarily Unavailable</html>", {"Server": "nginx"}),
    "429 in the legacy form": _format_json(429, {"errors": [_CODE]}),
    **{
        name: format_response(302, b"", {"Location": name.removeprefix("redirect to ")})
        for name in WEIGHTS
        if name.startswith("redirect to ")
    },
    "200 with a code": _format_json(200, _CODE),
    "201 with a code": _format_json(201, _CODE),
    "202 with a problem": _format_json(202, _PROBLEM),
    "206 with a problem": _format_json(206, _PROBLEM),
    "200 with errors in the legacy form": _format_json(200, {"errors": [{"code": 89, "message": LEGACY_MESSAGE}]}),
}
"""The faults that are a response of their own, whatever was requested."""

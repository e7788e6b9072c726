"""The body of a response, without its content encoding."""

from __future__ import annotations

import httpx


def decode_body(headers: httpx.Headers, raw: bytes) -> bytes:
    """Return the decoded body. If the body does not have the encoding that the headers name, return it as it came."""
    if "Content-Encoding" not in headers:
        return raw
    try:
        return httpx.Response(200, headers=headers, content=raw).content
    except httpx.DecodingError:
        return raw

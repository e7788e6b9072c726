"""The secret of a request, its token, which is kept out of errors."""

import re
from collections.abc import Callable

import httpx

# A shorter token would tear the words apart that happen to have it in them.
_SHORTEST_SECRET = 8


def get_secret(request: httpx.Request) -> str:
    """Return the token that a request was sent with, to keep it out of errors."""
    authorization: str = request.headers.get("Authorization", "")
    return authorization.partition(" ")[2]


def create_redactor(secret: str) -> Callable[[str], str]:
    """Return a function that replaces the secret in a text, also if JSON has escaped some of its characters.

    Very short secrets are left.
    """
    if len(secret) < _SHORTEST_SECRET:
        return str
    pattern = re.compile("".join(_escape_for_json(each) for each in secret))
    return lambda text: pattern.sub("[token]", text.replace(secret, "[token]"))


def _escape_for_json(character: str) -> str:
    """Return the pattern of a character that JSON may have escaped. It is atomic, so that no text takes long."""
    plain = r"\\\\" if character == "\\" else rf"\\?{re.escape(character)}"
    return rf"(?>\\u(?i:{ord(character):04x})|{plain})"

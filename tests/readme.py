"""The README's examples, as code that asks a sandbox instead of X."""

from __future__ import annotations

import os
import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def examples() -> list[str]:
    """Every Python block, in order."""
    return re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def against(example: str, url: str) -> str:
    """The example with its access token as it stands, and the sandbox's address beside it."""
    return example.replace('"ACCESS_TOKEN"', f'"ACCESS_TOKEN", base_url="{url}"')


if __name__ == "__main__":
    from x_insights.testing import Sandbox

    with Sandbox() as sandbox:
        exec(compile(against(examples()[0], sandbox.url), os.fspath(README), "exec"))

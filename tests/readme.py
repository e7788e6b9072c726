"""The README's examples, as code that asks a sandbox instead of X."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
FIRST = "insights.items()"  # the example under "Use it"
# The packages that only the environment of `nox -s recipes` has.
RECIPE = re.compile(
    r"^(import|from|#) (celery|dask|duckdb|httpx2|httpx_aiohttp|insights_job|opentelemetry|polars)\b|\bto_pandas\b",
    re.MULTILINE,
)


def examples(*, recipes=None):
    """The Python blocks, in order: all, or those that need other people's packages, or the others."""
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [block for block in blocks if recipes in (None, RECIPE.search(block) is not None)]


def find_example(text):
    """Return the only example that contains a text."""
    (example,) = (each for each in examples() if text in each)
    return example


def run(example, sandbox, **names):
    """Run an example, and the tests that it defines, with the sandbox's address beside its token; return its names."""
    names["__name__"] = "example"
    code = example.replace('"ACCESS_TOKEN"', f'"ACCESS_TOKEN", base_url="{sandbox.url}"')
    exec(compile(code, str(README), "exec"), names)
    for test in [value for name, value in names.items() if name.startswith("test_")]:
        test(sandbox)
    return names


if __name__ == "__main__":
    from x_insights.testing import Sandbox

    with Sandbox() as sandbox:
        run(find_example(FIRST), sandbox)

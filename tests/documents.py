"""The examples of the README and of docs/, as code that asks a sandbox instead of X."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
# An example that stands in both is that of docs/.
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), README]
FIRST = "insights.items()"  # the example under "Fetch the first figures"
# Modules of the recipes, and packages that only the environment of `nox -s recipes` has.
RECIPE = re.compile(
    r"^(import|from|#) (celery|counters|dask|duckdb|fastapi|httpx2|httpx_aiohttp|insights_job|matplotlib|opentelemetry"
    r"|polars|read_counters|user_tokens)\b|\bto_pandas\b",
    re.MULTILINE,
)


def read_examples(document, *, recipes=None):
    """Return the Python blocks: all, or those that need other people's packages, or the others."""
    blocks = re.findall(r"^```python\n(.*?)^```", document.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [block for block in blocks if recipes in (None, RECIPE.search(block) is not None)]


def find_example(text):
    """Return the only example that contains a text, in the first document that has one."""
    found = ([block for block in read_examples(document) if text in block] for document in DOCUMENTS)
    (example,) = next(filter(None, found))
    return example


def run(example, sandbox, **names):
    """Run an example, and the tests that it defines, with the sandbox's address next to its token; return its names."""
    names["__name__"] = "example"
    code = example.replace('"ACCESS_TOKEN"', f'"ACCESS_TOKEN", base_url="{sandbox.url}"')
    exec(compile(code, "example", "exec"), names)
    for test in [value for name, value in names.items() if name.startswith("test_")]:
        test(sandbox)
    return names


if __name__ == "__main__":
    from x_insights.testing import Sandbox

    with Sandbox() as sandbox:
        run(find_example(FIRST), sandbox)

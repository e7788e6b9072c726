from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts.spec import regenerate
from scripts.spec.fragments import WITHDRAWN, read_fragments
from scripts.spec.refresh import main
from scripts.spec.regenerate import PACKAGE, ROOT, read_files


class Run(NamedTuple):
    """What a run of a script returned and printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def checkout(tmp_path):
    """A copy of the repository, which a test may change. X has withdrawn no operation there."""
    root = tmp_path / "checkout"
    for name in ("openapi", "generated", "facade", "scripts", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, root / name)
    for path in read_fragments(root):
        text = (root / path).read_text()
        (root / path).write_text(re.sub(rf"^  {WITHDRAWN}: .*\n", "", text, flags=re.MULTILINE))
    return root


@pytest.fixture
def refresh(checkout, tmp_path, capsys):
    """A function that refreshes the checkout from a document or a path, without a new interpreter for each."""

    def run(document, *options):
        path = document if isinstance(document, Path) else tmp_path / "x-openapi.json"
        if path is not document:
            path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return Run(main([str(path), "--root", str(checkout), *options]), *capsys.readouterr())

    return run


@pytest.fixture
def fake_generator(monkeypatch, checkout):
    """Replace the generator, which takes half a second, with one that returns the package as it is."""
    monkeypatch.setattr(regenerate, "generate", lambda *_: read_files(checkout / PACKAGE))

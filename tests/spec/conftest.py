from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from openapi_python_client.cli import app
from ruamel.yaml import YAML
from typer.testing import CliRunner

from scripts.spec import regenerate
from scripts.spec.fragments import WITHDRAWN, read_fragments
from scripts.spec.refresh import main
from scripts.spec.regenerate import PACKAGE, ROOT, read_files


class Run(NamedTuple):
    """What a run of a script returned and printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def _parse_once():
    """Parse each YAML text only once, because that takes more time than the rest of a refresh."""
    load = YAML.load

    @cache
    def pickle_content(text):
        return pickle.dumps(load(YAML(typ="safe"), text))

    def load_pickled(self, stream):
        return pickle.loads(pickle_content(stream)) if isinstance(stream, str) else load(self, stream)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(YAML, "load", load_pickled)
        yield


@pytest.fixture(autouse=True)
def _generate_in_this_process(monkeypatch):
    """Run the generator without a new interpreter, which takes a second to import it."""

    def run(command, *, env, **_):
        result = CliRunner().invoke(app, command[command.index("generate") :], env=env)
        return subprocess.CompletedProcess(command, result.exit_code, result.stdout, result.stderr)

    monkeypatch.setattr(regenerate, "subprocess", SimpleNamespace(run=run))


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a refresh reads and writes, which a test may change. X has withdrawn no operation there."""
    root = tmp_path / "checkout"
    for name in ("openapi", "generated", "facade"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("README.md", "tests/test_spec.py"):
        (root / path).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / path, root / path)
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

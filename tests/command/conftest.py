from __future__ import annotations

import logging
import os
import signal

import pytest
from helpers import TOKEN

from x_insights._command.command import main


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch):
    """Set the token, and undo what the command sets for its whole process."""
    monkeypatch.setenv("X_ACCESS_TOKEN", TOKEN)
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)
    for name in ("x_insights", "x_insights.testing"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def call(capsys):
    """A function that runs the command in this process, and returns its exit code and what it printed."""

    def run_main(*arguments):
        try:
            code = main(arguments)
        except SystemExit as error:
            code = error.code
        output, errors = capsys.readouterr()
        assert TOKEN not in output + errors
        assert "Traceback" not in errors
        return code, output, errors

    return run_main


@pytest.fixture
def ask(call, sandbox):
    """Run the command in this process against the sandbox."""
    return lambda *arguments: call("--base-url", sandbox.url, *arguments)


@pytest.fixture
def set_stdin(tmp_path):
    """A function that sets the bytes of standard input."""
    file, stdin = tmp_path / "stdin", os.dup(0)

    def replace_stdin(content):
        file.write_bytes(content)
        with file.open("rb") as opened:
            os.dup2(opened.fileno(), 0)

    yield replace_stdin
    os.dup2(stdin, 0)
    os.close(stdin)

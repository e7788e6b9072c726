"""The command as a separate process, with pipes or in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

from helpers import TOKEN

# What decides how a terminal is used, which the environment of the tests must not.
TERMINAL = {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "PYTHONIOENCODING", "TERM"}
COMMAND = (sys.executable, "-m", "x_insights")


def create_environment(**changes):
    environment = {name: value for name, value in os.environ.items() if name not in TERMINAL}
    return {**environment, "PYTHONUTF8": "1", "TERM": "xterm", "X_ACCESS_TOKEN": TOKEN} | changes


def run(*arguments, command=COMMAND, environment=None, **options):
    """Run the command with pipes, or with what `options` connect it to."""
    options = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, **options}
    done = subprocess.run(
        [*command, *arguments], check=False, env=create_environment(**environment or {}), encoding="utf-8", **options
    )
    assert TOKEN not in f"{done.stdout}{done.stderr}"
    assert "Traceback" not in f"{done.stderr}"
    return done


def run_in_terminal(columns, *arguments, environment=None, **options):
    """Run the command in a terminal of this width. Returns its exit code, what the terminal got, and standard output.

    The latter is None unless `options` take it elsewhere.
    """
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    options = {"stdin": terminal, "stdout": terminal, "stderr": terminal, **options}
    command = [*COMMAND, *arguments]
    with subprocess.Popen(command, env=create_environment(**environment or {}), **options) as process:
        os.close(terminal)
        received = b""
        while chunk := read_terminal(screen):
            received += chunk
        output = process.stdout and process.stdout.read().decode()
    os.close(screen)
    text = received.decode().replace("\r\n", "\n")
    assert TOKEN not in text
    return process.returncode, text, output


def read_terminal(screen):
    try:
        return os.read(screen, 65536)
    except OSError:  # EIO: nobody writes any more
        return b""


def remove_controls(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text)

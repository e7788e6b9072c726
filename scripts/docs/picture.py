"""Draw the command in a terminal, in light and in dark."""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from rich.text import Text

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": SVG_EXPORT_THEME}
COMMAND = "x-insights --sandbox --granularity Hourly \\\n    --metrics impressions,likes 1346889436626259968 20"


def run_command() -> str:
    """Run the command on a terminal. Return its output in colours, without the progress bar."""
    command = [sys.executable, "-m", "x_insights", *shlex.split(COMMAND.replace("\\\n", ""))[1:]]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    reader, terminal = pty.openpty()
    run = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, env=environment, check=True)
    os.write(terminal, b"\0")  # marks the end of the output
    output = b"".join(iter(lambda: os.read(reader, 1), b"\0"))
    return (run.stderr + output).decode().replace("\r", "").rstrip()


def main(folder: Path) -> None:
    console = Console(file=io.StringIO(), record=True, width=80)
    console.print(Text.assemble(("$ ", "bright_black"), COMMAND), Text.from_ansi(run_command()), sep="\n")
    for name, theme in THEMES.items():
        svg = console.export_svg(title="", theme=theme, clear=False, font_aspect_ratio=0.6, unique_id="command")
        svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # of a font on the internet
        svg = svg.replace("Fira Code", "Menlo, DejaVu Sans Mono, Consolas")
        svg = svg.replace("255,255,255,0.35", "128,128,128,0.5")  # a border that is visible on white
        (folder / f"command-{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main(IMAGES)

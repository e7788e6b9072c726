"""The terminal: consoles of standard output and standard error, and text that is safe to show."""

from typing import TextIO

from rich.console import Console, RenderableType


def open_console(file: TextIO | None = None, *, stderr: bool = False) -> Console:
    """Return the console of a stream. If that is not a terminal, it has no colours, and lines of any length."""
    # rich itself takes a pipe for a terminal if FORCE_COLOR is set, as some CI services do.
    is_terminal = Console(file=file, stderr=stderr).file.isatty()
    console = Console(file=file, stderr=stderr, force_terminal=is_terminal, markup=False, emoji=False, highlight=False)
    if not is_terminal:
        console.width = 1_000_000  # lines in a pipe are for other programs, and are never wrapped
    return console


def render(console: Console, renderable: RenderableType) -> str:
    """Return what the console would print, without trailing spaces."""
    with console.capture() as capture:
        console.print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def print_message(console: Console, text: str) -> None:
    """Print a message on one line, with the name of the command."""
    console.print(f"x-insights: {clean(text)}", soft_wrap=True)


def clean(text: str) -> str:
    """Replace what could move the cursor or turn the direction of a text: it may be X's."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)

"""The terminal: consoles of standard output and standard error, and text that is safe to show."""

from rich.console import Console, RenderableType

# Lines in a pipe are for other programs, and are never wrapped.
UNLIMITED = 1_000_000


def open_console(*, stderr: bool = False) -> Console:
    """Return the console of a stream. If that is not a terminal, it has no colours, and lines of any length."""
    # rich itself takes a pipe for a terminal if FORCE_COLOR is set, as some CI services do.
    is_terminal = Console(stderr=stderr).file.isatty()
    width = None if is_terminal else UNLIMITED
    return Console(stderr=stderr, force_terminal=is_terminal, width=width, markup=False, emoji=False, highlight=False)


def render(console: Console, renderable: RenderableType) -> str:
    """Return what the console would print, without trailing spaces."""
    with console.capture() as capture:
        console.print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def print_message(console: Console, text: str) -> None:
    """Print a message on one line, with the name of the command."""
    console.print(f"x-insights: {clean(text)}", soft_wrap=True)


def clean(text: str) -> str:
    """Replace line breaks and control characters, because X's words could move the cursor or rename the window."""
    return "".join(character if character.isprintable() else " " for character in text)

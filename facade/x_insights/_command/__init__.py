"""The command `x-insights`. It needs the extra `cli`."""

from .command import main

__all__ = ["main"]

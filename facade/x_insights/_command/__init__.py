"""The command `x-insights`. It needs the extra `cli`."""

from .command import main as main

"""Run a server on this machine that responds as X does, with generated figures, for clients in any language."""

import argparse
import contextlib
import logging
import sys
import threading
from collections.abc import Sequence

from . import Sandbox
from ._endpoints import ENDPOINTS


def main(arguments: Sequence[str] | None = None) -> int:
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser("python -m x_insights.testing", description=__doc__, formatter_class=formatter)
    parser.add_argument("--port", type=int, default=8028, help="port to listen on, 0 for any free one")
    parser.add_argument("--rate-limit", type=int, default=300, help="requests per window, for each token and endpoint")
    parser.add_argument("--window", type=float, default=900.0, help="seconds until a rate limit resets")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before a response")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error(f"--port is {options.port}: pass 0 to 65535")
    if negative := [name for name, value in vars(options).items() if value < 0]:
        parser.error(f"{', '.join(negative)}: pass 0 or more")
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("x_insights.testing").setLevel(logging.INFO)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        try:
            sandbox = stack.enter_context(Sandbox(**vars(options)))
        except OSError as error:
            parser.exit(1, f"{error}: pass another --port\n")
        urls = " and ".join(sandbox.url + path for path in ENDPOINTS)
        print(f"Generated insights at {urls}, for any Bearer token. Ctrl-C stops it.", flush=True)
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

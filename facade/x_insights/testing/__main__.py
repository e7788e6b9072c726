"""Run the sandbox for clients in any language: ``python -m x_insights.testing --port 8028``."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import threading
from collections.abc import Sequence

from . import Sandbox
from ._endpoints import ENDPOINTS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m x_insights.testing", description=__doc__)
    parser.add_argument("--port", type=int, default=8028, help="0 for any free one (default: %(default)s)")
    parser.add_argument("--rate-limit", type=int, default=300, help="requests per window (default: %(default)s)")
    parser.add_argument("--window", type=float, default=900.0, help="seconds per window (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before a response (default: %(default)s)")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("x_insights.testing").setLevel(logging.INFO)
    with contextlib.suppress(KeyboardInterrupt), Sandbox(**vars(options)) as sandbox:
        urls = " and ".join(sandbox.url + path for path in ENDPOINTS)
        print(f"Made-up insights at {urls}, for any Bearer token. Ctrl-C stops it.", flush=True)
        threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

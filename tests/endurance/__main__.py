"""Run `soak` or `fuzz`. Print everything that was tried, lost, doubled, mixed up, untyped or unbounded."""

import argparse
import logging
import sys
from collections.abc import Sequence

from . import fuzz, soak
from .calls import FLAWS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="endurance", description=__doc__)
    parser.add_argument("run", choices=["soak", "fuzz"])
    parser.add_argument("--pages", type=int, default=4000, help="for each kind of client, of a soak run")
    parser.add_argument("--seconds", type=float, default=60.0, help="of a fuzz run")
    parser.add_argument("--seed", type=int, default=28)
    options = parser.parse_args(arguments)
    tally = soak.run(options.pages, options.seed) if options.run == "soak" else fuzz.run(options.seconds, options.seed)
    print(*(f"{number:9,} {name}" for name, number in sorted((+tally).items())), sep="\n")
    flaws = sum(number for name, number in tally.items() if name.startswith(FLAWS))
    print(f"Lost, doubled, mixed up, untyped or unbounded: {flaws}")
    return 1 if flaws else 0


if __name__ == "__main__":
    logging.disable()  # retries, thousands of them
    sys.exit(main())

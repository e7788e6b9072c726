"""The arguments of the command."""

import argparse
import contextlib
import re
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from .._endpoints import ENDPOINT_CHOICES
from .._endpoints.metrics import VIDEO_METRICS
from .._validation import InvalidValueError, find_id_in_url, parse_id, parse_time
from .._version import __version__
from .terminal import clean

USAGE = "x-insights [options] ID...\n       x-insights [options] --check [ID]"
DESCRIPTION = """\
Show the metrics of Posts over the last 28 hours, or over any period. The access
token is read from the environment variable X_ACCESS_TOKEN."""
EXIT_CODES = """\
Exit code: 0 if all Posts were measured, 3 if some were not, 2 if an argument is
invalid, 1 after a failure, 130 after Ctrl-C. After 1 and 130, the Posts already
received are shown, and the others are pending."""
DEFAULT_METRICS = "impressions,likes,replies,retweets,engagements"


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments. Exit with 2 if they are invalid."""
    names = {name: ", ".join(ENDPOINT_CHOICES[name][0].metrics) for name in ("28hr", "analytics")}
    metrics = (textwrap.fill(f"Metrics of {name}: {names[name]}.", 80) for name in names)
    defaults = f"Default metrics: {DEFAULT_METRICS}."
    epilog, raw = "\n\n".join((defaults, *metrics, EXIT_CODES)), argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("x-insights", USAGE, DESCRIPTION, epilog, formatter_class=raw, allow_abbrev=False)
    add = parser.add_argument
    add("ids", nargs="*", type=read_ids, metavar="ID", help="ID or URL of a Post, or - to read standard input")
    add("--version", action="version", version=f"x-insights-28hr {__version__}")
    add("--metrics", metavar="NAMES", default=DEFAULT_METRICS, help="all, video, or names separated by commas (below)")
    granularities = ("Total", "Hourly", "Daily", "Weekly")
    add("--granularity", type=str.capitalize, choices=granularities, default="Total", help="default: Total")
    add("--start", type=read_time, metavar="TIME", help="start of a period: 2026-11-01T12:00:00Z, 2026-11-01, 7d, 36h")
    add("--end", type=read_time, metavar="TIME", help="end of the period; default: the present")
    add("--format", choices=("table", "json", "csv"), default="table", help="default: table")
    add("--output", metavar="FILE", help="write to this file, which is replaced at the end")
    add("--pending", metavar="FILE", help="write the IDs that remain after a failure to this file")
    add("--endpoint", choices=tuple(ENDPOINT_CHOICES), default="auto", help="default: auto")
    address = parser.add_mutually_exclusive_group()
    address.add_argument("--base-url", metavar="URL", help="address of X")
    address.add_argument("--sandbox", action="store_true", help="show generated figures, without X and a token")
    add("--rate-limit", type=int, metavar="N", help="requests that the sandbox accepts in 15 minutes")
    add(
        "--check",
        nargs="?",
        type=read_post,
        const="20",
        metavar="ID",
        help="show which endpoints this token can use (your Post)",
    )
    options = parser.parse_args(arguments)
    options.ids = [*dict.fromkeys(tweet_id for ids in options.ids for tweet_id in ids)]
    for is_wrong, message in (
        (bool(options.ids) == bool(options.check), "pass one or more IDs, or - for standard input, or --check"),
        (options.check and options.start, "--start cannot be combined with --check"),
        (options.check and (options.output or options.pending), "--check writes no file"),
        (options.start and options.endpoint == "28hr", "--start requires the endpoint analytics, not 28hr"),
        (options.end and not options.start, "--end requires --start"),
        (options.rate_limit is not None and not options.sandbox, "--rate-limit requires --sandbox"),
        ((options.rate_limit or 0) < 0, "--rate-limit is negative"),
    ):
        if is_wrong:
            parser.error(message)
    endpoint = ENDPOINT_CHOICES["analytics" if options.start else options.endpoint][0]
    groups: dict[str, Sequence[str]] = {"all": endpoint.metrics, "video": VIDEO_METRICS}
    requested = (name.strip() for name in options.metrics.split(","))
    options.metrics = [metric for name in requested for metric in groups.get(name.lower(), (name,))]
    return options


def read_ids(argument: str) -> list[str]:
    """Return the ID in an argument, or the IDs in standard input for `-`."""
    if argument != "-":
        return [read_post(argument)]
    with open(0, "rb", closefd=False) as stdin:
        return [*map(read_post, stdin.read().decode("utf-8-sig", "replace").split())]


def read_post(text: str) -> str:
    """Return the ID in an ID or in the URL of a Post."""
    with contextlib.suppress(InvalidValueError):
        return parse_id(find_id_in_url(text) or text)
    hint = "separate IDs by spaces" if "," in text else "use 1 to 19 digits, or the URL of a Post"
    raise argparse.ArgumentTypeError(f"{clean(text):.60}: not an ID ({hint})")


def read_time(text: str) -> datetime:
    """Return a time that is ISO 8601 with an offset, a date in the local time zone, or an age."""
    with contextlib.suppress(InvalidValueError, ValueError, OverflowError):
        if age := re.fullmatch("([0-9]+)([dh])", text):
            return datetime.now(UTC) - timedelta(hours=int(age[1]) * {"d": 24, "h": 1}[age[2]])
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.fromisoformat(text).astimezone()
        return parse_time(text)
    hint = "use 2026-11-01T12:00:00Z, a date such as 2026-11-01, or an age such as 7d or 36h"
    raise argparse.ArgumentTypeError(f"{clean(text)}: not a time ({hint})")

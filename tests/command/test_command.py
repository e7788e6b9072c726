"""The command `x-insights`: what it prints, where, and how it ends."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import logging
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading

import pytest
from bodies import IDS, PROBLEMS, build_body
from documents import DOCUMENTS
from helpers import TOKEN, get_sync
from werkzeug import Response

from x_insights import ALL_METRICS
from x_insights._command.command import main

POST = "1346889436626259968"
TOTALS = """\
Post                 Impressions  Likes  Replies  Retweets  Engagements
1346889436626259968        1,024     20        4         4           60
20                         4,173     79       15        19          195
"""
TRENDS = """\
Post                 Metric       Trend                         Peak  Latest
1346889436626259968  Impressions  ▃▄▃▅▅▄▆█▇▅▄▆▄▃▅▄▂▂▂▁▁▁▁▂▃▃▃▄    97      42
                     Likes        ▁▅▅▅▅▅▅█▅█▁█▅▁▅▅▁▁▅▁▁▁▁▁▅▁▅▅     2       1
20                   Impressions  ▃▅▄▅▆▇█▅█▅▇▇▇▅▅▄▃▂▁▁▁▁▁▃▂▄▃▆   318     249
                     Likes        ▂▅▅▅▆██▆█▅█▇▇▅▆▃▃▂▁▁▂▁▁▃▁▅▃▆     6       4

Trend: 28 values, 2026-11-21T12:00:00Z to 2026-11-22T15:00:00Z
"""
STACKED_TRENDS = """\
Post    20
Metric  Impressions
Trend   ▃▅▄▅▆▇█▅█▅▇▇▇▅▅▄▃▂▁▁▁▁▁▃▂▄▃▆
Peak    318
Latest  249

Metric  Likes
Trend   ▂▅▅▅▆██▆█▅█▇▇▅▆▃▃▂▁▁▂▁▁▃▁▅▃▆
Peak    6
Latest  4
"""
STACKED_TOTALS = """\
Post         1346889436626259968
Impressions  1,024
Likes        20
Replies      4
Retweets     4
Engagements  60

Post         20
Impressions  4,173
"""
# What decides how a terminal is used, which the environment of the tests must not.
TERMINAL = {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "PYTHONIOENCODING", "TERM"}


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch):
    """Set the token, and undo what the command sets for its whole process."""
    monkeypatch.setenv("X_ACCESS_TOKEN", TOKEN)
    yield
    for name in ("x_insights", "x_insights.testing"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def call(capsys):
    """A function that runs the command in this process, and returns its exit code and what it printed."""

    def run_main(*arguments):
        try:
            code = main(arguments)
        except SystemExit as error:
            code = error.code
        output, errors = capsys.readouterr()
        assert TOKEN not in output + errors
        assert "Traceback" not in errors
        return code, output, errors

    return run_main


@pytest.fixture
def ask(call, sandbox):
    """Run the command in this process against the sandbox."""
    return lambda *arguments: call("--base-url", sandbox.url, *arguments)


def create_environment(**changes):
    environment = {name: value for name, value in os.environ.items() if name not in TERMINAL}
    return {**environment, "PYTHONUTF8": "1", "TERM": "xterm", "X_ACCESS_TOKEN": TOKEN} | changes


def run(*arguments, command=(sys.executable, "-m", "x_insights"), check=True, environment=None, **options):
    """Run the command as a process of its own."""
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
    command = [sys.executable, "-m", "x_insights", *arguments]
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


def test_totals_are_a_table_with_separators_of_thousands(ask):
    assert ask(POST, "20") == (0, TOTALS, "")


def test_a_series_is_a_table_of_sparklines(ask):
    assert ask(POST, "20", "--granularity=hourly", "--metrics=impressions, likes") == (0, TRENDS, "")


def test_a_pipe_gets_long_lines_without_colours_whatever_the_environment_says(sandbox):
    metrics = ",".join(ALL_METRICS)
    environment = {"FORCE_COLOR": "1", "COLUMNS": "40"}
    done = run(POST, "20", "--metrics", metrics, "--base-url", sandbox.url, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    header, first, second = done.stdout.splitlines()
    assert header.split() == ["Post", *ALL_METRICS]
    assert (first.split()[0], second.split()[0]) == (POST, "20")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("granularity", "buckets"), [("Total", 0), ("Daily", 2)])
def test_json_is_the_dictionary_of_the_library(ask, sandbox, granularity, buckets):
    sandbox.forbid("20")
    code, output, errors = ask(POST, "20", "--format=json", "--metrics=likes", f"--granularity={granularity}")
    assert json.loads(output) == get_sync(sandbox.url, [POST, "20"], "likes", granularity).to_dict()
    assert len(json.loads(output)["tweets"][POST]["series"]) == buckets
    assert (code, errors) == (3, "x-insights: not measured: 20: Forbidden to access tweets: 20\n")


@pytest.mark.parametrize("granularity", ["Total", "Hourly"])
def test_csv_has_the_rows_of_the_library(ask, sandbox, granularity):
    code, output, errors = ask(POST, "20", "--format=csv", f"--granularity={granularity}", "--metrics=likes,replies")
    assert (code, errors) == (0, "")
    assert output.startswith("tweet_id,time,metric,value\n")
    rows = get_sync(sandbox.url, [POST, "20"], ["likes", "replies"], granularity).to_rows()
    assert [*csv.reader(io.StringIO(output))][1:] == [
        [
            row["tweet_id"],
            row["time"].strftime("%Y-%m-%dT%H:%M:%SZ") if row["time"] else "",
            row["metric"],
            str(row["value"]),
        ]
        for row in rows
    ]


def test_a_gap_is_not_shown_as_zero(call, answer):
    values = [("20", 10, 0), ("20", 11, None), ("20", 13, 7000), ("30", 12, None)]
    buckets = [(tweet_id, f"2026-11-22T{hour}:00:00Z", {"Likes": value}) for tweet_id, hour, value in values]
    url = answer(json.dumps(build_body([("40", {"Likes": None})], buckets)))
    code, output, _ = call("--base-url", url, "20", "30", "40", "--metrics=likes", "--granularity=hourly")
    assert code == 0
    assert output == (
        "Post  Likes\n"
        "40        -\n"
        "\n"
        "Post  Metric  Trend   Peak  Latest\n"
        "20    Likes   ▁··█   7,000   7,000\n"
        "30    Likes   ····       -       -\n"
        "\n"
        "Trend: 4 values, 2026-11-22T10:00:00Z to 2026-11-22T13:00:00Z\n"
    )
    _, output, _ = call("--base-url", url, "20", "30", "40", "--format=csv")
    assert "20,2026-11-22T11:00:00Z,Likes,\n" in output


def test_a_terminal_of_80_columns_gets_the_table(sandbox):
    arguments = (POST, "20", "--granularity=hourly", "--metrics=impressions,likes", "--base-url", sandbox.url)
    code, screen, _ = run_in_terminal(80, *arguments)
    assert code == 0
    assert remove_controls(screen).endswith(TRENDS)
    assert "\x1b[1m" in screen
    assert "Pages" in screen


def test_a_narrow_terminal_gets_the_cells_below_one_another(sandbox):
    code, screen, _ = run_in_terminal(40, POST, "20", "--base-url", sandbox.url)
    assert code == 0
    assert STACKED_TOTALS in remove_controls(screen)
    arguments = ("20", "--granularity=hourly", "--metrics=impressions,likes", "--base-url", sandbox.url)
    code, screen, _ = run_in_terminal(40, *arguments)
    assert code == 0
    assert STACKED_TRENDS in remove_controls(screen)


def test_the_progress_bar_is_on_standard_error_and_not_in_the_data(sandbox):
    code, screen, output = run_in_terminal(80, "20", "--format=json", "--base-url", sandbox.url, stdout=subprocess.PIPE)
    assert code == 0
    assert list(json.loads(output)["tweets"]) == ["20"]
    assert "Pages" in screen
    assert screen.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # the cursor is shown again, and the bar is erased


def test_a_dumb_terminal_gets_no_bar_and_no_controls(sandbox):
    code, screen, _ = run_in_terminal(80, POST, "20", "--base-url", sandbox.url, environment={"TERM": "dumb"})
    assert (code, screen) == (0, TOTALS)


def test_an_output_that_has_only_ascii_gets_sparklines_of_ascii(sandbox):
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    arguments = ("20", "--granularity=hourly", "--metrics=likes", "--base-url", sandbox.url)
    done = run(*arguments, environment=environment)
    assert done.returncode == 0
    assert "\n20    Likes   .===+##+#=#**=+--.__.__-_=-+     6       4\n" in done.stdout


def test_the_words_of_x_cannot_control_the_terminal(call, answer):
    problem = {"detail": "a\x1b[2Jb\r\n", "resource_id": "3"}
    body = build_body([("2", {"Likes\x1b]0;title\x07\nx": 1})])
    url = answer(json.dumps({**body, "errors": [problem]}))
    code, output, errors = call("--base-url", url, "2", "3")
    assert (code, output) == (3, "Post  Likes ]0;title  x\n2                     1\n")
    assert errors == "x-insights: not measured: 3: a [2Jb  \n"


def test_posts_that_are_not_measured_are_named_with_x_s_words(ask, sandbox):
    sandbox.forbid("30")
    sandbox.hide("40")
    code, output, errors = ask("20", "30", "40", "--metrics=likes")
    assert (code, output) == (3, "Post  Likes\n20       79\n")
    assert errors == (
        "x-insights: not measured: 30: Forbidden to access tweets: 30\n"
        "x-insights: not measured: 40: 1 Tweet ID(s) are unavailable\n"
    )


def test_posts_that_x_does_not_mention_are_named(call, answer):
    code, output, errors = call("--base-url", answer("{}"), "20", "30")
    assert (code, output, errors) == (3, "", "x-insights: X did not mention 20, 30\n")


@pytest.mark.parametrize("name", ["table", "json", "csv"])
def test_what_arrived_before_a_failure_is_printed_and_the_rest_is_pending(ask, sandbox, name):
    sandbox.rate_limit = 1
    code, output, errors = ask(*IDS[:30], f"--format={name}", "--metrics=likes")
    assert code == 1
    found = json.loads(output)["tweets"] if name == "json" else re.findall("^[0-9]+", output, re.MULTILINE)
    assert list(found) == IDS[:25]
    assert errors.splitlines()[0].startswith("x-insights: ")
    assert re.fullmatch(r"x-insights: try again at \d{4}-\d\d-\d\d \d\d:\d\d UTC", errors.splitlines()[1])
    assert errors.splitlines()[2:] == [f"pending: {' '.join(IDS[25:30])}"]


def test_a_failure_of_the_first_page_prints_no_table(ask, sandbox):
    sandbox.revoke(TOKEN)
    code, output, errors = ask("20")
    assert (code, output) == (1, "")
    assert errors == (
        "x-insights: X responded with 401: Unauthorized\n"
        "x-insights: get a new access token of the Posts' author, with the scopes tweet.read and users.read\n"
        "pending: 20\n"
    )


def test_the_other_endpoint_is_asked_if_x_has_withdrawn_the_first(ask, sandbox):
    sandbox.withdraw()
    code, output, errors = ask("20", "--metrics=likes,profile_visits,video_views")
    assert (code, output.split()[:-1]) == (0, ["Post", "Likes", "20"])
    assert errors == "x-insights: not available from analytics: ProfileVisits, VideoViews\n"
    code, output, errors = ask("20", "--endpoint=28hr")
    assert (code, output) == (1, "")
    assert "x-insights: use another --endpoint, and check --base-url if you passed one\n" in errors
    assert errors.endswith("pending: 20\n")


def test_retries_are_reported_on_standard_error(sandbox):
    sandbox.withdraw()
    sandbox.fail_next()
    done = run("20", "--metrics=likes", "--base-url", sandbox.url)
    assert (done.returncode, done.stdout.split()[:-1]) == (0, ["Post", "Likes", "20"])
    first, second = done.stderr.splitlines()
    assert first.startswith("x-insights: ServerError 503: attempt 2 of 3 in ")
    assert second == "x-insights: X has withdrawn the endpoint '28hr': using 'analytics' from now on"


NOT_ENROLLED = {"reason": "client-not-enrolled", "type": f"{PROBLEMS}/client-forbidden"}


@pytest.mark.parametrize(
    ("response", "advice"),
    [
        (
            (403, {**NOT_ENROLLED, "registration_url": "https://x.test/a"}, {}),
            "includes the endpoint: https://x.test/a",
        ),
        ((403, NOT_ENROLLED, {}), "includes the endpoint: https://developer.x.com"),
        ((403, {"type": f"{PROBLEMS}/unsupported-authentication"}, {}), "use the access token of a user"),
        ((403, {}, {}), "use a token of the Posts' author, with the scopes tweet.read and users.read"),
        ((402, {"title": "CreditsDepleted"}, {}), "wait for the next period of your plan, or buy more"),
        ((429, {}, {}), "try again later"),
        ((503, {}, {}), "try again later"),
        ((200, {"code": 1}, {}), "report this to the authors of x-insights-28hr"),
        ((400, {}, {"x-transaction-id": "abc123"}), "contact X's support, with the request ID abc123"),
        ((400, {}, {}), "check --base-url, the proxy and the certificates"),
    ],
)
def test_a_failure_says_what_to_do(call, answer, response, advice):
    status, problem, headers = response
    code, output, errors = call("--base-url", answer(json.dumps(problem), status, headers), "20")
    assert (code, output) == (1, "")
    assert advice in errors.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "pass one or more IDs, or - to read them from standard input, or --check"),
        (["20", "--check"], "pass one or more IDs"),
        (["20", "--sandbox"], "argument --sandbox: not allowed with argument --base-url"),
        (["20", "--format=xml"], "argument --format: invalid choice: 'xml'"),
        (["20", "--met=likes"], "unrecognized arguments: --met=likes"),
        (["20", "-5"], "tweet_ids[1] is '-5', which is not the ID of a Post"),
        (["--check", "twenty"], "tweet_ids is 'twenty', which is not the ID of a Post"),
        (
            ["20", "--metrics=impresions"],
            "metrics[0] is 'impresions', which is not a metric: did you mean 'Impressions'?",
        ),
        (["20", "--metrics="], "metrics[0] is '', which is not a metric: use one of "),
        (["20", "--granularity=hours"], "granularity is 'hours', which is not a granularity: did you mean 'Hourly'?"),
        (["20", "--endpoint=both"], "endpoint is 'both': pass one of 28hr, analytics, auto"),
    ],
)
def test_an_invalid_argument_ends_with_2_and_sends_nothing(ask, sandbox, arguments, message):
    code, output, errors = ask(*arguments)
    assert (code, output) == (2, "")
    assert message in errors
    assert sandbox.requests == []


def test_an_address_in_the_clear_is_rejected(call):
    code, _, errors = call("20", "--base-url", "http://api.x.com")
    assert code == 2
    assert "use https; http is accepted on loopback only" in errors


def test_requests_go_to_x_unless_another_address_is_given(call, serve_connections, monkeypatch):
    received = []
    proxy = serve_connections(lambda connection: received.append(connection.recv(65536).splitlines(keepends=True)[0]))
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://{proxy}")
    code, output, errors = call("20")
    assert (code, output) == (1, "")
    assert errors.endswith("x-insights: try again later\npending: 20\n")
    assert set(received) == {b"CONNECT api.x.com:443 HTTP/1.1\r\n"}


def test_a_token_is_required(ask, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN")
    code, output, errors = ask("20")
    assert (code, output) == (2, "")
    assert errors == ("x-insights: no access token: set the environment variable X_ACCESS_TOKEN, or try --sandbox\n")


def test_an_invalid_token_is_not_shown(ask, monkeypatch):
    monkeypatch.setenv("X_ACCESS_TOKEN", f"Bearer {TOKEN}")
    code, _, errors = ask("20")
    assert code == 2
    assert "use the token alone, without `Bearer`" in errors


def test_the_help_fits_a_screen(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, output, _ = call("--help")
    assert code == 0
    assert output.count("\n") <= 24
    assert max(map(len, output.splitlines())) <= 80


def test_the_commands_in_the_documents_run(call):
    texts = (document.read_text("utf-8") for document in DOCUMENTS)
    commands = {command for text in texts for command in re.findall(r"(?:^|`)x-insights ([^`\n]+)", text, re.MULTILINE)}
    assert "--check 20" in commands
    for command in commands:
        code, output, _ = call(*command.split(), "--sandbox")
        assert code == 0
        assert output


def test_a_command_prints_the_output_below_it_in_the_documents(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    texts = (document.read_text("utf-8") for document in DOCUMENTS)
    pattern = re.compile(r"^x-insights (.+)\n```\n\n```text\n((?:(?!```).*\n)+)```", re.MULTILINE)
    printed = [pair for text in texts for pair in pattern.findall(text)]
    assert printed
    for command, output in printed:
        assert call(*command.split(), "--sandbox")[:2] == (0, output)


def test_ids_on_standard_input_take_the_place_of_the_dash(sandbox):
    done = run(
        "10", "-", "20", "--format=csv", "--metrics=likes", "--base-url", sandbox.url, input="\ufeff1  2\n\t3\r\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall("^[0-9]+", done.stdout, re.MULTILINE) == ["10", "1", "2", "3", "20"]


def test_thousands_of_ids_are_read_and_each_is_pending_or_printed(sandbox):
    ids = [str(10**18 + number) for number in range(6000)]
    sandbox.rate_limit = 4
    done = run("-", "--format=csv", "--metrics=likes", "--base-url", sandbox.url, input="\n".join(ids))
    assert done.returncode == 1
    printed = [line.partition(",")[0] for line in done.stdout.splitlines()[1:]]
    pending = done.stderr.splitlines()[-1]
    assert pending.startswith("pending: ")
    assert printed + pending.split()[1:] == ids
    assert len(printed) == 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b" \n", "tweet_ids is empty: pass at least one"),
        (b"20 \xff", "tweet_ids[1] is '\N{REPLACEMENT CHARACTER}', which is"),
    ],
)
def test_an_empty_or_binary_standard_input_ends_with_2(tmp_path, text, message):
    file = tmp_path / "ids"
    file.write_bytes(text)
    with file.open("rb") as stdin:
        done = run("-", "--base-url=http://127.0.0.1:9", stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_standard_input_that_cannot_be_read_ends_with_1():
    done = run(command=("sh", "-c", f'"{sys.executable}" -m x_insights - <&-'))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "x-insights: [Errno 9] Bad file descriptor\n")


def test_a_closed_pipe_ends_quietly(sandbox):
    reader, writer = os.pipe()
    os.close(reader)
    done = run("20", "--base-url", sandbox.url, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_reader_of_the_first_line_gets_it_and_nothing_is_reported(sandbox):
    line = f'"{sys.executable}" -m x_insights - --granularity=hourly --format=csv --base-url {sandbox.url} | head -1'
    ids = " ".join(IDS[:50])  # more rows than a pipe holds
    done = run(command=("sh", "-c", line), input=ids)
    assert (done.returncode, done.stdout, done.stderr) == (0, "tweet_id,time,metric,value\n", "")


@pytest.mark.parametrize(
    ("redirection", "code", "output", "errors"),
    [
        (">&-", 0, "", ""),
        ("2>&-", 0, TOTALS, ""),
        ("2>&- >&-", 0, "", ""),
        ("<&-", 0, TOTALS, ""),
    ],
)
def test_a_missing_stream_is_no_failure(sandbox, redirection, code, output, errors):
    line = f'"{sys.executable}" -m x_insights {POST} 20 --base-url {sandbox.url} {redirection}'
    done = run(command=("sh", "-c", line))
    assert (done.returncode, done.stdout, done.stderr) == (code, output, errors)


def test_ctrl_c_ends_quietly(httpserver):
    is_requested, is_over = threading.Event(), threading.Event()

    def respond(_):
        is_requested.set()
        is_over.wait()
        return Response(status=503)

    httpserver.expect_request("/2/insights/28hr").respond_with_handler(respond)
    # A shell starts its background commands, this one perhaps among them, with SIGINT ignored, which is inherited.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "x_insights", "20", "--base-url", httpserver.url_for("")]
    try:
        process = subprocess.Popen(command, env=create_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        is_requested.wait()
        process.send_signal(signal.SIGINT)
        printed = process.communicate()
    is_over.set()
    assert (process.returncode, printed) == (130, (b"", b""))


def test_the_sandbox_needs_neither_token_nor_address(call, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN")
    assert call(POST, "20", "--sandbox") == (0, TOTALS, "x-insights: the figures are generated by a sandbox\n")


# Run the command as if a module were not installed.
WITHOUT = """
import runpy, sys

class Finder:
    def find_spec(name, *_):
        if name == {0!r}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Finder)
runpy.run_module("x_insights", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        ("rich", ["20"], 'rich is missing: the command needs its extra, `pip install "x-insights-28hr[cli]"`'),
        (
            "pytest_httpserver",
            ["20", "--sandbox"],
            'pytest_httpserver is missing: the test kit needs its extra, `pip install "x-insights-28hr[testing]"`',
        ),
    ],
)
def test_without_an_extra_one_line_says_what_to_install(module, arguments, message):
    done = run(*arguments, command=(sys.executable, "-c", WITHOUT.format(module)))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"x-insights: {message}\n")


def split_report(output):
    """Return the lines of each endpoint in a report of `--check`, as a mapping."""
    return [dict(re.split("  +", line, maxsplit=1) for line in part.splitlines()) for part in output.split("\n\n")]


def test_the_check_reports_both_endpoints(ask, sandbox):
    code, output, errors = ask("--check", POST)
    assert (code, errors) == (0, "")
    for name, part in zip(("28hr", "analytics"), split_report(output), strict=True):
        assert list(part) == [name, f"Post {POST}", "rate limit", "api-version"]
        assert part[name] == "yes"
        assert re.fullmatch(r"\d[\d,]* impressions", part[f"Post {POST}"])
        assert re.fullmatch(r"299 of 300 requests remaining until \d{4}-\d\d-\d\d \d\d:\d\d UTC", part["rate limit"])
        assert part["api-version"] == "2.167"
    assert [(request.endpoint, request.tweet_ids) for request in sandbox.requests] == [
        ("28hr", (POST,)),
        ("analytics", (POST,)),
    ]


def test_the_check_gives_x_s_reason_for_an_endpoint_that_it_has_withdrawn(ask, sandbox):
    sandbox.withdraw()
    code, output, _ = ask("--check")
    first, second = split_report(output)
    assert code == 0
    assert (first["28hr"], second["analytics"]) == ("no", "yes")
    assert first["why"].startswith("X responded with 404: not found: X has withdrawn the endpoint")
    assert first["to do"] == "use another --endpoint, and check --base-url if you passed one"
    assert first["rate limit"] == "not in the response"
    assert second["Post 20"].endswith(" impressions")


def test_the_check_ends_with_1_if_x_gives_neither_endpoint(ask, sandbox):
    sandbox.revoke(TOKEN)
    code, output, _ = ask("--check")
    first, second = split_report(output)
    assert code == 1
    assert (first["28hr"], second["analytics"]) == ("no", "no")
    assert "tweet.read and users.read" in second["why"]


def test_the_check_names_the_reason_of_an_app_that_is_not_enrolled(ask, sandbox):
    body = json.dumps({"detail": "Enrol it.", "registration_url": "https://x.test/a", **NOT_ENROLLED}).encode()
    sandbox.fail_next(2, status=403, body=body)
    code, output, _ = ask("--check")
    assert code == 1
    for part in split_report(output):
        assert part["why"] == "X responded with 403: Enrol it. (client-not-enrolled)"
        assert part["to do"] == "enrol the app in a plan that includes the endpoint: https://x.test/a"


def test_the_check_does_not_know_what_a_failure_of_x_hides(ask, sandbox):
    sandbox.fail_next(3)
    sandbox.rate_limit = 0
    code, output, _ = ask("--check")
    first, second = split_report(output)
    assert code == 1
    assert (first["28hr"], second["analytics"]) == ("unknown", "unknown")
    assert first["to do"] == "try again later"
    assert second["to do"].startswith("try again at ")
    assert second["rate limit"].startswith("0 of 0 requests remaining until ")


def test_the_check_takes_a_partial_error_for_access(ask, sandbox):
    sandbox.forbid("20")
    code, output, _ = ask("--check")
    assert code == 0
    for part in split_report(output):
        assert part["Post 20"] == "Forbidden to access tweets: 20"


def test_the_check_says_if_x_did_not_mention_the_post(call, answer):
    code, output, _ = call("--check", "--base-url", answer("{}"))
    first, _ = split_report(output)
    assert code == 0
    assert first["Post 20"] == "X did not mention it"
    assert first["api-version"] == "not in the response"


def test_the_check_wraps_at_the_width_of_a_terminal(sandbox):
    code, screen, _ = run_in_terminal(40, "--check", "--base-url", sandbox.url)
    assert code == 0
    assert max(map(len, remove_controls(screen).splitlines())) <= 40


def test_the_check_does_not_wait_for_a_rate_limit(ask, sandbox, clock):
    sandbox.rate_limit, sandbox.window = 0, 5
    code, output, _ = ask("--check")
    assert code == 1
    assert "try again at " in output
    assert clock.sleeps == []

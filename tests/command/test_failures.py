"""Posts that are missing, failures and Ctrl-C: what the command prints, and its exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import time

import pytest
from bodies import IDS, PROBLEMS, build_body
from helpers import TOKEN
from processes import COMMAND, create_environment, run
from werkzeug import Response

NOT_ENROLLED = {"reason": "client-not-enrolled", "type": f"{PROBLEMS}/client-forbidden"}


def find_ids(output):
    """Return the IDs at the beginning of lines, each once."""
    return list(dict.fromkeys(re.findall("^[0-9]+", output, re.MULTILINE)))


def test_posts_that_are_not_measured_are_named_with_x_s_words(ask, sandbox):
    sandbox.forbid("30")
    sandbox.hide("40")
    code, output, errors = ask("20", "30", "40", "--metrics=likes")
    assert code == 3
    assert find_ids(output) == ["20"]
    assert errors == (
        "x-insights: not measured: 30: Forbidden to access tweets: 30\n"
        "x-insights: not measured: 40: 1 Tweet ID(s) are unavailable\n"
    )


def test_posts_that_x_does_not_mention_are_named(call, answer):
    code, output, errors = call("--base-url", answer('{"errors": [{"detail": "Be patient"}]}'), "20", "30")
    assert (code, output) == (3, "")
    assert errors == "x-insights: not measured: Be patient\nx-insights: X did not mention 20, 30\n"


@pytest.mark.parametrize("name", ["table", "json", "csv"])
def test_a_failure_prints_the_posts_received_and_those_pending(ask, sandbox, name):
    sandbox.rate_limit = 1
    code, output, errors = ask(*IDS[:30], f"--format={name}", "--metrics=likes")
    assert code == 1
    found = list(json.loads(output)["tweets"]) if name == "json" else find_ids(output)
    assert found == IDS[:25]
    pending, reason, advice = errors.splitlines()
    assert pending == f"pending: {' '.join(IDS[25:30])}"
    assert reason == "x-insights: X responded with 429: Too Many Requests"
    assert re.fullmatch(r"x-insights: try again at \d{4}-\d\d-\d\d \d\d:\d\d UTC", advice)


def test_many_pending_ids_are_counted_and_written_to_a_file(call, set_stdin, tmp_path):
    arguments = ("-", "--sandbox", "--rate-limit=1", "--format=csv", "--metrics=likes")
    set_stdin("\n".join(IDS[:150]).encode())
    code, output, errors = call(*arguments)
    assert (code, find_ids(output)) == (1, IDS[:25])
    assert errors.splitlines()[1] == "x-insights: 125 IDs are pending: --pending FILE writes them to a file"
    file = tmp_path / "pending"
    set_stdin("\n".join(IDS[:150]).encode())
    code, output, errors = call(*arguments, f"--pending={file}")
    assert (code, find_ids(output)) == (1, IDS[:25])
    assert errors.splitlines()[1] == f"x-insights: 125 IDs are pending: see {file}"
    assert file.read_text() == "".join(f"{tweet_id}\n" for tweet_id in IDS[25:150])
    # The rest is requested with the file, and replaces it.
    set_stdin(file.read_bytes())
    code, output, errors = call("-", "--sandbox", "--format=csv", f"--pending={file}")
    assert (code, find_ids(output)) == (0, IDS[25:150])
    assert errors.count("\n") == 1
    assert [file.read_text(), *tmp_path.glob(".*")] == [""]


def test_a_failure_of_the_first_page_prints_no_table(ask, sandbox):
    sandbox.revoke(TOKEN)
    code, output, errors = ask("20")
    assert (code, output) == (1, "")
    assert errors == (
        "pending: 20\n"
        "x-insights: X responded with 401: Unauthorized\n"
        "x-insights: get a new token of the Posts' author, with the scopes tweet.read and users.read\n"
    )


def test_the_other_endpoint_is_asked_if_x_has_withdrawn_the_first(ask, sandbox):
    sandbox.withdraw()
    code, output, errors = ask("20", "--metrics=likes,profile_visits,video_views")
    assert code == 0
    assert output.startswith("Post  Likes\n20 ")
    assert errors == "x-insights: not available from analytics: ProfileVisits, VideoViews\n"
    code, output, errors = ask("20", "--endpoint=28hr")
    assert (code, output) == (1, "")
    assert errors == (
        "pending: 20\n"
        "x-insights: X responded with 404: not found: X has withdrawn the endpoint, or --base-url does not point to X; "
        "--endpoint analytics or auto requests the other endpoint\n"
        "x-insights: use another --endpoint, and check --base-url if you passed one\n"
    )


def test_retries_are_reported_on_standard_error(sandbox):
    sandbox.withdraw()
    sandbox.fail_next()
    done = run("20", "--metrics=likes", "--base-url", sandbox.url)
    assert done.returncode == 0
    first, second = done.stderr.splitlines()
    assert first.startswith("x-insights: ServerError 503: attempt 2 of 3 in ")
    assert second == "x-insights: X has withdrawn the endpoint '28hr': using 'analytics' from now on"


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
        ((200, "", {}), "try again later"),
        ((200, "<html>Log in</html>", {}), "check --base-url, the proxy and the certificates"),
        ((200, {"code": 1}, {}), "report this to the authors of x-insights-28hr"),
        ((400, {}, {"x-transaction-id": "abc123"}), "contact X's support, with the request ID abc123"),
        ((400, {}, {}), "check --base-url, the proxy and the certificates"),
    ],
)
def test_a_failure_says_what_to_do(call, answer, response, advice):
    status, content, headers = response
    body = content if isinstance(content, str) else json.dumps(content)
    code, output, errors = call("--base-url", answer(body, status, headers), "20")
    assert (code, output) == (1, "")
    assert advice in errors.splitlines()[-1]


def test_ctrl_c_during_a_wait_prints_the_posts_received(ask, sandbox, clock, monkeypatch):
    def interrupt(_):
        if threading.current_thread() is threading.main_thread():  # not in the sandbox
            raise KeyboardInterrupt

    sandbox.rate_limit, sandbox.window = 1, 5
    monkeypatch.setattr(time, "sleep", interrupt)
    code, output, errors = ask(*IDS[:27])
    assert (code, find_ids(output)) == (130, IDS[:25])
    assert errors == f"pending: {IDS[25]} {IDS[26]}\nx-insights: interrupted\n"
    sandbox.fail_next()
    assert ask("--check") == (130, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_csv_is_printed_by_page_and_a_signal_keeps_it(httpserver, tmp_path, number):
    is_requested, is_over = threading.Event(), threading.Event()

    def respond(request):
        ids = request.args["tweet_ids"].split(",")
        if ids[0] == IDS[0]:
            return Response(json.dumps(build_body([(each, {"Likes": 1}) for each in ids])))
        is_requested.set()
        is_over.wait()
        return Response(status=503)

    httpserver.expect_request("/2/insights/28hr").respond_with_handler(respond)
    # A shell starts its background commands, this one perhaps among them, with SIGINT ignored, which is inherited.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    options = ("--format=csv", f"--pending={tmp_path / 'pending'}", "--base-url", httpserver.url_for(""))
    command = [*COMMAND, *IDS[:26], *options]
    try:
        process = subprocess.Popen(command, env=create_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        lines = [process.stdout.readline().decode() for _ in range(26)]
        assert lines == ["tweet_id,time,metric,value\n", *(f"{each},,Likes,1\n" for each in IDS[:25])]
        is_requested.wait()
        process.send_signal(number)
        output, errors = process.communicate()
    is_over.set()
    assert (process.returncode, output) == (130, b"")
    assert errors.decode() == f"pending: {IDS[25]}\nx-insights: interrupted\n"
    assert (tmp_path / "pending").read_text() == f"{IDS[25]}\n"

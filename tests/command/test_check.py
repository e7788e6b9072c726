"""`x-insights --check`: which endpoints a token has access to."""

from __future__ import annotations

import json
import re

from bodies import PROBLEMS
from helpers import TOKEN
from processes import remove_controls, run_in_terminal

POST = "1346889436626259968"
NOT_ENROLLED = {"reason": "client-not-enrolled", "type": f"{PROBLEMS}/client-forbidden"}


def split_report(output):
    """Return the lines of each endpoint in a report of `--check`, as a mapping."""
    return [dict(re.split("  +", line, maxsplit=1) for line in part.splitlines()) for part in output.split("\n\n")]


def test_the_check_reports_both_endpoints(ask, sandbox):
    code, output, errors = ask("--check", POST)
    assert (code, errors) == (0, "")
    for name, part in zip(("28hr", "analytics"), split_report(output), strict=True):
        assert list(part) == [name, f"Post {POST}", "rate limit", "api-version"]
        assert part[name] == "yes"
        assert re.fullmatch("[0-9,]+ impressions", part[f"Post {POST}"])
        assert re.fullmatch(r"299 of 300 requests remaining until \d{4}-\d\d-\d\d \d\d:\d\d UTC", part["rate limit"])
        assert part["api-version"] == "2.167"
    assert [(request.endpoint, request.tweet_ids) for request in sandbox.requests] == [
        ("28hr", (POST,)),
        ("analytics", (POST,)),
    ]


def test_the_check_gives_the_reason_for_a_withdrawn_endpoint(ask, sandbox):
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


def test_the_headers_of_x_cannot_control_the_terminal(call, answer):
    _, output, _ = call("--check", "--base-url", answer("{}", headers={"api-version": "2.168\x9b2J"}))
    assert split_report(output)[0]["api-version"] == "2.168 2J"


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

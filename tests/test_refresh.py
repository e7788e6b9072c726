"""Refreshing from X's whole document: each change is reported, written, regenerated, and followed or missed by name."""

from __future__ import annotations

import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from document import read_document
from regenerate import ROOT, read_files

PATH = "/2/insights/28hr"
FRAGMENT = read_document(ROOT / "openapi/insights-28hr.yaml")


def whole():
    """A document such as X's: the operation among others, with prose of its own."""
    document = copy.deepcopy(FRAGMENT)
    document["info"] = {"title": "X API v2", "version": "99.1"}
    document["paths"][PATH]["get"]["description"] = "Somebody else's words."
    document["paths"]["/2/tweets"] = {"get": {"operationId": "findTweets", "responses": {}}}
    document["components"]["schemas"]["Tweet"] = {"$ref": "#/components/schemas/Tweet"}
    document["components"]["schemas"]["TweetId"]["example"] = "20"
    document["components"]["schemas"]["Problem"]["discriminator"] = {"propertyName": "type"}
    scopes = document["components"]["securitySchemes"]["OAuth2UserToken"]["flows"]["authorizationCode"]["scopes"]
    scopes["tweet.write"] = "Post."
    return document


def operation(document):
    (item,) = (item for path, item in document["paths"].items() if path != "/2/tweets")
    return item["get"]


def parameter(document, name):
    return next(each for each in operation(document)["parameters"] if each.get("name") == name)


def schema(document, name):
    return document["components"]["schemas"][name]


def measurement(document):
    return schema(document, "Engagement")["properties"]["measurement"]["properties"]


def values(document):
    return measurement(document)["metrics_total"]["items"]["properties"]["value"]["items"]["properties"]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkout")
    for name in ("openapi", "generated", "facade", "scripts", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture
def checkout(original, tmp_path):
    return shutil.copytree(original, tmp_path / "copy")


@pytest.fixture
def refresh(checkout, tmp_path):
    def refresh(document, *options):
        if not isinstance(document, bytes):
            document = json.dumps(document).encode()
        path = tmp_path / "x-openapi.json"
        path.write_bytes(document)
        return refresh_from(checkout, path, *options)

    return refresh


def refresh_from(root, path, *options):
    script = [sys.executable, str(ROOT / "scripts/spec/refresh.py"), str(path), "--root", str(root), *options]
    return subprocess.run(script, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def run_tests(root, *arguments):
    """Run the checkout's own tests against its own sources."""
    path = os.pathsep.join(str(root / name) for name in ("facade", "generated"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": path, "COVERAGE_PROCESS_START": ""}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_nothing_changed(refresh, checkout, original):
    for options in ((), ("--check",)):
        run = refresh(whole(), *options)
        assert (run.returncode, run.stdout) == (0, "up to date with version 99.1\n"), run.stderr
        assert read_files(checkout) == read_files(original)


def test_neither_the_order_of_keys_nor_the_format_matters(refresh, checkout, original, tmp_path):
    def shuffled(node):
        if isinstance(node, dict):
            return {name: shuffled(node[name]) for name in random.Random(28).sample(sorted(node), len(node))}
        return [shuffled(each) for each in node] if isinstance(node, list) else node

    with (tmp_path / "x-openapi.yaml").open("w") as file:
        YAML().dump(shuffled(whole()), file)
    for run in (refresh(shuffled(whole())), refresh_from(checkout, tmp_path / "x-openapi.yaml")):
        assert (run.returncode, run.stdout) == (0, "up to date with version 99.1\n"), run.stderr
    assert read_files(checkout) == read_files(original)


def metric_added(document):
    parameter(document, "requested_metrics")["schema"]["items"]["enum"].insert(4, "Zaps")
    return "compatible  parameter requested_metrics[]: value Zaps added", None


def metric_removed(document):
    parameter(document, "requested_metrics")["schema"]["items"]["enum"].remove("EmailTweet")
    return "breaking    parameter requested_metrics[]: value EmailTweet removed", None


def granularity_added(document):
    parameter(document, "granularity")["schema"]["enum"].append("Fortnightly")
    return "compatible  parameter granularity: value Fortnightly added", None


def page_size_changed(document):
    parameter(document, "tweet_ids")["schema"]["maxItems"] = 100
    return "compatible  parameter tweet_ids: maxItems 25 → 100", "test_the_page_size_is_max_items_of_tweet_ids"


def page_size_lowered(document):
    parameter(document, "tweet_ids")["schema"]["maxItems"] = 10
    return "breaking    parameter tweet_ids: maxItems 25 → 10", "test_the_page_size_is_max_items_of_tweet_ids"


def other_bound_widened(document):
    parameter(document, "tweet_ids")["schema"]["minItems"] = 0
    return "compatible  parameter tweet_ids: minItems 1 → 0", None


def id_pattern_widened(document):
    schema(document, "TweetId")["pattern"] = "^[0-9]{1,20}$"
    line = "compatible  parameter tweet_ids[]: pattern ^[0-9]{1,19}$ → ^[0-9]{1,20}$"
    return line, "test_the_id_pattern_is_that_of_tweet_id"


def id_pattern_narrowed(document):
    schema(document, "TweetId")["pattern"] = "^[1-9][0-9]{0,18}$"
    line = "breaking    parameter tweet_ids[]: pattern ^[0-9]{1,19}$ → ^[1-9][0-9]{0,18}$"
    return line, "test_the_id_pattern_is_that_of_tweet_id"


def parameter_made_required(document):
    document["components"]["parameters"]["EngagementFieldsParameter"]["required"] = True
    line = "breaking    parameter engagement.fields: now required"
    return line, "test_the_required_parameters_are_those_that_a_query_has"


def required_parameter_added(document):
    new = {"name": "zone", "in": "query", "required": True, "schema": {"type": "string"}}
    operation(document)["parameters"].append(new)
    line = "breaking    parameter zone: added, required"
    return line, "test_the_required_parameters_are_those_that_a_query_has"


def optional_parameter_added(document):
    operation(document)["parameters"].insert(0, {"name": "zone", "in": "query", "schema": {"type": "string"}})
    return "compatible  parameter zone: added, optional", None


def parameter_removed(document):
    operation(document)["parameters"].pop()
    return "breaking    parameter engagement.fields: removed", "EngagementField"


def value_retyped(document):
    values(document)["metric_value"]["type"] = "string"
    place = "data[].measurement.metrics_total[].value[].metric_value"
    return (
        f"breaking    response 200, field {place}: type number → string",
        "test_the_decoded_structs_are_the_200_response",
    )


def field_removed(document):
    del measurement(document)["metrics_total"]
    line = "breaking    response 200, field data[].measurement.metrics_total: removed"
    return line, "test_the_decoded_structs_are_the_200_response"


def field_added(document):
    measurement(document)["metrics_by_zone"] = {"type": "number"}
    return "compatible  response 200, field data[].measurement.metrics_by_zone: added", None


def security_scheme_removed(document):
    operation(document)["security"].pop()
    line = "breaking    security scheme UserToken: removed"
    return line, "test_the_security_schemes_are_those_that_the_token_can_be"


def security_scheme_changed(document):
    document["components"]["securitySchemes"]["UserToken"]["scheme"] = "bearer"
    line = 'breaking    security scheme UserToken: definition {"type": "http", "scheme": "OAuth"}'
    return line + ' → {"type": "http", "scheme": "bearer"}', "test_the_security_schemes"


def scope_added(document):
    operation(document)["security"][0]["OAuth2UserToken"].append("users.read")
    line = "breaking    security scheme OAuth2UserToken: scope users.read added"
    return line, "test_the_security_schemes_are_those_that_the_token_can_be"


def default_response_removed(document):
    del operation(document)["responses"]["default"]
    line = "compatible  response default: application/json removed"
    return line, "test_the_default_responses_are_problem_and_error"


def path_renamed(document):
    document["paths"]["/2/insights/28h"] = document["paths"].pop(PATH)
    return "breaking    operation: path /2/insights/28hr → /2/insights/28h", "test_the_path_is_the_one_that_is_asked"


def operation_renamed(document):
    operation(document)["operationId"] = "getInsights"
    return "compatible  operation: operationId getInsights28Hr → getInsights", "get_insights_28_hr"


CHANGES = [
    metric_added,
    metric_removed,
    granularity_added,
    page_size_changed,
    page_size_lowered,
    other_bound_widened,
    id_pattern_widened,
    id_pattern_narrowed,
    parameter_made_required,
    required_parameter_added,
    optional_parameter_added,
    parameter_removed,
    value_retyped,
    field_removed,
    field_added,
    security_scheme_removed,
    security_scheme_changed,
    scope_added,
    default_response_removed,
    path_renamed,
    operation_renamed,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_is_reported_written_and_followed_or_missed_by_name(change, refresh, checkout, original):
    document = whole()
    line, missed = change(document)
    check = refresh(document, "--check")
    assert check.returncode == 1, check.stderr
    assert line in check.stdout.splitlines()
    assert read_files(checkout) == read_files(original)

    run = refresh(document)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(check.stdout)
    assert "next: nox -s tests" in run.stdout
    text = (checkout / "openapi/insights-28hr.yaml").read_text()
    assert '\n  # The version of X\'s document that these facts were taken from.\n  version: "99.1"\n' in text
    assert "description: The Posts to measure, each id once." in text
    assert "Somebody else's words." not in text

    again = refresh(document)
    assert (again.returncode, again.stdout) == (0, "up to date with version 99.1\n"), again.stdout + again.stderr

    if missed:
        run = run_tests(checkout, "tests/test_spec.py")
        assert run.returncode != 0
        assert missed in run.stdout + run.stderr
    else:
        run = run_tests(checkout, "tests/test_spec.py", "tests/test_wire.py")
        assert run.returncode == 0, run.stdout


def test_a_new_metric_is_usable_at_once(refresh, checkout):
    document = whole()
    metric_added(document)
    refresh(document)
    code = "from x_insights._metrics import Metric, checked_metrics as c; print(c(['zaps', Metric.ZAPS]))"
    path = os.pathsep.join(str(checkout / name) for name in ("facade", "generated"))
    environment = {**os.environ, "PYTHONPATH": path}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert printed.stdout == "(<Metric.ZAPS: 'Zaps'>,)\n"
    before = (ROOT / "openapi/insights-28hr.yaml").read_text().splitlines()
    after = (checkout / "openapi/insights-28hr.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        '  version: "99.1"',
        "            - Zaps",
    ]


def test_the_breaking_changes_come_first_with_a_summary_and_who_knows(refresh):
    document = whole()
    for change in (metric_added, page_size_changed, field_removed):
        change(document)
    run = refresh(document, "--check")
    lines = run.stdout.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["breaking", "compatible", "compatible"]
    assert lines[3] == f"1 breaking, 2 compatible: from version {FRAGMENT['info']['version']} to 99.1"
    knows = dict(line.split(" is named in ") for line in lines[4:])
    assert "facade/x_insights/_response.py" in knows["metrics_total"]
    assert "facade/x_insights/_ids.py" in knows["maxItems"]
    assert "\x1b" not in run.stdout


def test_the_walk_through_of_the_contributors_guide(refresh):
    document = whole()
    metric_added(document)
    page_size_changed(document)
    document["info"]["version"] = "2.190"
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (shown,) = re.findall(r"```console\n\$ nox -s refresh -- x-openapi.json\n(.*?)```", told, re.DOTALL)
    assert refresh(document).stdout == shown.replace("2.166", FRAGMENT["info"]["version"])
    assert "test_the_page_size_is_max_items_of_tweet_ids" in told


def test_an_action_that_x_now_says_itself_is_to_be_deleted(refresh):
    document = whole()
    parameter(document, "tweet_ids")["explode"] = False
    run = refresh(document)
    assert run.returncode == 0
    assert "breaking    parameter tweet_ids: explode true → false" in run.stdout
    assert "delete the action for $.paths.*.get.parameters[?@.name == 'tweet_ids']: " in run.stdout


def test_an_action_without_a_target_stops_the_refresh(refresh, checkout, original):
    document = whole()
    parameter(document, "tweet_ids")["name"] = "post_ids"
    run = refresh(document)
    assert run.returncode == 2
    assert "breaking    parameter tweet_ids: removed" in run.stdout
    assert "matches 0 places" in run.stderr
    assert read_files(checkout) == read_files(original)


def gone(document):
    del document["paths"][PATH]
    return "version 99.1 of the document lacks GET /2/insights/28hr (getInsights28Hr)"


def not_openapi_3(document):
    document["openapi"] = "2.0"
    return "x-openapi.json is not an OpenAPI 3 document"


def dangling(document):
    schema(document, "Engagement")["properties"]["new"] = {"$ref": "#/components/schemas/Gone"}
    return "$ref #/components/schemas/Gone points to nothing"


def remote(document):
    schema(document, "Engagement")["properties"]["new"] = {"$ref": "other.json#/Gone"}
    return "$ref other.json#/Gone points outside the document"


def cycle(document):
    schema(document, "Engagement")["properties"]["new"] = {"$ref": "#/components/schemas/Engagement"}
    return "$ref cycle: #/components/schemas/Engagement -> #/components/schemas/Engagement"


@pytest.mark.parametrize("break_", [gone, not_openapi_3, dangling, remote, cycle])
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_a_document_that_cannot_be_used_touches_nothing(refresh, checkout, original, break_, options):
    document = whole()
    line = break_(document)
    run = refresh(document, *options)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.endswith(f"{line}\n")
    assert run.stderr.count("\n") == 1
    assert read_files(checkout) == read_files(original)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"openapi": ', b"a: [", b"\xff", b"{}", b"[" * 9999, b"text"])
def test_a_file_that_is_no_document(refresh, content):
    run = refresh(content)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), run.stderr


def test_a_file_that_is_not_there(checkout, tmp_path):
    run = refresh_from(checkout, tmp_path / "nowhere.json")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)


def test_a_refresh_that_cannot_be_generated_leaves_things_as_they_were(refresh, checkout, original):
    document = whole()
    values(document)["metric_value"]["type"] = "no type at all"
    run = refresh(document)
    assert run.returncode == 2
    assert "openapi-python-client failed" in run.stderr
    assert read_files(checkout) == read_files(original)

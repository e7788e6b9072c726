"""What the facade itself knows of X's document, compared with the fragments. It must follow a refresh."""

from __future__ import annotations

import inspect
import json
from typing import NamedTuple

import msgspec
import pytest
from openapi_spec_validator import validate

from scripts.spec.changes import NULLABLE_FIELDS
from scripts.spec.document import read_document, resolve_reference
from scripts.spec.fragments import merge_fragments, read_fragments
from scripts.spec.regenerate import ROOT, apply_overlay, derive_member_name, derive_member_names
from x_insights import AsyncInsightsClient, Insights, InsightsClient, _validation
from x_insights._endpoints import Endpoint, analytics_body, base, insights_28hr, tweets_analytics
from x_insights._query import validate_query
from x_insights_api.models import AnalyticsField, AnalyticsGranularity, EngagementField, Granularity, Metric

FRAGMENTS = {path.stem: document for path, document in read_fragments(ROOT).items()}
OVERLAY = read_document(ROOT / "openapi/overlay.yaml")
DOCUMENT = apply_overlay(merge_fragments(FRAGMENTS), OVERLAY)


def resolved(node):
    """Return the node with every reference replaced by its target."""
    if isinstance(node, list):
        return [resolved(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return resolved(resolve_reference(DOCUMENT, node["$ref"]))
    return {name: resolved(item) for name, item in node.items()}


def get_parameters(operation):
    return {parameter["name"]: parameter for parameter in resolved(operation["parameters"])}


class Known(NamedTuple):
    """What the facade knows of one operation."""

    fragment: str
    endpoint: Endpoint
    path: str
    ids: str
    required: set
    body: type

    @property
    def operation(self):
        (item,) = FRAGMENTS[self.fragment]["paths"].values()
        return item["get"]

    @property
    def query(self):
        return self.endpoint.adapt_query(validate_query(Metric, "20", "Likes", "Total", None))

    def build_request(self):
        return self.endpoint.build_request(self.query)


ALL_KNOWN = (
    Known(
        "insights-28hr",
        insights_28hr.Insights28hr(),
        "/2/insights/28hr",
        "tweet_ids",
        {"tweet_ids", "granularity", "requested_metrics"},
        insights_28hr.InsightsBody,
    ),
    Known(
        "tweets-analytics",
        tweets_analytics.TweetsAnalytics(),
        "/2/tweets/analytics",
        "ids",
        {"ids", "start_time", "end_time"},
        analytics_body.AnalyticsBody,
    ),
)
PARAMETERS, ANALYTICS_PARAMETERS = (get_parameters(known.operation) for known in ALL_KNOWN)

# Each test checks all operations in a loop, so that a refresh fails by the name of the test.


@pytest.mark.parametrize("document", [*FRAGMENTS.values(), DOCUMENT], ids=[*FRAGMENTS, "merged"])
def test_the_spec_is_valid(document):
    validate(document)


def test_every_overlay_action_has_a_reason():
    assert all(action["description"] for action in OVERLAY["actions"])


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_every_array_parameter_is_sent_as_one_key(path):
    parameters = get_parameters(DOCUMENT["paths"][path]["get"]).values()
    assert all(each["explode"] is False for each in parameters if each["schema"]["type"] == "array")


def test_the_default_base_url_is_the_server():
    servers = [[server["url"] for server in fragment["servers"]] for fragment in FRAGMENTS.values()]
    for client in (InsightsClient, AsyncInsightsClient):
        default = inspect.signature(client).parameters["base_url"].default
        assert servers == [[default]] * len(servers)


def test_the_requested_path_is_in_the_fragment():
    for known in ALL_KNOWN:
        assert list(FRAGMENTS[known.fragment]["paths"]) == [known.path]
        assert known.build_request()["url"] == known.path


def test_the_page_size_is_max_items_of_the_ids():
    for known in ALL_KNOWN:
        assert get_parameters(known.operation)[known.ids]["schema"]["maxItems"] == known.endpoint.page_size


def test_the_id_pattern_is_that_of_the_ids():
    for known in ALL_KNOWN:
        pattern = get_parameters(known.operation)[known.ids]["schema"]["items"]["pattern"]
        assert pattern == _validation.ID_PATTERN.pattern


def test_requests_have_the_required_parameters():
    for known in ALL_KNOWN:
        parameters = get_parameters(known.operation)
        required = {name for name, parameter in parameters.items() if parameter.get("required")}
        assert required == known.required
        assert required < set(known.build_request()["params"]) <= set(parameters)


@pytest.mark.parametrize(
    ("enum", "schema"),
    [
        (Metric, PARAMETERS["requested_metrics"]["schema"]["items"]),
        (Granularity, PARAMETERS["granularity"]["schema"]),
        (EngagementField, PARAMETERS["engagement.fields"]["schema"]["items"]),
        (AnalyticsGranularity, ANALYTICS_PARAMETERS["granularity"]["schema"]),
        (AnalyticsField, ANALYTICS_PARAMETERS["analytics.fields"]["schema"]["items"]),
    ],
)
def test_enums_have_the_values_of_the_spec_and_readable_names(enum, schema):
    assert {member.value for member in enum} == set(schema["enum"])
    assert all(member.name == derive_member_name(member.value) for member in enum)


def test_member_names():
    assert derive_member_name("VideoPlayed25Percent") == "VIDEO_PLAYED_25_PERCENT"
    assert derive_member_name("Impressions") == "IMPRESSIONS"
    assert derive_member_name("app_install_attempts") == "APP_INSTALL_ATTEMPTS"
    assert derive_member_name("2xClicks") == "VALUE_2X_CLICKS"
    assert derive_member_name("a.b-c") == "A_B_C"
    assert derive_member_name("+") == "VALUE"
    assert derive_member_names(["Likes", "likes", None, "+1", "-1"]) == ["LIKES", "LIKES_2", "VALUE_1", "VALUE_1_2"]


def test_the_default_responses_are_problem_and_error():
    for known in ALL_KNOWN:
        content = known.operation["responses"]["default"]["content"]
        assert {kind: body["schema"]["$ref"].rpartition("/")[2] for kind, body in content.items()} == {
            "application/json": "Error",
            "application/problem+json": "Problem",
        }


def test_the_security_schemes_are_those_that_a_token_supports():
    schemes = DOCUMENT["components"]["securitySchemes"]
    for known in ALL_KNOWN:
        supported = {}
        for alternative in known.operation["security"]:
            ((name, scopes),) = alternative.items()  # the name is X's to change
            supported[schemes[name]["type"], schemes[name].get("scheme")] = {*scopes}
        assert supported == {
            ("oauth2", None): {"tweet.read", *known.endpoint.extra_scopes},
            ("http", "OAuth"): set(),
        }


def shape(schema):
    """Return a schema as nested names and types, without its descriptions."""
    if schema["type"] == "array":
        return [shape(schema["items"])]
    if schema["type"] == "object":
        return {name: shape(item) for name, item in schema["properties"].items()}
    return schema["type"]


def decoded_shape(kind):
    """Return a decoded struct in the same form, a mapping of metrics as the metrics that it may have."""
    if isinstance(kind, msgspec.inspect.StructType):
        return {field.encode_name: decoded_shape(field.type) for field in kind.fields}
    if isinstance(kind, msgspec.inspect.ListType):
        return [decoded_shape(kind.item_type)]
    if isinstance(kind, msgspec.inspect.DictType):
        metrics = {field.value for field in AnalyticsField} - {"id", "timestamp", "timestamped_metrics"}
        return dict.fromkeys(sorted(metrics), decoded_shape(kind.value_type))
    if isinstance(kind, msgspec.inspect.UnionType):
        types = [decoded_shape(item) for item in kind.types if not isinstance(item, msgspec.inspect.NoneType)]
        return "number" if "number" in types else next((each for each in types if isinstance(each, list)), types[0])
    names = {"StrType": "string", "IntType": "integer", "FloatType": "number", "AnyType": "extension"}
    return names[type(kind).__name__]


def test_the_decoded_structs_match_the_200_response():
    for known in ALL_KNOWN:
        spec = shape(resolved(known.operation["responses"]["200"]["content"]["application/json"]["schema"]))
        ours = decoded_shape(msgspec.inspect.type_info(known.body))
        # Extension members of RFC 7807, which X's own subtypes of Problem have and the fragment leaves out.
        (problem,) = ours["errors"]
        assert (problem.pop("resource_id"), problem.pop("value")) == ("extension", "extension")
        assert problem.pop("message") == "extension"  # X's legacy errors have it
        assert lacking(ours, spec) == []


@pytest.mark.parametrize("place", sorted(NULLABLE_FIELDS))
def test_null_is_read_where_a_refresh_takes_it_for_compatible(place):
    body = None
    for part in reversed(place.split(".")):
        name = part.removesuffix("[]")
        body = {"id": "20", name: body if name == part else [body]}
    for known in ALL_KNOWN:
        page = known.endpoint.parse_page(json.dumps(body).encode(), known.query)
        insights = Insights(("20",), (page,))
        assert (insights.to_rows(), len(insights.errors)) == ([], place.startswith("errors"))


def test_the_counters_next_to_an_id_are_the_metrics():
    (item,) = shape(resolved(DOCUMENT["components"]["schemas"]["GetPostsAnalyticsResponse"]))["data"]
    metrics = decoded_shape(msgspec.inspect.type_info(dict[str, base.Value]))
    assert lacking(metrics, item) == []


def lacking(wanted, given, place="$"):
    """The places of `wanted` that `given` does not have alike. What X adds is ignored until the facade wants it."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return [each for name, item in wanted.items() for each in lacking(item, given.get(name), f"{place}.{name}")]
    if isinstance(wanted, list) and isinstance(given, list):
        return lacking(wanted[0], given[0], f"{place}[]")
    same = wanted == given or (wanted == "number" and given == "integer")
    return [] if same else [f"{place}: the facade decodes {wanted}, the spec has {given}"]

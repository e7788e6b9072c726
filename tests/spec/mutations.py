"""Changes that X may make to its document: how each is reported, and how the facade notices it.

If the facade does not follow a change, one of its tests fails, or an import does.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from .documents import (
    INSIGHTS,
    get_measurement,
    get_operation,
    get_parameter,
    get_schema,
    get_total,
)

MUTATIONS = []


@attrs.frozen
class Mutation:
    """A change, the line that reports it, and the tests or the import that fail."""

    mutate: Callable
    line: str
    failing_tests: tuple[str, ...]
    failing_import: str | None


def mutation(line, *failing_tests, failing_import=None):
    """Add the decorated function to MUTATIONS."""

    def add(mutate):
        MUTATIONS.append(Mutation(mutate, line, failing_tests, failing_import))
        return mutate

    return add


@mutation("compatible  parameter requested_metrics[]: value Zaps added")
def add_metric(document):
    get_parameter(document, "requested_metrics")["schema"]["items"]["enum"].insert(4, "Zaps")


@mutation("breaking    parameter requested_metrics[]: value EmailTweet removed")
def remove_metric(document):
    get_parameter(document, "requested_metrics")["schema"]["items"]["enum"].remove("EmailTweet")


@mutation("compatible  parameter granularity: value Fortnightly added")
def add_granularity(document):
    get_parameter(document, "granularity")["schema"]["enum"].append("Fortnightly")


@mutation("compatible  parameter tweet_ids: maxItems 25 → 100", "test_the_page_size_is_max_items_of_the_ids")
def raise_page_size(document):
    get_parameter(document, "tweet_ids")["schema"]["maxItems"] = 100


@mutation("breaking    parameter tweet_ids: maxItems 25 → 10", "test_the_page_size_is_max_items_of_the_ids")
def lower_page_size(document):
    get_parameter(document, "tweet_ids")["schema"]["maxItems"] = 10


@mutation("compatible  parameter tweet_ids: minItems 1 → 0")
def widen_another_bound(document):
    get_parameter(document, "tweet_ids")["schema"]["minItems"] = 0


@mutation(
    "breaking    parameter tweet_ids[]: pattern ^[0-9]{1,19}$ → ^[0-9]{1,20}$",
    "test_the_id_pattern_is_that_of_the_ids",
)
def change_id_pattern(document):
    get_schema(document, "TweetId")["pattern"] = "^[0-9]{1,20}$"


@mutation(
    "breaking    parameter engagement.fields: now required",
    "test_requests_have_the_required_parameters",
)
def require_parameter(document):
    document["components"]["parameters"]["EngagementFieldsParameter"]["required"] = True


@mutation(
    "breaking    parameter zone: added, required",
    "test_requests_have_the_required_parameters",
    "test_the_requested_path_is_in_the_fragment",
)
def add_required_parameter(document):
    new = {"name": "zone", "in": "query", "required": True, "schema": {"type": "string"}}
    get_operation(document)["parameters"].append(new)


@mutation("compatible  parameter zone: added, optional")
def add_optional_parameter(document):
    get_operation(document)["parameters"].insert(0, {"name": "zone", "in": "query", "schema": {"type": "string"}})


@mutation("breaking    parameter engagement.fields: removed", failing_import="EngagementField")
def remove_parameter(document):
    get_operation(document)["parameters"].pop()


@mutation(
    "breaking    response 200, field data[].measurement.metrics_total[].value[].metric_value: type number → string",
    "test_the_decoded_structs_match_the_200_response",
)
def retype_field(document):
    get_total(document)["metric_value"]["type"] = "string"


@mutation(
    "breaking    response 200, field data[].measurement.metrics_total: removed",
    "test_the_decoded_structs_match_the_200_response",
)
def remove_field(document):
    del get_measurement(document)["metrics_total"]


@mutation("compatible  response 200, field data[].measurement.metrics_by_zone: added")
def add_field(document):
    get_measurement(document)["metrics_by_zone"] = {"type": "number"}


@mutation("compatible  security scheme UserToken: now called Signature")
def rename_security_scheme(document):
    schemes = document["components"]["securitySchemes"]
    schemes["Signature"] = schemes.pop("UserToken")
    for path in document["paths"]:
        for alternative in get_operation(document, path).get("security", []):
            if "UserToken" in alternative:
                alternative["Signature"] = alternative.pop("UserToken")


@mutation(
    "breaking    security scheme UserToken: removed",
    "test_the_security_schemes_are_those_that_a_token_supports",
)
def remove_security_scheme(document):
    get_operation(document)["security"].pop()


@mutation(
    'breaking    security scheme UserToken: definition {"type": "http", "scheme": "OAuth"}'
    ' → {"type": "http", "scheme": "bearer"}',
    "test_the_security_schemes_are_those_that_a_token_supports",
)
def change_security_scheme(document):
    document["components"]["securitySchemes"]["UserToken"]["scheme"] = "bearer"


@mutation(
    "breaking    security scheme OAuth2UserToken: scope users.read added",
    "test_the_security_schemes_are_those_that_a_token_supports",
)
def add_scope(document):
    get_operation(document)["security"][0]["OAuth2UserToken"].append("users.read")


@mutation(
    "breaking    document: servers https://api.x.com → https://api.example.org",
    "test_the_default_base_url_is_the_server",
)
def change_server(document):
    document["servers"][0]["url"] = "https://api.example.org"


@mutation(
    "compatible  response default: application/json removed",
    "test_the_default_responses_are_problem_and_error",
)
def remove_default_response(document):
    del get_operation(document)["responses"]["default"]


@mutation(
    "breaking    operation: path /2/insights/28hr → /2/insights/28h",
    "test_the_requested_path_is_in_the_fragment",
)
def rename_path(document):
    document["paths"]["/2/insights/28h"] = document["paths"].pop(INSIGHTS)


@mutation("compatible  operation: operationId getInsights28Hr → getInsights", failing_import="Granularity")
def rename_operation(document):
    get_operation(document)["operationId"] = "getInsights"

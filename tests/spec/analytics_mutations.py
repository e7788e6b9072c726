"""Changes that X may make to the operation for analytics."""

from __future__ import annotations

from .documents import ANALYTICS, get_analytics_buckets, get_analytics_fields, get_operation, get_parameter, get_schema
from .mutations import mutation


@mutation("compatible  parameter analytics.fields[]: value poll_votes added")
def add_analytics_metric(document):
    get_analytics_fields(document).append("poll_votes")
    get_schema(document, "Analytics")["properties"]["poll_votes"] = {"type": "integer"}
    get_analytics_buckets(document)["poll_votes"] = {"type": "integer", "format": "int64", "nullable": True}


@mutation("compatible  parameter ids: maxItems 100 → 200", "test_the_page_size_is_max_items_of_the_ids")
def raise_analytics_page_size(document):
    get_parameter(document, "ids", ANALYTICS)["schema"]["maxItems"] = 200


@mutation("breaking    parameter granularity: now required", "test_requests_have_the_required_parameters")
def require_granularity(document):
    get_parameter(document, "granularity", ANALYTICS)["required"] = True


@mutation(
    "breaking    security scheme OAuth2UserToken: scope offline.access added",
    "test_the_security_schemes_are_those_that_a_token_supports",
)
def add_analytics_scope(document):
    get_operation(document, ANALYTICS)["security"][0]["OAuth2UserToken"].append("offline.access")


@mutation(
    "breaking    response 200, field data[].timestamped_metrics[].metrics.likes: type integer → string",
    "test_the_decoded_structs_match_the_200_response",
)
def retype_metric_of_a_bucket(document):
    get_analytics_buckets(document)["likes"]["type"] = "string"


@mutation(
    "breaking    response 200, field data[].likes: removed",
    "test_the_counters_next_to_an_id_are_the_metrics",
)
def remove_counter(document):
    del get_schema(document, "Analytics")["properties"]["likes"]

"""A document such as X's whole OpenAPI document, and the ways to its parts."""

from __future__ import annotations

import copy

from scripts.spec.fragments import merge_fragments, read_fragments
from scripts.spec.regenerate import ROOT

INSIGHTS = "/2/insights/28hr"
ANALYTICS = "/2/tweets/analytics"
FRAGMENTS = read_fragments(ROOT)


def build_document():
    """Build a document that has the operations among others, and other prose than the fragments."""
    document = copy.deepcopy(merge_fragments(FRAGMENTS))
    document["info"] = {"title": "X API v2", "version": "99.1"}
    document["paths"][INSIGHTS]["get"]["description"] = "Somebody else's words."
    document["paths"]["/2/tweets"] = {"get": {"operationId": "findTweets", "responses": {}}}
    schemas = document["components"]["schemas"]
    schemas["Tweet"] = {"$ref": "#/components/schemas/Tweet"}
    schemas["TweetId"]["example"] = "20"
    schemas["Problem"]["discriminator"] = {"propertyName": "type"}
    scopes = document["components"]["securitySchemes"]["OAuth2UserToken"]["flows"]["authorizationCode"]["scopes"]
    scopes["tweet.write"] = "Post."
    return document


def get_operation(document, path=INSIGHTS):
    return document["paths"][path]["get"]


def get_parameter(document, name, path=INSIGHTS):
    return next(each for each in get_operation(document, path)["parameters"] if each.get("name") == name)


def get_schema(document, name):
    return document["components"]["schemas"][name]


def get_measurement(document):
    return get_schema(document, "Engagement")["properties"]["measurement"]["properties"]


def get_total(document):
    return get_measurement(document)["metrics_total"]["items"]["properties"]["value"]["items"]["properties"]


def get_analytics_fields(document):
    return document["components"]["parameters"]["AnalyticsFieldsParameter"]["schema"]["items"]["enum"]


def get_analytics_buckets(document):
    items = get_schema(document, "AnalyticsTimestampedMetrics")["items"]
    return items["properties"]["metrics"]["properties"]

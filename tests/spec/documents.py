"""A document such as X's whole OpenAPI document, and the ways to its parts."""

from __future__ import annotations

import copy

from document import read_document
from regenerate import ROOT

PATH = "/2/insights/28hr"
FRAGMENT = read_document(ROOT / "openapi/insights-28hr.yaml")


def build_document():
    """Build a document that has the operation among others, and other prose than the fragment."""
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


def get_operation(document):
    return document["paths"][PATH]["get"]


def get_parameter(document, name):
    return next(each for each in get_operation(document)["parameters"] if each.get("name") == name)


def get_schema(document, name):
    return document["components"]["schemas"][name]


def get_measurement(document):
    return get_schema(document, "Engagement")["properties"]["measurement"]["properties"]


def get_total(document):
    return get_measurement(document)["metrics_total"]["items"]["properties"]["value"]["items"]["properties"]

"""All fragments make one document. What two of them define differently is an error that names it."""

from __future__ import annotations

import copy

import pytest

from scripts.spec.document import SpecError
from scripts.spec.fragments import merge_fragments, read_fragments
from scripts.spec.regenerate import ROOT

from .documents import get_schema

INSIGHTS, ANALYTICS = (path.as_posix() for path in read_fragments(ROOT))


@pytest.fixture
def fragments():
    """The fragments, which a test may change."""
    return {path.as_posix(): copy.deepcopy(document) for path, document in read_fragments(ROOT).items()}


def get_scopes(document):
    return document["components"]["securitySchemes"]["OAuth2UserToken"]["flows"]["authorizationCode"]["scopes"]


def test_the_merged_document_has_what_each_fragment_has(fragments):
    before = copy.deepcopy(fragments)
    merged = merge_fragments(fragments)
    assert list(merged["paths"]) == ["/2/insights/28hr", "/2/tweets/analytics"]
    schemas = [fragment["components"]["schemas"] for fragment in fragments.values()]
    assert merged["components"]["schemas"] == {**schemas[0], **schemas[1]}
    assert merged["info"]["version"] == ", ".join(each["info"]["version"] for each in fragments.values())
    assert list(get_scopes(merged)) == ["tweet.read", "users.read"]
    assert fragments == before


def test_the_order_of_fragments_is_that_of_their_names(fragments):
    assert list(fragments) == sorted(fragments) == ["openapi/insights-28hr.yaml", "openapi/tweets-analytics.yaml"]


def change_schema(fragment):
    get_schema(fragment, "Error")["properties"]["message"]["maxLength"] = 99
    return "schemas Error"


def change_security_scheme(fragment):
    fragment["components"]["securitySchemes"]["UserToken"]["scheme"] = "bearer"
    return "securitySchemes UserToken"


def change_flow(fragment):
    scheme = fragment["components"]["securitySchemes"]["OAuth2UserToken"]
    scheme["flows"]["authorizationCode"]["tokenUrl"] = "https://example.org"
    return "securitySchemes OAuth2UserToken"


def change_server(fragment):
    fragment["servers"][0]["url"] = "https://api.example.org"
    return "servers"


def change_openapi_version(fragment):
    fragment["openapi"] = "3.0.1"
    return "openapi"


def add_the_other_path(fragment):
    fragment["paths"]["/2/insights/28hr"] = {"get": {"responses": {}}}
    return "path /2/insights/28hr"


@pytest.mark.parametrize(
    "change",
    [change_schema, change_security_scheme, change_flow, change_server, change_openapi_version, add_the_other_path],
)
def test_a_definition_that_differs_is_named(fragments, change):
    thing = change(fragments[ANALYTICS])
    with pytest.raises(SpecError) as caught:
        merge_fragments(fragments)
    assert str(caught.value) == f"{ANALYTICS} defines {thing} differently from another fragment"


def test_prose_that_differs_is_the_first_fragments(fragments):
    expected = merge_fragments(copy.deepcopy(fragments))
    get_schema(fragments[ANALYTICS], "Problem")["description"] = "Other words."
    fragments[ANALYTICS]["servers"][0]["description"] = "Other words."
    get_scopes(fragments[ANALYTICS])["tweet.read"] = "Other words."
    assert merge_fragments(fragments) == expected

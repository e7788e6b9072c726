"""FastAPI: the route of the recipe responds with insights, or with an HTTP error."""

from __future__ import annotations

import sys

import pytest
from documents import find_example, run
from fastapi.testclient import TestClient

from x_insights import InsightsDict


@pytest.fixture
def http(sandbox):
    with TestClient(run(find_example("FastAPI("), sandbox)["app"]) as http:
        yield http


def test_the_route_responds_with_insights(http, sandbox):
    sandbox.forbid("20")
    response = http.get("/posts/1346889436626259968,20", params={"metrics": "impressions,likes"})
    assert response.status_code == 200
    assert response.json()["tweets"] == {
        "1346889436626259968": {"totals": {"Impressions": 1024, "Likes": 20}, "series": []}
    }
    assert response.json()["errors"][0]["tweet_ids"] == ["20"]
    assert [request.tweet_ids for request in sandbox.requests] == [("1346889436626259968", "20")]


def test_the_openapi_document_has_the_fields_of_insights(http):
    document = http.get("/openapi.json").json()
    (content,) = document["paths"]["/posts/{tweet_ids}"]["get"]["responses"]["200"]["content"].values()
    assert content["schema"] == {"$ref": "#/components/schemas/InsightsDict"}
    assert set(document["components"]["schemas"]["InsightsDict"]["properties"]) == InsightsDict.__required_keys__


def test_an_invalid_id_gets_a_422(http, sandbox):
    response = http.get("/posts/10,x")
    assert response.status_code == 422
    assert "tweet_ids[1] is 'x'" in response.json()["detail"]
    assert not sandbox.requests


@pytest.mark.parametrize(("status", "expected", "name"), [(503, 503, "ServerError"), (401, 502, "AuthenticationError")])
def test_the_status_of_a_failure_says_whether_to_retry(http, sandbox, status, expected, name):
    sandbox.fail_next(status=status)
    response = http.get("/posts/10")
    assert (response.status_code, response.json()) == (expected, {"detail": name, "pending": ["10"]})
    assert http.get("/posts/10").status_code == 200


def test_the_recipe_tests_the_route(sandbox, tmp_path, monkeypatch):
    (tmp_path / "service.py").write_text(find_example("FastAPI("))
    monkeypatch.syspath_prepend(tmp_path)
    names = {}
    exec(compile(find_example("import TestClient"), "test_service.py", "exec"), names)
    monkeypatch.delitem(sys.modules, "service")
    names["test_a_forbidden_post_is_named"](sandbox, monkeypatch)
    assert [request.tweet_ids for request in sandbox.requests] == [("10", "20")]

from fastapi.testclient import TestClient
from x_insights import AsyncInsightsClient
from x_insights.testing import Sandbox

from post_board.app import create_app


def board(sandbox: Sandbox) -> TestClient:
    return TestClient(create_app(AsyncInsightsClient("any-token", base_url=sandbox.url, attempts=1)))


def test_insights_are_json(x_insights_sandbox: Sandbox) -> None:
    x_insights_sandbox.forbid("20")
    with board(x_insights_sandbox) as http:
        insights = http.get("/posts/10,20", params={"granularity": "Hourly"}).json()
    assert list(insights["tweets"]) == ["10"]
    assert insights["tweets"]["10"]["series"][0]["metrics"]["Impressions"] >= 0
    assert insights["errors"][0]["tweet_ids"] == ["20"]
    assert [request.tweet_ids for request in x_insights_sandbox.requests] == [("10", "20")]


def test_the_shape_is_in_the_openapi_document_of_the_service(x_insights_sandbox: Sandbox) -> None:
    with board(x_insights_sandbox) as http:
        document = http.get("/openapi.json").json()
    assert {"InsightsDict", "TweetInsights", "Bucket", "PartialError"} <= set(document["components"]["schemas"])


def test_an_invalid_id_is_a_client_error(x_insights_sandbox: Sandbox) -> None:
    with board(x_insights_sandbox) as http:
        response = http.get("/posts/10,x")
    assert response.status_code == 422
    assert "tweet_ids[1] is 'x'" in response.json()["detail"]
    assert not x_insights_sandbox.requests


def test_server_errors_are_retryable(x_insights_sandbox: Sandbox) -> None:
    x_insights_sandbox.fail_next(status=503)
    with board(x_insights_sandbox) as http:
        response = http.get("/posts/10")
        assert (response.status_code, response.json()) == (503, {"detail": "ServerError", "pending": ["10"]})
        assert http.get("/posts/10").status_code == 200

"""The board's HTTP side: insights of Posts as JSON."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from x_insights import AsyncInsightsClient, GranularityName, InsightsDict, InvalidRequestError, XInsightsError


def create_app(client: AsyncInsightsClient) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with client:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/posts/{tweet_ids}")
    async def posts(
        tweet_ids: str, metric: str = "impressions", granularity: GranularityName = "Total"
    ) -> InsightsDict:
        insights = await client.get_28hr(tweet_ids.split(","), metric, granularity)
        return insights.to_dict()

    @app.exception_handler(XInsightsError)
    async def failed(_: Request, error: XInsightsError) -> JSONResponse:
        if isinstance(error, InvalidRequestError):
            return JSONResponse({"detail": str(error)}, 422)
        return JSONResponse({"detail": type(error).__name__, "pending": error.pending}, 503 if error.retryable else 502)

    return app

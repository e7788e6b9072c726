from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.engagement_field import EngagementField
from ...models.error import Error
from ...models.granularity import Granularity
from ...models.insights_response import InsightsResponse
from ...models.metric import Metric
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    tweet_ids: list[str],
    granularity: Granularity,
    requested_metrics: list[Metric],
    engagement_fields: list[EngagementField] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_tweet_ids = tweet_ids

    params["tweet_ids"] = json_tweet_ids

    json_granularity = granularity.value
    params["granularity"] = json_granularity

    json_requested_metrics = []
    for requested_metrics_item_data in requested_metrics:
        requested_metrics_item = requested_metrics_item_data.value
        json_requested_metrics.append(requested_metrics_item)

    params["requested_metrics"] = json_requested_metrics

    json_engagement_fields: list[str] | Unset = UNSET
    if not isinstance(engagement_fields, Unset):
        json_engagement_fields = []
        for engagement_fields_item_data in engagement_fields:
            engagement_fields_item = engagement_fields_item_data.value
            json_engagement_fields.append(engagement_fields_item)

    params["engagement.fields"] = json_engagement_fields

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/2/insights/28hr",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Error | InsightsResponse:
    if response.status_code == 200:
        response_200 = InsightsResponse.from_dict(response.json())

        return response_200

    response_default = Error.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | InsightsResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    tweet_ids: list[str],
    granularity: Granularity,
    requested_metrics: list[Metric],
    engagement_fields: list[EngagementField] | Unset = UNSET,
) -> Response[Error | InsightsResponse]:
    """Engagement metrics of Posts over the last 28 hours

     Answers, for up to 25 Posts of the authorizing account, how often each requested metric was counted
    in the last
    28 hours: as one total, or as a time series.

    Args:
        tweet_ids (list[str]):
        granularity (Granularity):
        requested_metrics (list[Metric]):
        engagement_fields (list[EngagementField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | InsightsResponse]
    """

    kwargs = _get_kwargs(
        tweet_ids=tweet_ids,
        granularity=granularity,
        requested_metrics=requested_metrics,
        engagement_fields=engagement_fields,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    tweet_ids: list[str],
    granularity: Granularity,
    requested_metrics: list[Metric],
    engagement_fields: list[EngagementField] | Unset = UNSET,
) -> Error | InsightsResponse | None:
    """Engagement metrics of Posts over the last 28 hours

     Answers, for up to 25 Posts of the authorizing account, how often each requested metric was counted
    in the last
    28 hours: as one total, or as a time series.

    Args:
        tweet_ids (list[str]):
        granularity (Granularity):
        requested_metrics (list[Metric]):
        engagement_fields (list[EngagementField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | InsightsResponse
    """

    return sync_detailed(
        client=client,
        tweet_ids=tweet_ids,
        granularity=granularity,
        requested_metrics=requested_metrics,
        engagement_fields=engagement_fields,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    tweet_ids: list[str],
    granularity: Granularity,
    requested_metrics: list[Metric],
    engagement_fields: list[EngagementField] | Unset = UNSET,
) -> Response[Error | InsightsResponse]:
    """Engagement metrics of Posts over the last 28 hours

     Answers, for up to 25 Posts of the authorizing account, how often each requested metric was counted
    in the last
    28 hours: as one total, or as a time series.

    Args:
        tweet_ids (list[str]):
        granularity (Granularity):
        requested_metrics (list[Metric]):
        engagement_fields (list[EngagementField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | InsightsResponse]
    """

    kwargs = _get_kwargs(
        tweet_ids=tweet_ids,
        granularity=granularity,
        requested_metrics=requested_metrics,
        engagement_fields=engagement_fields,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    tweet_ids: list[str],
    granularity: Granularity,
    requested_metrics: list[Metric],
    engagement_fields: list[EngagementField] | Unset = UNSET,
) -> Error | InsightsResponse | None:
    """Engagement metrics of Posts over the last 28 hours

     Answers, for up to 25 Posts of the authorizing account, how often each requested metric was counted
    in the last
    28 hours: as one total, or as a time series.

    Args:
        tweet_ids (list[str]):
        granularity (Granularity):
        requested_metrics (list[Metric]):
        engagement_fields (list[EngagementField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | InsightsResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            tweet_ids=tweet_ids,
            granularity=granularity,
            requested_metrics=requested_metrics,
            engagement_fields=engagement_fields,
        )
    ).parsed

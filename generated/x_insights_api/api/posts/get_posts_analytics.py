import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.analytics_field import AnalyticsField
from ...models.analytics_granularity import AnalyticsGranularity
from ...models.analytics_response import AnalyticsResponse
from ...models.error import Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    ids: list[str],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    granularity: AnalyticsGranularity | Unset = AnalyticsGranularity.TOTAL,
    analytics_fields: list[AnalyticsField] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_ids = ids

    params["ids"] = json_ids

    json_start_time = start_time.isoformat()
    params["start_time"] = json_start_time

    json_end_time = end_time.isoformat()
    params["end_time"] = json_end_time

    json_granularity: str | Unset = UNSET
    if not isinstance(granularity, Unset):
        json_granularity = granularity.value

    params["granularity"] = json_granularity

    json_analytics_fields: list[str] | Unset = UNSET
    if not isinstance(analytics_fields, Unset):
        json_analytics_fields = []
        for analytics_fields_item_data in analytics_fields:
            analytics_fields_item = analytics_fields_item_data.value
            json_analytics_fields.append(analytics_fields_item)

    params["analytics.fields"] = json_analytics_fields

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/2/tweets/analytics",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> AnalyticsResponse | Error:
    if response.status_code == 200:
        response_200 = AnalyticsResponse.from_dict(response.json())

        return response_200

    response_default = Error.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AnalyticsResponse | Error]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    ids: list[str],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    granularity: AnalyticsGranularity | Unset = AnalyticsGranularity.TOTAL,
    analytics_fields: list[AnalyticsField] | Unset = UNSET,
) -> Response[AnalyticsResponse | Error]:
    """Engagement metrics of Posts over a period

     Answers, for up to 100 Posts of the authorizing account, how often each requested metric was counted
    between two
    times: as one total, or as a time series.

    Args:
        ids (list[str]):
        start_time (datetime.datetime):
        end_time (datetime.datetime):
        granularity (AnalyticsGranularity | Unset):  Default: AnalyticsGranularity.TOTAL.
        analytics_fields (list[AnalyticsField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnalyticsResponse | Error]
    """

    kwargs = _get_kwargs(
        ids=ids,
        start_time=start_time,
        end_time=end_time,
        granularity=granularity,
        analytics_fields=analytics_fields,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    ids: list[str],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    granularity: AnalyticsGranularity | Unset = AnalyticsGranularity.TOTAL,
    analytics_fields: list[AnalyticsField] | Unset = UNSET,
) -> AnalyticsResponse | Error | None:
    """Engagement metrics of Posts over a period

     Answers, for up to 100 Posts of the authorizing account, how often each requested metric was counted
    between two
    times: as one total, or as a time series.

    Args:
        ids (list[str]):
        start_time (datetime.datetime):
        end_time (datetime.datetime):
        granularity (AnalyticsGranularity | Unset):  Default: AnalyticsGranularity.TOTAL.
        analytics_fields (list[AnalyticsField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnalyticsResponse | Error
    """

    return sync_detailed(
        client=client,
        ids=ids,
        start_time=start_time,
        end_time=end_time,
        granularity=granularity,
        analytics_fields=analytics_fields,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    ids: list[str],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    granularity: AnalyticsGranularity | Unset = AnalyticsGranularity.TOTAL,
    analytics_fields: list[AnalyticsField] | Unset = UNSET,
) -> Response[AnalyticsResponse | Error]:
    """Engagement metrics of Posts over a period

     Answers, for up to 100 Posts of the authorizing account, how often each requested metric was counted
    between two
    times: as one total, or as a time series.

    Args:
        ids (list[str]):
        start_time (datetime.datetime):
        end_time (datetime.datetime):
        granularity (AnalyticsGranularity | Unset):  Default: AnalyticsGranularity.TOTAL.
        analytics_fields (list[AnalyticsField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AnalyticsResponse | Error]
    """

    kwargs = _get_kwargs(
        ids=ids,
        start_time=start_time,
        end_time=end_time,
        granularity=granularity,
        analytics_fields=analytics_fields,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    ids: list[str],
    start_time: datetime.datetime,
    end_time: datetime.datetime,
    granularity: AnalyticsGranularity | Unset = AnalyticsGranularity.TOTAL,
    analytics_fields: list[AnalyticsField] | Unset = UNSET,
) -> AnalyticsResponse | Error | None:
    """Engagement metrics of Posts over a period

     Answers, for up to 100 Posts of the authorizing account, how often each requested metric was counted
    between two
    times: as one total, or as a time series.

    Args:
        ids (list[str]):
        start_time (datetime.datetime):
        end_time (datetime.datetime):
        granularity (AnalyticsGranularity | Unset):  Default: AnalyticsGranularity.TOTAL.
        analytics_fields (list[AnalyticsField] | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AnalyticsResponse | Error
    """

    return (
        await asyncio_detailed(
            client=client,
            ids=ids,
            start_time=start_time,
            end_time=end_time,
            granularity=granularity,
            analytics_fields=analytics_fields,
        )
    ).parsed

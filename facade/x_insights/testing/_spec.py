"""Spec: X's own, which requests are checked against, and what a request says in its terms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import attrs
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.wrappers import Request

PATH = "/2/insights/28hr"


@attrs.frozen
class ReceivedRequest:
    """What one request to the sandbox asked for."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[str, ...]
    granularity: str
    fields: tuple[str, ...]
    headers: Mapping[str, str]
    """Without `Authorization`."""


class Spec:
    """X's spec, as the client was generated from it."""

    def __init__(self) -> None:
        document = json.loads(files("x_insights.testing").joinpath("openapi.json").read_text("utf-8"))
        operation = document["paths"][PATH]["get"]
        del operation["security"]  # the validator knows neither OAuth scheme; the sandbox looks for a token itself
        document["servers"] = [{"url": "/"}]
        self._validator = OpenAPI.from_dict(document)
        shared = document["components"]["parameters"]
        parameters = (
            shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]
        )
        self._names = {parameter["name"] for parameter in parameters}

    def errors(self, request: Request) -> list[dict[str, Any]]:
        """What is wrong with a request, as X's nested errors; what the validator overlooks, X does not."""
        faults = [
            (name, f"The query parameter [{name}] is not one of [{','.join(sorted(self._names))}]")
            for name in request.args
            if name not in self._names
        ]
        faults += [
            (name, f"The query parameter [{name}] is given more than once")
            for name, values in request.args.lists()
            if len(values) > 1
        ]
        for error in self._validator.iter_request_errors(WerkzeugOpenAPIRequest(request)):
            details = [each.message for each in getattr(error.__cause__, "schema_errors", ())]
            faults.append((getattr(error, "name", ""), ": ".join([str(error), *details])))
        return [{"parameters": {name: request.args.getlist(name)}, "message": message} for name, message in faults]


@cache
def spec() -> Spec:
    """The spec, read once for all the sandboxes of a test suite."""
    return Spec()


def received(request: Request) -> ReceivedRequest:
    def listed(name: str) -> tuple[str, ...]:
        return tuple(item for value in request.args.getlist(name) for item in value.split(",") if item)

    return ReceivedRequest(
        tweet_ids=listed("tweet_ids"),
        metrics=listed("requested_metrics"),
        granularity=request.args.get("granularity", ""),
        fields=listed("engagement.fields"),
        headers={name: value for name, value in request.headers.items() if name != "Authorization"},
    )

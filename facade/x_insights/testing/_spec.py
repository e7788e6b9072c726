"""X's OpenAPI document: the validation of requests, and the meaning of their parameters."""

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
    """One request received by the sandbox."""

    tweet_ids: tuple[str, ...]
    metrics: tuple[str, ...]
    granularity: str
    fields: tuple[str, ...]
    headers: Mapping[str, str]
    """All headers but `Authorization`."""


class Spec:
    """The document that the client was generated from."""

    def __init__(self) -> None:
        document = json.loads(files("x_insights.testing").joinpath("openapi.json").read_text("utf-8"))
        operation = document["paths"][PATH]["get"]
        del operation["security"]  # the validator supports neither OAuth scheme; the sandbox checks the header itself
        document["servers"] = [{"url": "/"}]
        self._validator = OpenAPI.from_dict(document)
        shared = document["components"]["parameters"]
        parameters = (
            shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in operation["parameters"]
        )
        self._names = {parameter["name"] for parameter in parameters}

    def find_errors(self, request: Request) -> list[dict[str, Any]]:
        """Return what is wrong with a request, as the nested errors of X, which checks more than the validator."""
        errors = [
            (name, f"The query parameter [{name}] is not one of [{','.join(sorted(self._names))}]")
            for name in request.args
            if name not in self._names
        ]
        errors += [
            (name, f"The query parameter [{name}] is given more than once")
            for name, values in request.args.lists()
            if len(values) > 1
        ]
        for error in self._validator.iter_request_errors(WerkzeugOpenAPIRequest(request)):
            details = [each.message for each in getattr(error.__cause__, "schema_errors", ())]
            errors.append((getattr(error, "name", ""), ": ".join([str(error), *details])))
        return [{"parameters": {name: request.args.getlist(name)}, "message": message} for name, message in errors]


@cache
def load_spec() -> Spec:
    """Return the document, which all sandboxes of a test suite share."""
    return Spec()


def parse_request(request: Request) -> ReceivedRequest:
    def split(name: str) -> tuple[str, ...]:
        return tuple(item for value in request.args.getlist(name) for item in value.split(",") if item)

    return ReceivedRequest(
        tweet_ids=split("tweet_ids"),
        metrics=split("requested_metrics"),
        granularity=request.args.get("granularity", ""),
        fields=split("engagement.fields"),
        headers={name: value for name, value in request.headers.items() if name != "Authorization"},
    )

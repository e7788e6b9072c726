"""X's OpenAPI document, and the validation of requests against it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from werkzeug.wrappers import Request

from ._endpoints import MAX_SERIES, parse_period


class Spec:
    """The document that the client was generated from."""

    def __init__(self) -> None:
        document = json.loads(files("x_insights.testing").joinpath("openapi.json").read_text("utf-8"))
        self.version: str = document["info"]["version"].split()[-1]
        shared = document["components"]["parameters"]
        self._names: dict[str, set[str]] = {}
        for path, item in document["paths"].items():
            operation = item["get"]
            del operation["security"]  # the validator supports neither OAuth scheme; the sandbox checks the header
            self._names[path] = {
                shared[each["$ref"].split("/")[-1]]["name"] if "$ref" in each else each["name"]
                for each in operation["parameters"]
            }
        document["servers"] = [{"url": "/"}]
        self._validator = OpenAPI.from_dict(document).request_validator

    def find_errors(self, request: Request) -> list[dict[str, Any]]:
        """Return the errors of a request in X's nested form. X checks more than the validator does."""
        errors = [*self._find_parameter_errors(request)]
        for error in self._validator.iter_errors(WerkzeugOpenAPIRequest(request)):
            details = [each.message for each in getattr(error.__cause__, "schema_errors", ())]
            errors.append((getattr(error, "name", ""), ": ".join([str(error), *details])))
        if not errors and "start_time" in request.args:
            errors += _find_period_errors(request)
        return [{"parameters": {name: request.args.getlist(name)}, "message": message} for name, message in errors]

    def _find_parameter_errors(self, request: Request) -> Iterator[tuple[str, str]]:
        known = self._names[request.path]
        for name, values in request.args.lists():
            if name not in known:
                yield name, f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]"
            elif len(values) > 1:
                yield name, f"The query parameter [{name}] is given more than once"
            elif re.search(r"\s", values[0]):
                # The validator's `$` matches before a trailing line break.
                yield name, f"The query parameter [{name}] contains white space"


def _find_period_errors(request: Request) -> Iterator[tuple[str, str]]:
    try:
        start, end = parse_period(request)
    except (ValueError, OverflowError) as error:
        yield "start_time", str(error)
        return
    if start >= end:
        yield "end_time", "The query parameter [end_time] must be later than [start_time]"
    if end - start > MAX_SERIES and request.args.get("granularity", "total") != "total":
        yield "granularity", f"The query parameter [granularity] must be [total] for more than {MAX_SERIES.days} days"


@cache
def load_spec() -> Spec:
    """Return the document. All sandboxes of a process share it."""
    return Spec()

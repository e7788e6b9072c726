"""What is raised while a request is sent or a response is read, converted to the exceptions of this library."""

import ssl
from collections.abc import Iterator

import anyio
import httpx

from .._errors import TransportError, XInsightsError
from .secret import create_redactor, get_secret

_TRANSPORT_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,  # of a redirect that httpx cannot build a request for
    UnicodeError,  # of a redirect to a host name that idna rejects
    httpx.StreamError,
    OSError,  # also ssl.SSLError, which asyncio raises as it is after the handshake
    anyio.BrokenResourceError,
    anyio.BusyResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    anyio.IncompleteRead,
)


def convert_exception(request: httpx.Request, error: Exception, *, is_closed: bool = False) -> Exception:
    """Return the error to raise for an exception that httpx, or the caller's own code inside it, has raised.

    A RuntimeError because of a client that `is_closed` and the errors of this library are returned as they are.
    """
    if isinstance(error, XInsightsError) or (is_closed and type(error) is RuntimeError):
        return error
    if _is_of_aiohttp(error):
        return _create_transport_error(request, error)
    # A group is that of several attempts to connect.
    rest = error.split(_TRANSPORT_ERRORS)[1] if isinstance(error, ExceptionGroup) else error
    if rest is None or isinstance(rest, _TRANSPORT_ERRORS):
        failure: XInsightsError = _create_transport_error(request, error)
        # httpx wraps the OSErrors of its own connections, but not what idna raises.
        # A UnicodeEncodeError of httpx-aiohttp has the text of the server that it cannot encode, and the token if that
        # text has it.
        may_be_of_caller = isinstance(error, OSError | UnicodeError) and not isinstance(
            error, ssl.SSLError | UnicodeEncodeError
        )
    else:
        # The exception's text may have the token, so that only its type is named.
        failure = XInsightsError(f"the request to {request.url.host} failed: {type(error).__name__} was raised")
        may_be_of_caller = True
    if may_be_of_caller:
        failure.__cause__ = error
    return failure


def _is_of_aiohttp(error: BaseException) -> bool:
    """Return whether an exception is aiohttp's. httpx-aiohttp lets some through, which show the request's headers."""
    return any(each.__module__.partition(".")[0] == "aiohttp" for each in type(error).__mro__)


def _create_transport_error(request: httpx.Request, error: Exception) -> TransportError:
    """Return the error for a request that got no complete response, without the request itself and its token."""
    causes = list(_iterate_causes(error))
    # h11 quotes what it rejects: a response's header verbatim, but a request's header escaped, so that the token in it
    # would not be found. aiohttp escapes or truncates both.
    if isinstance(error, httpx.LocalProtocolError):
        reason = ""
    elif _is_of_aiohttp(error):
        reason = f": {type(causes[-1]).__name__}"
    else:
        reason = create_redactor(get_secret(request))(_describe(causes))
    failure = TransportError(f"no answer from {request.url.host}: {type(error).__name__}{reason}")
    # aiohttp's own SSLErrors have no reason, but their causes do.
    reasons = [str(getattr(cause, "reason", "")) for cause in causes if isinstance(cause, ssl.SSLError)]
    failure.retryable = not (
        any("CERTIFICATE" in each for each in reasons)
        or (isinstance(error, httpx.ProxyError) and str(error).startswith("407"))
        or isinstance(error, httpx.UnsupportedProtocol)
    )
    return failure


def _describe(causes: list[BaseException]) -> str:
    """Return the text of the exception. If it is empty, return the first cause that has one, or else the last cause."""
    cause = next((cause for cause in causes if str(cause)), causes[-1])
    parts = [] if cause is causes[0] else [type(cause).__name__]
    return "".join(f": {part}" for part in (*parts, str(cause)) if part)


def _iterate_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it, outermost first."""
    seen: set[int] = set()
    queue: list[BaseException] = [error]
    while queue:
        each = queue.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            queue += each.exceptions
        # httpcore suppresses the context of what it raises again, and that context is the cause.
        queue += [cause for cause in (each.__cause__, each.__context__) if cause is not None]

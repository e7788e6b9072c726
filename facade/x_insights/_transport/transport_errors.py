"""Convert exceptions raised below, by httpx or by the caller's own code inside it, into this library's."""

import os
import ssl
from collections.abc import Iterator

import anyio
import httpx

from .._errors import TransportError, wrap_exception
from .auth import create_redactor
from .http_library import is_instance

_TRANSPORT_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,  # of a redirect that httpx cannot build a request for
    UnicodeError,  # of a host name that Python rejects
    httpx.StreamError,
    OSError,  # also ssl.SSLError, which asyncio does not wrap after the handshake
    anyio.BrokenResourceError,
    anyio.BusyResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    anyio.IncompleteRead,
)


# What httpx and aiohttp call an end of the connection.
_ENDS = {
    "Server disconnected": "disconnected before a response",
    "peer closed connection": "disconnected before the end of the response",
    "Response payload is not completed": "disconnected before the end of the response",
}


def convert_exception(request: httpx.Request, error: Exception, *, is_closed: bool = False) -> Exception:
    """Return the error for an exception that was raised while a request was sent or its response was read.

    A RuntimeError because of a client that `is_closed` is returned unchanged, and so are the errors of this library.
    """
    if is_closed and type(error) is RuntimeError:
        return error
    if _comes_from("aiohttp", error) or _comes_from("idna", error):
        return _create_transport_error(request, error)
    # A group is that of several attempts to connect.
    rest = error.split(_is_transport_error)[1] if isinstance(error, ExceptionGroup) else error
    if rest is not None and not _is_transport_error(rest):
        return wrap_exception(f"the request to {request.url.host} failed: " + "{} was raised", error)
    failure = _create_transport_error(request, error)
    # httpx wraps the OSErrors that it raises itself, so that these may be the caller's, and so may UnicodeErrors.
    # A UnicodeEncodeError of httpx-aiohttp quotes the server's text, which may have the token.
    if isinstance(error, OSError | UnicodeError) and not isinstance(error, ssl.SSLError | UnicodeEncodeError):
        failure.__cause__ = error
    return failure


def _is_transport_error(error: Exception) -> bool:
    return is_instance(error, *_TRANSPORT_ERRORS)


def _comes_from(package: str, error: BaseException) -> bool:
    """Return whether the class of an exception is one of this package, by name, because it may not be installed.

    httpx-aiohttp lets some of aiohttp's through, which show the request's headers, and httpx some of idna's.
    """
    return any(each.__module__.partition(".")[0] == package for each in type(error).__mro__)


def _create_transport_error(request: httpx.Request, error: Exception) -> TransportError:
    """Return the error for a request that got no complete response, without the request itself and its token."""
    causes = _list_causes(error)
    reason = create_redactor(request)(next(_explain(error, causes)))
    failure = TransportError(f"no response from {request.url.netloc.decode()}: {reason}")
    # aiohttp's own SSLErrors have no reason, but their causes do.
    reasons = [str(getattr(cause, "reason", "")) for cause in causes if isinstance(cause, ssl.SSLError)]
    failure.retryable = not (
        any("CERTIFICATE" in each for each in reasons)
        or (is_instance(error, httpx.ProxyError) and str(error).startswith("407"))
        # httpx parses the header `Location`, although it follows no redirect.
        or is_instance(error, httpx.UnsupportedProtocol, httpx.InvalidURL)
        or _comes_from("idna", error)
        or str(error).startswith("Invalid URL in location header")
    )
    return failure


def _explain(error: Exception, causes: list[BaseException]) -> Iterator[str]:
    """Yield what happened, most specific first, in the same words over httpx, httpx2, aiohttp, asyncio and trio."""
    for cause in causes:
        # aiohttp has subclasses of these without the attributes.
        if isinstance(cause, ssl.SSLCertVerificationError) and (message := getattr(cause, "verify_message", "")):
            yield f"certificate verify failed: {message}"
        if isinstance(cause, ssl.SSLError) and (message := getattr(cause, "reason", "")):
            yield f"TLS failed: {message}"
    for cause in causes:
        # The errors of sockets that would block are the context of many others.
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError | BlockingIOError):
            yield os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
    yield from (words for start, words in _ENDS.items() if str(error).startswith(start))
    name = type(error).__name__
    from_aiohttp = [each for each in causes if _comes_from("aiohttp", each)]
    # httpx-aiohttp converts most exceptions of aiohttp to a ConnectTimeout.
    if is_instance(error, httpx.TimeoutException) and all(isinstance(each, TimeoutError) for each in from_aiohttp):
        yield f"{name}: timed out"
    # h11 quotes what it rejects: a response's header verbatim, but a request's header escaped, so that the token in it
    # would not be found. aiohttp escapes or truncates both.
    if is_instance(error, httpx.LocalProtocolError):
        yield name
    if _comes_from("aiohttp", error):
        yield f"{name}: {type(causes[-1]).__name__}"
    # Without a text, the cause has more to say.
    cause = next((cause for cause in causes if str(cause)), causes[-1])
    parts = (name, "" if cause is error else type(cause).__name__, str(cause))
    yield ": ".join(part for part in parts if part)


def _list_causes(error: BaseException) -> list[BaseException]:
    """Return an exception and what caused it, outermost first."""
    causes = [error]
    for each in causes:  # which grows meanwhile
        group = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        # httpcore suppresses the context of what it raises again, and that context is the cause.
        found = (*group, each.__cause__, each.__context__)
        causes += [cause for cause in found if cause is not None and cause not in causes]
    return causes

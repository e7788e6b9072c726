"""Convert exceptions raised below, by httpx or by the caller's own code inside it, into this library's."""

import ssl

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
    # httpx wraps the OSErrors of its own connections, so that these may be the caller's, and so may UnicodeErrors.
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
    # h11 quotes what it rejects: a response's header verbatim, but a request's header escaped, so that the token in it
    # would not be found. aiohttp escapes or truncates both.
    if is_instance(error, httpx.LocalProtocolError):
        reason = ""
    elif _comes_from("aiohttp", error):
        reason = f": {type(causes[-1]).__name__}"
    else:
        reason = create_redactor(request)(_describe(causes))
    failure = TransportError(f"no response from {request.url.host}: {type(error).__name__}{reason}")
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


def _describe(causes: list[BaseException]) -> str:
    """Return the text of the exception. If it is empty, return the first cause that has one, or else the last cause."""
    cause = next((cause for cause in causes if str(cause)), causes[-1])
    parts = [] if cause is causes[0] else [type(cause).__name__]
    return "".join(f": {part}" for part in (*parts, str(cause)) if part)


def _list_causes(error: BaseException) -> list[BaseException]:
    """Return an exception and what caused it, outermost first."""
    causes = [error]
    for each in causes:  # which grows meanwhile
        group = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        # httpcore suppresses the context of what it raises again, and that context is the cause.
        found = (*group, each.__cause__, each.__context__)
        causes += [cause for cause in found if cause is not None and cause not in causes]
    return causes

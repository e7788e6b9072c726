"""The transport: one batch in, one page or one error out. This is its only door."""

from .async_transport import AsyncTransport as AsyncTransport
from .auth import AsyncToken as AsyncToken
from .auth import Token as Token
from .http_library import AsyncHttpClient as AsyncHttpClient
from .http_library import HttpClient as HttpClient
from .http_library import Timeout as Timeout
from .options import Options as Options
from .retry import skip_waits as skip_waits
from .transport import Transport as Transport

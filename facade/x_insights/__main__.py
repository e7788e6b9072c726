"""The command `x-insights`, also as `python -m x_insights`. It needs the extra `cli`."""

import sys

try:
    from ._command import main
except ModuleNotFoundError as _error:
    sys.exit(f'x-insights: {_error.name} is missing: the command needs its extra, `pip install "x-insights-28hr[cli]"`')

if __name__ == "__main__":
    sys.exit(main())

"""The site: the Markdown pages of this folder, and the reference from the docstrings."""

import re
from importlib import metadata
from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

project = "x-insights-28hr"
release = metadata.version(project)
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_show_copyright = False
html_title = f"{project} {release}"
myst_enable_extensions = ["attrs_inline"]  # images for the light or the dark theme
myst_heading_anchors = 2

default_role = "code"  # what single backticks in docstrings are
python_maximum_signature_line_length = 80  # a signature as long as a client's has a line for each parameter
autodoc_default_options = {"members": True, "show-inheritance": True, "member-order": "bysource"}

# Names of the standard library and of other packages. Links to their documents would need the internet for a build.
nitpick_ignore_regex = [
    ("py:.*", r"(collections.abc|datetime|enum|httpx2?|pyarrow|typing_extensions)(\..*)?"),
    ("py:class", r"x_insights\._\w+\.T"),  # a type variable
]


def name_http_classes(*event: Any) -> tuple[str | None, str | None]:
    """Replace the protocols in a signature by the classes that callers pass."""
    *_, signature, returns = event
    protocol = r"~x_insights\._transport\.http_library\.(Async)?(?:Http)?(\w+)"
    return signature and re.sub(protocol, r"httpx.\1\2 | httpx2.\1\2", signature), returns


def find_attributes() -> None:
    """Let autodoc find the docstrings of attributes, which are in the private modules that define the classes."""
    public = ModuleAnalyzer.for_module("x_insights")
    public.analyze()
    for name in ("_errors", "_results", "_types"):
        private = ModuleAnalyzer.for_module(f"x_insights.{name}")
        private.analyze()
        public.attr_docs.update(private.attr_docs)


def setup(app: Sphinx) -> None:
    find_attributes()
    app.connect("autodoc-process-signature", name_http_classes)

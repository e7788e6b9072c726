"""Write the API reference, which consists of the docstrings, to build/docs/."""

from __future__ import annotations

import shutil
from pathlib import Path

import pdoc
from pdoc.render import configure

BUILD = Path(__file__).resolve().parents[2] / "build/docs"


def main() -> None:
    shutil.rmtree(BUILD, ignore_errors=True)
    configure(docformat="google")
    pdoc.pdoc("x_insights", "x_insights.testing", output_directory=BUILD)


if __name__ == "__main__":
    main()

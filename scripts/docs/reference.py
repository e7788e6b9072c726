"""Write the API reference, which consists of the docstrings, to build/docs/."""

from __future__ import annotations

import shutil
from pathlib import Path

import pdoc

import x_insights

BUILD = Path(__file__).resolve().parents[2] / "build/docs"


def main() -> None:
    for name in x_insights.__all__:  # pdoc does not see the names that load on first use
        setattr(x_insights, name, getattr(x_insights, name))
    shutil.rmtree(BUILD, ignore_errors=True)
    pdoc.pdoc("x_insights", "x_insights.testing", output_directory=BUILD)


if __name__ == "__main__":
    main()

"""Build wheel and sdist into dist/. Check their metadata, the files in the wheel, and that the sdist builds that wheel.

Exits with 1, and prints the difference, if the wheel does not contain exactly the files that git tracks in facade/ and
generated/.
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
# The files that the build backend adds.
METADATA = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")


def build() -> Path:
    """Build both packages into dist/, the wheel from the sdist. Return the wheel."""
    shutil.rmtree(DIST, ignore_errors=True)
    run_module("build", "--outdir", str(DIST))
    (wheel,) = DIST.glob("*.whl")
    return wheel


def find_faults(wheel: Path) -> Iterator[str]:
    run_module("twine", "check", "--strict", *map(str, DIST.iterdir()))
    with tempfile.TemporaryDirectory() as folder:
        run_module("build", "--wheel", "--outdir", folder)
        if Path(folder, wheel.name).read_bytes() != wheel.read_bytes():
            yield "the wheel built from the sdist is not the one built from the checkout"
    if difference := compare(list_expected_files(), list_files(wheel)):
        yield f"{difference}\nif the wheel is right, commit its files first"


def run_module(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def list_expected_files(root: Path = ROOT) -> list[str]:
    """Return the paths in the wheel of all files that git tracks, and of its metadata."""
    command = ["git", "ls-files", "facade", "generated"]
    tracked = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    metadata = [f"x_insights_28hr.dist-info/{name}" for name in METADATA]
    return sorted([*(path.partition("/")[2] for path in tracked), *metadata])


def list_files(wheel: Path) -> list[str]:
    """Return the paths of all files in a wheel, without its version."""
    distribution, version, *_ = wheel.name.split("-")
    with ZipFile(wheel) as archive:
        return sorted(name.replace(f"{distribution}-{version}", distribution) for name in archive.namelist())


def compare(expected: Sequence[str], found: Sequence[str]) -> str:
    """Return a line with `-` for each missing file, and one with `+` for each unexpected file."""
    lines = difflib.unified_diff(expected, found, "expected", "wheel", lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith("@@"))


def main() -> int:
    if faults := list(find_faults(build())):
        shutil.rmtree(DIST)  # so that nobody uploads it by mistake
        print("\n".join(faults), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

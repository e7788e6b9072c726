"""Build wheel and sdist into dist/, and check them: their metadata, what the wheel holds, and that the sdist makes it.

Exits 1, with the difference, where the wheel does not hold exactly what wheel.txt lists and generated/ has.
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
LIST = Path(__file__).with_name("wheel.txt")
GENERATED = ROOT / "generated"


def python(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def expected() -> list[str]:
    files = (path for path in GENERATED.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted([*LIST.read_text("utf-8").split(), *(path.relative_to(GENERATED).as_posix() for path in files)])


def contents(wheel: Path) -> list[str]:
    """The names of all files in a wheel, with the version left out."""
    distribution, version, *_ = wheel.name.split("-")
    with ZipFile(wheel) as archive:
        return sorted(name.replace(f"{distribution}-{version}", distribution) for name in archive.namelist())


def difference(wanted: list[str], found: list[str]) -> str:
    """Lines with `-` for what is missing and `+` for what is there beside; empty where they are the same."""
    lines = difflib.unified_diff(wanted, found, "expected", "wheel", lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith("@@"))


def main() -> int:
    shutil.rmtree(DIST, ignore_errors=True)
    if fault := built():
        shutil.rmtree(DIST, ignore_errors=True)  # nothing to be uploaded by mistake
        print(fault, file=sys.stderr)
        return 1
    return 0


def built() -> str | None:
    """Fill dist/; what is wrong with it, None where nothing."""
    python("build", "--outdir", str(DIST))  # the wheel from the sdist
    python("twine", "check", "--strict", *map(str, DIST.iterdir()))
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        python("build", "--wheel", "--outdir", folder)
        if Path(folder, wheel.name).read_bytes() != wheel.read_bytes():
            return "the sdist makes another wheel than the checkout does"
    if lines := difference(expected(), contents(wheel)):
        return f"{lines}\nis any of it meant? then change scripts/release/wheel.txt"
    return None


if __name__ == "__main__":
    sys.exit(main())

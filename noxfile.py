"""The sessions of nox. `nox -l` lists them."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import nox

# Without bytecode, each process that a test starts compiles everything that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
REQUIREMENTS = [*PYPROJECT["project"]["dependencies"], *itertools.chain(*EXTRAS.values())]

nox.needs_version = ">=2025.2.9"
nox.options.sessions = [
    "lint",
    "typecheck",
    "tests",
    "tests_lowest",
    "check_generated",
    "downstream",
    "recipes",
    "docs",
    "package",
]
nox.options.default_venv_backend = "uv|virtualenv"  # if uv is installed, it creates an environment in a second
# CI runs on the interpreters that are installed. Nothing is downloaded unless requested.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"


def group(name: str) -> tuple[str, ...]:
    return nox.project.dependency_groups(PYPROJECT, name)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style, the formatting and the direction of imports."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", env={"PYTHONPATH": "facade"})


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check types, also those of the generated package, and the typing of the public API."""
    session.install(*REQUIREMENTS, *group("types"))
    session.run("mypy")
    session.run("pyright")


# The tests of the scripts, of generated responses and of long runs. The others run every branch of the facade.
UNMEASURED = ["tests/spec", "tests/test_fuzz.py", "tests/test_release.py", "tests/test_soak.py", "tests/test_spec.py"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Test the built wheel, and require that every branch of the facade runs."""
    session.install(".[aiohttp,arrow,cli,testing]", *group("tests"), *group("script-tests"))
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    data = {"COVERAGE_FILE": f".coverage-{session.python}"}
    session.run("coverage", "erase", env=data)
    # One worker more than cores, because tests wait, too. Without work stealing, one of them would run all the long
    # tests.
    pytest = ("-m", "pytest", "-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
    session.run("coverage", "run", *pytest, *(f"--ignore={path}" for path in UNMEASURED), env=data)
    session.run("coverage", "combine", "--quiet", env=data)
    session.run("coverage", "report", env=data)
    session.run("python", *pytest, *UNMEASURED)  # coverage would double their time


@nox.session(python=PYTHONS[0])
def tests_lowest(session: nox.Session) -> None:
    """Test the facade with the lowest versions of its dependencies, on the oldest Python."""
    lowest = [re.sub(r">=([^,]+).*", r"==\1", requirement) for requirement in REQUIREMENTS]
    session.install(".[aiohttp,arrow,cli,testing]", *lowest, *group("tests"))
    # The soak tests the same as test_fuzz.py, but takes longer.
    session.run("pytest", "-n", "auto", "--dist", "worksteal", "--ignore=tests/test_soak.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Send generated responses to each kind of client: nox -s fuzz [-- --seconds 60]."""
    session.install(".[aiohttp,testing]", *group("tests"))
    session.run("python", "-m", "tests.endurance", "fuzz", *session.posargs)


@nox.session
def generate(session: nox.Session) -> None:
    """Generate generated/ and the sandbox's openapi.json from openapi/."""
    session.install(*group("generate"))
    session.run("python", "-m", "scripts.spec.regenerate")


@nox.session
def check_generated(session: nox.Session) -> None:
    """Fail if the generated files are out of date with openapi/."""
    session.install(*group("generate"))
    session.run("python", "-m", "scripts.spec.regenerate", "--check")


@nox.session
def refresh(session: nox.Session) -> None:
    """Update the fragments from X's OpenAPI document: nox -s refresh -- FILE [--check]."""
    session.install(*group("refresh"))
    python = str(Path(session.bin, "python"))
    run = subprocess.run([python, "-m", "scripts.spec.refresh", *session.posargs], check=False)
    if run.returncode:
        sys.exit(run.returncode)  # nox itself exits with 1, whatever the exit code of the command


@nox.session
def demo(session: nox.Session) -> None:
    """Fetch insights from the sandbox and show them. With X_ACCESS_TOKEN and IDs, fetch them from X."""
    session.install(".[testing]", *group("generate"), *group("demo"))
    session.run("python", "-m", "scripts.spec.regenerate", "--check")
    session.run("python", "scripts/docs/demo.py", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Fetch thousands of pages through faults with each kind of client: nox -s soak [-- --pages 4000]."""
    session.install(".[aiohttp,testing]", *group("tests"))
    session.run("python", "-m", "tests.endurance", "soak", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure CPU, memory and cold starts as ratios to other clients: nox -s bench [-- --quick]."""
    session.install(".[aiohttp,arrow]", *group("bench"))
    session.run("python", "scripts/bench/bench.py", *session.posargs)


@nox.session
def downstream(session: nox.Session) -> None:
    """Test and type-check a sample service that installs the built wheel."""
    tests = nox.project.dependency_groups(nox.project.load_toml("tests/downstream/pyproject.toml"), "tests")
    session.install(".[testing]", "./tests/downstream", *tests)
    session.run("pyright", "--verifytypes", "x_insights", "--ignoreexternal")
    session.chdir("tests/downstream")
    session.run("pytest")
    session.run("mypy")
    session.run("pyright")


@nox.session
def recipes(session: nox.Session) -> None:
    """Test the recipes of the guides with the packages that they need."""
    session.install(".[aiohttp,arrow,testing]", *group("recipes"))
    session.run("pytest", "tests/recipes")


@nox.session
def chart(session: nox.Session) -> None:
    """Draw the images of docs/: a chart, and the command in a terminal."""
    session.install(".[cli,testing]", *group("chart"))
    session.run("python", "scripts/docs/chart.py")
    session.run("python", "scripts/docs/picture.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the guides and the reference into build/docs/."""
    session.install(".[arrow,testing]", *group("docs"))
    # Without --fresh-env, pages that have not changed would not be checked again.
    options = ("--fail-on-warning", "--nitpicky", "--keep-going", "--fresh-env", "--builder", "html")
    session.run("sphinx-build", *options, "docs", "build/docs")


@nox.session
def package(session: nox.Session) -> None:
    """Build wheel and sdist into dist/, check them, and try the wheel with and without its extras."""
    session.install(*group("package"))
    session.run("python", "scripts/release/package.py", silent=True)
    (wheel,) = Path("dist").glob("*.whl")
    alone = Path(session.create_tmp(), "alone")
    session.run("python", "-m", "venv", "--clear", str(alone), silent=True)
    python = str(alone / ("Scripts" if session.bin.endswith("Scripts") else "bin") / "python")
    for extra, script in (("", "tests/bare.py"), ("[testing]", "tests/documents.py")):
        session.run(python, "-m", "pip", "install", "--quiet", f"{wheel}{extra}", external=True)
        session.run(python, "-I", script, external=True)
    session.run(python, "-m", "pip", "install", "--quiet", f"{wheel}[cli]", external=True)
    session.run(str(Path(python).with_name("x-insights")), "20", "--sandbox", external=True)


@nox.session
def release_check(session: nox.Session) -> None:
    """Check whether this checkout can be released. Then build the packages and check them."""
    session.install(*group("release"))
    session.run("python", "scripts/release/check.py")
    session.notify("package")

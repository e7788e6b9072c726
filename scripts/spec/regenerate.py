"""Make what is generated: fragment + overlay -> low-level client, and the document that the test kit validates with.

``python scripts/spec/regenerate.py`` writes; with ``--check`` it only compares, and exits 1 with the list of files that
differ. ``--root`` names another checkout.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import jsonpath
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

ROOT = Path(__file__).resolve().parents[2]
GENERATED = PurePosixPath("generated")
PACKAGE = GENERATED / "x_insights_api"
DOCUMENT = PurePosixPath("facade/x_insights/testing/openapi.json")

Document = dict[str, Any]


class RegenerateError(Exception):
    """The inputs cannot be turned into a client; the message says why."""


def read_yaml(path: Path) -> Document:
    try:
        document: Document = YAML(typ="safe").load(path)
    except YAMLError as error:
        raise RegenerateError(f"{path.name} is not YAML: {error}") from None
    return document


def amended(fragment: Document, overlay: Document) -> Document:
    """The fragment with the overlay's actions applied, and a name for every member of an enum."""
    document = fragment
    for action in overlay["actions"]:
        document = applied(document, action)
    for schema in enums(document):
        schema["x-enum-varnames"] = [member_name(value) for value in schema["enum"]]
    return document


def applied(document: Document, action: Document) -> Document:
    """A copy of the document with one action applied: an update of exactly one object.

    https://spec.openapis.org/overlay/v1.0.0.html#action-object; `remove` is left out because no action needs it.
    """
    document = copy.deepcopy(document)
    try:
        targets = [match.obj for match in jsonpath.finditer(action["target"], document)]
    except jsonpath.JSONPathError as error:
        raise RegenerateError(f"overlay.yaml: target {action['target']} is no JSONPath: {error}") from None
    if len(targets) != 1 or not isinstance(targets[0], dict):
        raise RegenerateError(
            f"overlay.yaml: target {action['target']} names {len(targets)} places of the fragment, not one object"
        )
    targets[0].update(action["update"])
    return document


def enums(node: Any) -> Iterator[Document]:
    """Every schema with an `enum`, wherever it stands below `node`."""
    if isinstance(node, dict):
        if "enum" in node:
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from enums(child)


def member_name(value: str) -> str:
    """`VideoPlayed25Percent` -> `VIDEO_PLAYED_25_PERCENT`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", value).upper()


def generate(document_text: str, config: Path) -> dict[PurePosixPath, bytes]:
    """Run the generator on the document; its package's files by name, relative to the package."""
    # Outside every checkout: the generator's ruff inherits the settings of any pyproject.toml above it.
    with tempfile.TemporaryDirectory(prefix="x-insights-") as folder:
        source, output = Path(folder, "openapi.json"), Path(folder, "output")
        source.write_text(document_text, encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
        # Only with project metadata does the generator write py.typed and its own ruff settings.
        command += ["--meta", "uv", "--path", str(source), "--config", str(config), "--output-path", str(output)]
        # The pinned ruff stands beside this interpreter; one elsewhere on PATH would format otherwise.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        environment = {**os.environ, "PATH": path, "RUFF_NO_CACHE": "true"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode:
            raise RegenerateError(f"openapi-python-client failed:\n{run.stdout}{run.stderr}")
        return files(output / PACKAGE.name)


def files(folder: Path) -> dict[PurePosixPath, bytes]:
    """The files below `folder`, by name relative to it; the interpreter's caches are nobody's output."""
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def render(root: Path) -> dict[PurePosixPath, bytes]:
    """Everything that `openapi/` makes, by name relative to the checkout."""
    openapi = root / "openapi"
    document = amended(read_yaml(openapi / "insights-28hr.yaml"), read_yaml(openapi / "overlay.yaml"))
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    package = generate(text, openapi / "generator.yaml")
    return {DOCUMENT: text.encode(), **{PACKAGE / name: content for name, content in package.items()}}


def differences(root: Path, expected: Mapping[PurePosixPath, bytes]) -> list[str]:
    """One line for each file that is not exactly what `openapi/` makes, added and removed ones included."""
    actual = {GENERATED / name: content for name, content in files(root / GENERATED).items()}
    if (root / DOCUMENT).is_file():
        actual[DOCUMENT] = (root / DOCUMENT).read_bytes()
    return [
        f"{'missing' if name not in actual else 'unexpected' if name not in expected else 'differs'}: {name}"
        for name in sorted(expected.keys() | actual.keys())
        if expected.get(name) != actual.get(name)
    ]


def write(root: Path, expected: Mapping[PurePosixPath, bytes]) -> None:
    """Put the files in place of the present ones: all of `generated/` in one rename, or nothing."""
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=root) as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        for name, content in expected.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        target = root / GENERATED
        target.mkdir(exist_ok=True)
        target.rename(old)
        try:
            (new / GENERATED).rename(target)
            (new / DOCUMENT).replace(root / DOCUMENT)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            old.rename(target)
            raise


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    options = parser.parse_args()
    try:
        expected = render(options.root)
    except RegenerateError as error:
        print(error, file=sys.stderr)
        return 1
    changes = differences(options.root, expected)
    if not changes:
        print("generated/ is what openapi/ makes")
        return 0
    print("\n".join(changes))
    if options.check:
        print("generated/ is not what openapi/ makes: run `nox -s generate`", file=sys.stderr)
        return 1
    write(options.root, expected)
    return 0


if __name__ == "__main__":
    sys.exit(main())

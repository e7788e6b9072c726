"""Generate the low-level client and the sandbox's document from the fragments and the overlay."""

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
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import jsonpath

from .document import Document, SpecError, find_mappings, read_document
from .extract import ANNOTATIONS, IDENTIFYING, sort_keywords
from .fragments import GENERATOR, OVERLAY, merge_fragments, read_fragments

ROOT = Path(__file__).resolve().parents[2]
GENERATED = PurePosixPath("generated")
PACKAGE = GENERATED / "x_insights_api"
DOCUMENT = PurePosixPath("facade/x_insights/testing/openapi.json")


def apply_overlay(document: Document, overlay: Document) -> Document:
    """Return the document with the overlay's actions applied, and with names for the members of every enum."""
    document = copy.deepcopy(document)
    for action in overlay["actions"]:
        for target in find_targets(document, action):
            updated = sort_keywords({**target, **action["update"]}, IDENTIFYING)
            target.clear()
            target.update(updated)
    for schema in find_mappings(document, "enum"):
        schema["x-enum-varnames"] = derive_member_names(schema["enum"])
    return document


def find_targets(document: Document, action: Document) -> list[Document]:
    """Return the objects that an action updates: exactly one, or any number if it is prose."""
    # https://spec.openapis.org/overlay/v1.0.0.html#action-object; `remove` is not supported because no action needs it.
    place = f"overlay.yaml: target {action['target']}"
    try:
        targets: list[Any] = [match.obj for match in jsonpath.finditer(action["target"], document)]
    except jsonpath.JSONPathError as error:
        raise SpecError(f"{place} is not a JSONPath: {error}") from None
    if not (is_prose(action) or len(targets) == 1) or not all(isinstance(target, dict) for target in targets):
        raise SpecError(f"{place} matches {len(targets)} places in the fragments, not one object")
    return targets


def is_idle(document: Document, action: Document) -> bool:
    """Return whether an action changes nothing."""
    return all(action["update"].items() <= target.items() for target in find_targets(document, action))


def is_prose(action: Document) -> bool:
    """Return whether an action changes no facts. X may rename or remove its target at any time."""
    # The description of a scope is the value of its name. No keyword has a dot.
    return all(name in ANNOTATIONS or "." in name for name in action["update"])


def derive_member_names(values: Sequence[Any]) -> list[str]:
    """Derive a name for each member of an enum. A name that is taken gets a number."""
    names: list[str] = []
    for value in values:
        if value is not None:  # not a member: the generator makes the type optional instead
            name = derive_member_name(str(value))
            candidates = (name, *(f"{name}_{number}" for number in range(2, len(values) + 1)))
            names.append(next(each for each in candidates if each not in names))
    return names


def derive_member_name(value: str) -> str:
    """Derive the name of an enum member: `VideoPlayed25Percent` -> `VIDEO_PLAYED_25_PERCENT`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "_", value)
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").upper()
    return name if name[:1].isalpha() else f"VALUE_{name}".rstrip("_")


def generate(document_text: str, config: Path) -> dict[PurePosixPath, bytes]:
    """Run the generator on the document. Return the files of the package, by path relative to it."""
    # The folder is outside every checkout because the generator's ruff inherits from any pyproject.toml above it.
    with tempfile.TemporaryDirectory(prefix="x-insights-") as folder:
        source, output = Path(folder, "openapi.json"), Path(folder, "output")
        source.write_text(document_text, encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
        # The generator writes py.typed and its own ruff settings only if it also writes project metadata.
        command += ["--meta", "uv", "--path", str(source), "--config", str(config), "--output-path", str(output)]
        # The pinned ruff is installed next to this interpreter. Another version on PATH might format differently.
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        environment = {**os.environ, "PATH": path, "RUFF_NO_CACHE": "true"}
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if run.returncode:
            raise SpecError(f"openapi-python-client failed:\n{run.stdout}{run.stderr}")
        return read_files(output / PACKAGE.name)


def read_files(folder: Path) -> dict[PurePosixPath, bytes]:
    """Read the files below a folder, by path relative to it, without the interpreter's caches."""
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def render(root: Path, fragments: Mapping[PurePosixPath, Document]) -> dict[PurePosixPath, bytes]:
    """Generate every file that depends on `openapi/`. Return them by path relative to the checkout."""
    document = apply_overlay(merge_fragments(fragments), read_document(root / OVERLAY))
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    package = generate(text, root / GENERATOR)
    return {DOCUMENT: text.encode(), **{PACKAGE / name: content for name, content in package.items()}}


def find_differences(root: Path, expected: Mapping[PurePosixPath, bytes]) -> list[str]:
    """Return one line for each file that is missing, unexpected or different."""
    actual = {GENERATED / name: content for name, content in read_files(root / GENERATED).items()}
    if (root / DOCUMENT).is_file():
        actual[DOCUMENT] = (root / DOCUMENT).read_bytes()
    return [
        f"{'missing' if name not in actual else 'unexpected' if name not in expected else 'differs'}: {name}"
        for name in sorted(expected.keys() | actual.keys())
        if expected.get(name) != actual.get(name)
    ]


def replace_files(root: Path, expected: Mapping[PurePosixPath, bytes]) -> None:
    """Replace the present files: all of `generated/` in one rename, the others one by one. Undo that if it fails."""
    others = [name for name in expected if GENERATED not in name.parents]
    before = {name: (root / name).read_bytes() for name in others if (root / name).is_file()}
    with tempfile.TemporaryDirectory(prefix=".regenerate-", dir=root) as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        write_files(new, expected)
        target = root / GENERATED
        target.mkdir(exist_ok=True)
        target.rename(old)
        try:
            (new / GENERATED).rename(target)
            for name in others:
                (new / name).replace(root / name)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            old.rename(target)
            write_files(root, before)
            raise


def write_files(root: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare: exit 1 if a file differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    options = parser.parse_args(arguments)
    try:
        expected = render(options.root, read_fragments(options.root))
    except SpecError as error:
        print(error, file=sys.stderr)
        return 1
    differences = find_differences(options.root, expected)
    print("\n".join(differences) or "generated/ is up to date with openapi/")
    if differences and options.check:
        print("generated/ is not up to date with openapi/: run `nox -s generate`", file=sys.stderr)
        return 1
    if differences:
        replace_files(options.root, expected)
    return 0


if __name__ == "__main__":
    sys.exit(main())

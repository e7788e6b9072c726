"""Regenerating finds each file that differs, and replaces all of them, or none if it fails."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from scripts.spec.regenerate import DOCUMENT, ROOT, find_differences, main, read_files, replace_files

PACKAGE = "generated/x_insights_api"
TWEET_IDS = ".get.parameters[?@.name == 'tweet_ids']"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with what is generated, and what it is generated from."""
    root = tmp_path / "checkout"
    for name in ("openapi", "generated"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / DOCUMENT).parent.mkdir(parents=True)
    shutil.copy(ROOT / DOCUMENT, root / DOCUMENT)
    # The settings above the output must not shape it: the generator's ruff would use them.
    (root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 40\n")
    return root


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def read_generated(root):
    return {path: content for path, content in read_files(root).items() if path.parts[0] in ("generated", "facade")}


def test_the_repository_is_up_to_date(checkout):
    command = [sys.executable, "-m", "scripts.spec.regenerate", "--root", str(checkout), "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "generated/ is up to date with openapi/\n"), run.stderr


def edit(root):
    with (root / PACKAGE / "models/problem.py").open("a") as file:
        file.write("\n")
    return f"differs: {PACKAGE}/models/problem.py"


def add(root):
    (root / PACKAGE / "models/extra.txt").touch()
    return f"unexpected: {PACKAGE}/models/extra.txt"


def add_beside(root):
    (root / "generated/hand_written.py").touch()
    return "unexpected: generated/hand_written.py"


def remove(root):
    (root / PACKAGE / "py.typed").unlink()
    return f"missing: {PACKAGE}/py.typed"


def edit_the_kits_document(root):
    replace(root / DOCUMENT, '"maxItems": 25', '"maxItems": 26')
    return f"differs: {DOCUMENT}"


def remove_the_kits_document(root):
    (root / DOCUMENT).unlink()
    return f"missing: {DOCUMENT}"


CHANGES = [edit, add, add_beside, remove, edit_the_kits_document]


@pytest.mark.parametrize("change", [*CHANGES, remove_the_kits_document])
def test_a_single_difference_is_found_and_undone(checkout, change):
    expected = read_generated(checkout)
    line = change(checkout)
    assert find_differences(checkout, expected) == [line]
    replace_files(checkout, expected)
    assert read_generated(checkout) == expected


def test_a_check_reports_all_differences_and_a_run_undoes_them(checkout, capsys):
    before = read_files(checkout)
    lines = {change(checkout) for change in CHANGES}
    assert main(["--check", "--root", str(checkout)]) == 1
    output = capsys.readouterr()
    assert sorted(output.out.splitlines()) == sorted(lines)
    assert "nox -s generate" in output.err
    assert main(["--root", str(checkout)]) == 0
    assert read_files(checkout) == before


def test_a_new_metric_becomes_a_member(checkout):
    replace(
        checkout / "openapi/insights-28hr.yaml",
        "            - AppOpens\n",
        "            - AppOpens\n            - Zaps9In1Day\n            - 2xClicks\n",
    )
    assert main(["--root", str(checkout)]) == 0
    text = (checkout / PACKAGE / "models/metric.py").read_text()
    assert '    ZAPS_9_IN_1_DAY = "Zaps9In1Day"\n' in text
    assert '    VALUE_2X_CLICKS = "2xClicks"\n' in text


@pytest.mark.parametrize(
    ("name", "texts", "words"),
    [
        # By default the generator would warn, leave the parameter out, and go on.
        ("insights-28hr.yaml", ("$ref: '#/components/parameters/Eng", "$ref: '#/components/parameters/Gone"), "Gone"),
        (
            "overlay.yaml",
            (TWEET_IDS, ".get.parameters[?@.name == 'gone']"),
            "matches 0",
        ),
        (
            "overlay.yaml",
            (TWEET_IDS, ".get.parameters[*]"),
            "places in the fragments, not one object",
        ),
        ("overlay.yaml", (TWEET_IDS, ".get.parameters[?"), "is not a JSONPath"),
        ("insights-28hr.yaml", ("openapi: 3.0.0\n", "openapi: [\n"), "insights-28hr.yaml"),
        ("tweets-analytics.yaml", ("openapi: 3.0.0\n", ""), "tweets-analytics.yaml is not an OpenAPI 3 document"),
    ],
)
def test_a_failed_run_gives_the_reason_and_changes_nothing(checkout, capsys, name, texts, words):
    replace(checkout / "openapi" / name, *texts)
    before = read_files(checkout)
    assert main(["--root", str(checkout)]) == 1
    assert words in capsys.readouterr().err
    assert read_files(checkout) == before


def test_a_replacement_that_fails_half_way_is_undone(checkout):
    before = read_files(checkout / "generated")
    expected = dict.fromkeys(read_generated(checkout), b"new")
    (checkout / DOCUMENT).unlink()
    (checkout / DOCUMENT).mkdir()  # so that the file cannot take its place
    with pytest.raises(IsADirectoryError):
        replace_files(checkout, expected)
    assert read_files(checkout / "generated") == before
    assert list(checkout.glob(".regenerate-*")) == []

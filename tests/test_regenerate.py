"""Generating: what check_generated sees, and that a failed run leaves things as they were."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from regenerate import DOCUMENT, ROOT, read_files, replace_files

PACKAGE = "generated/x_insights_api"


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    root = tmp_path_factory.mktemp("checkout")
    for name in ("openapi", "generated"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / DOCUMENT).parent.mkdir(parents=True)
    shutil.copy(ROOT / DOCUMENT, root / DOCUMENT)
    # What lies above the checkout's output must not shape it: the generator's ruff would otherwise follow it.
    (root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 40\n")
    return root


@pytest.fixture
def checkout(original, tmp_path):
    return shutil.copytree(original, tmp_path / "copy")


def regenerate(root, *arguments):
    script = [sys.executable, str(ROOT / "scripts/spec/regenerate.py"), "--root", str(root), *arguments]
    return subprocess.run(script, capture_output=True, text=True, check=False)


def replace(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_the_repository_is_up_to_date(original):
    run = regenerate(original, "--check")
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


@pytest.mark.parametrize("change", [edit, add, add_beside, remove, edit_the_kits_document])
def test_a_difference_is_found_and_mended(checkout, original, change):
    line = change(checkout)
    run = regenerate(checkout, "--check")
    assert (run.returncode, run.stdout) == (1, f"{line}\n")
    assert "nox -s generate" in run.stderr
    assert regenerate(checkout).returncode == 0
    assert read_files(checkout) == read_files(original)


def test_a_new_metric_becomes_a_member(checkout):
    replace(
        checkout / "openapi/insights-28hr.yaml",
        "            - AppOpens\n",
        "            - AppOpens\n            - Zaps9In1Day\n",
    )
    assert regenerate(checkout).returncode == 0
    assert '    ZAPS_9_IN_1_DAY = "Zaps9In1Day"\n' in (checkout / PACKAGE / "models/metric.py").read_text()


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        # The generator would warn, leave the parameter out, and go on.
        ("insights-28hr.yaml", "$ref: '#/components/parameters/Eng", "$ref: '#/components/parameters/Gone", "Gone"),
        ("overlay.yaml", "[?@.name == 'tweet_ids']", "[?@.name == 'ids']", "matches 0 places"),
        ("overlay.yaml", "[?@.name == 'tweet_ids']", "[*]", "places in the fragment, not one object"),
        ("overlay.yaml", "[?@.name == 'tweet_ids']", "[?", "[?"),
        ("insights-28hr.yaml", "openapi: 3.0.0\n", "openapi: [\n", "insights-28hr.yaml"),
    ],
)
def test_a_failed_run_says_why_and_changes_nothing(checkout, name, old, new, words):
    replace(checkout / "openapi" / name, old, new)
    before = read_files(checkout)
    run = regenerate(checkout)
    assert run.returncode == 1
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert read_files(checkout) == before


def test_a_swap_that_fails_half_way_is_undone(checkout, original):
    expected = dict.fromkeys([*(f for f in read_files(checkout) if f.parts[0] == "generated"), DOCUMENT], b"new")
    (checkout / DOCUMENT).unlink()
    (checkout / DOCUMENT).mkdir()  # so that the file cannot take its place
    with pytest.raises(IsADirectoryError):
        replace_files(checkout, expected)
    assert read_files(checkout / "generated") == read_files(original / "generated")
    assert [path.name for path in checkout.glob(".regenerate-*")] == []

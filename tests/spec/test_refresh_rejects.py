"""A refresh rejects a document that it cannot use: one line, exit code 2, and nothing touched."""

from __future__ import annotations

import pytest

from scripts.spec.regenerate import read_files

from .documents import build_document, get_schema


def lower_version(document):
    document["info"]["version"] = "2.9"


def rename_all_paths(document):
    document["paths"] = {path.replace("/2/", "/3/"): item for path, item in document["paths"].items()}


def remove_all_paths(document):
    document["paths"] = None


def lower_openapi_version(document):
    document["openapi"] = "2.0"


def add_dangling_reference(document):
    get_schema(document, "Engagement")["properties"]["new"] = {"$ref": "#/components/schemas/Gone"}


def add_remote_reference(document):
    get_schema(document, "Engagement")["properties"]["new"] = {"$ref": "other.json#/Gone"}


def add_reference_cycle(document):
    get_schema(document, "Engagement")["properties"]["new"] = {"$ref": "#/components/schemas/Engagement"}


@pytest.mark.parametrize(
    ("mutate", "line"),
    [
        (lower_version, "version 2.9 of the document is older than version 2.166 in openapi/insights-28hr.yaml"),
        (rename_all_paths, "x-openapi.json is not X's document: it has no path under /2/"),
        (remove_all_paths, "x-openapi.json is not X's document: it has no path under /2/"),
        (lower_openapi_version, "x-openapi.json is not an OpenAPI 3 document"),
        (add_dangling_reference, "$ref #/components/schemas/Gone points to nothing"),
        (add_remote_reference, "$ref other.json#/Gone points outside the document"),
        (add_reference_cycle, "$ref cycle: #/components/schemas/Engagement -> #/components/schemas/Engagement"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--check",)])
def test_an_unusable_document_touches_nothing(refresh, checkout, mutate, line, options):
    document = build_document()
    mutate(document)
    before = read_files(checkout)
    run = refresh(document, *options)
    assert (run.code, run.out) == (2, "")
    assert run.err.endswith(f"{line}\n")
    assert run.err.count("\n") == 1
    assert read_files(checkout) == before


@pytest.mark.parametrize("content", [b"", b"[]", b'{"openapi": ', b"a: [", b"\xff", b"{}", b"[" * 1000, b"text"])
def test_a_file_that_is_not_a_document_is_rejected(refresh, content):
    run = refresh(content)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1), run.err


def test_a_missing_file_is_rejected(refresh, tmp_path):
    run = refresh(tmp_path / "nowhere.json")
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1), run.err

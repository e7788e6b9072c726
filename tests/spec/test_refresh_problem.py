"""The fragments keep one `Problem`, however a document joins its subtypes to it."""

from __future__ import annotations

import pytest

from scripts.spec.regenerate import read_files

from .documents import build_document, get_schema

SUBTYPES = [{"$ref": "#/components/schemas/ResourceNotFoundProblem"}, {"$ref": "#/components/schemas/Gone"}]
DISCRIMINATOR = {"propertyName": "type", "mapping": {"https://example.org/problems/gone": SUBTYPES[1]["$ref"]}}


def join_by_discriminator(problem):
    return {**problem, "discriminator": DISCRIMINATOR}


def join_by_one_of(problem):
    return {"oneOf": SUBTYPES, "discriminator": DISCRIMINATOR}


def join_by_one_of_with_a_type(problem):
    return {"type": "object", "oneOf": SUBTYPES}


def join_by_any_of_beside_own_properties(problem):
    return {**problem, "anyOf": SUBTYPES}


def join_by_all_of(problem):
    return {"allOf": SUBTYPES}


@pytest.mark.parametrize(
    "join",
    [
        join_by_discriminator,
        join_by_one_of,
        join_by_one_of_with_a_type,
        join_by_any_of_beside_own_properties,
        join_by_all_of,
    ],
)
def test_subtypes_are_no_difference(refresh, checkout, join):
    document, before = build_document(), read_files(checkout)
    schemas = document["components"]["schemas"]
    schemas["Problem"] = join(schemas["Problem"])
    schemas["ResourceNotFoundProblem"] = {"type": "object", "properties": {"resource_id": {"type": "string"}}}
    run = refresh(document)
    assert (run.code, run.err) == (0, "")
    assert read_files(checkout) == before


def test_a_field_that_every_problem_gains_is_a_change(refresh):
    document = build_document()
    get_schema(document, "Problem")["properties"]["instance"] = {"type": "string"}
    run = refresh(document, "--check")
    assert run.code == 1
    assert "compatible  response 200, field errors[].instance: added" in run.out.splitlines()

"""A refresh writes what changed into the fragment, and nothing else. If it fails, it writes nothing."""

from __future__ import annotations

import random

import pytest
from ruamel.yaml import YAML

from scripts.spec.regenerate import DOCUMENT, ROOT, read_files

from .documents import ANALYTICS, INSIGHTS, build_document, get_operation, get_parameter, get_total
from .mutations import add_metric, change_server

UP_TO_DATE = (0, "".join(f"GET {path}: up to date with version 99.1\n" for path in (INSIGHTS, ANALYTICS)), "")


def test_an_unchanged_document_writes_nothing(refresh, checkout):
    before = read_files(checkout)
    for options in ((), ("--check",)):
        assert refresh(build_document(), *options) == UP_TO_DATE
    assert read_files(checkout) == before


def test_the_order_of_keys_and_the_format_do_not_matter(refresh, checkout, tmp_path):
    def shuffle(node):
        if isinstance(node, dict):
            return {name: shuffle(node[name]) for name in random.Random(28).sample(sorted(node), len(node))}
        return [shuffle(each) for each in node] if isinstance(node, list) else node

    before = read_files(checkout)
    with (tmp_path / "x-openapi.yaml").open("w") as file:
        YAML().dump(shuffle(build_document()), file)
    assert refresh(shuffle(build_document())) == UP_TO_DATE
    assert refresh(tmp_path / "x-openapi.yaml") == UP_TO_DATE
    assert read_files(checkout) == before


@pytest.mark.usefixtures("fake_generator")
def test_only_what_changed_is_written(refresh, checkout):
    document = build_document()
    add_metric(document)
    refresh(document)
    before = (ROOT / "openapi/insights-28hr.yaml").read_text().splitlines()
    after = (checkout / "openapi/insights-28hr.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == [
        "  version: '99.1'",
        "            - Zaps",
    ]


@pytest.mark.usefixtures("fake_generator")
def test_an_action_that_x_has_made_unnecessary_is_named(refresh):
    document = build_document()
    get_parameter(document, "tweet_ids")["explode"] = False
    run = refresh(document)
    assert run.code == 0
    assert "breaking    parameter tweet_ids: explode true → false" in run.out
    assert "delete the action for $.paths.*.get.parameters[?@.name == 'tweet_ids']: " in run.out


def test_an_action_without_a_target_stops_the_refresh(refresh, checkout):
    document = build_document()
    get_parameter(document, "tweet_ids")["name"] = "post_ids"
    before = read_files(checkout)
    run = refresh(document)
    assert run.code == 2
    assert "breaking    parameter tweet_ids: removed" in run.out
    assert "matches 0 places" in run.err
    assert read_files(checkout) == before


def test_a_document_that_the_generator_rejects_changes_nothing(refresh, checkout):
    document = build_document()
    get_total(document)["metric_value"]["type"] = "not a type"
    before = read_files(checkout)
    run = refresh(document)
    assert run.code == 2
    assert "openapi-python-client failed" in run.err
    assert read_files(checkout) == before


@pytest.mark.usefixtures("fake_generator")
def test_a_failed_replacement_restores_all_fragments(refresh, checkout):
    document = build_document()
    change_server(document)
    (checkout / DOCUMENT).unlink()
    (checkout / DOCUMENT).mkdir()  # so that the file cannot take its place
    before = read_files(checkout)
    with pytest.raises(IsADirectoryError):
        refresh(document)
    assert read_files(checkout) == before


@pytest.mark.parametrize("get_place", [lambda document: document["paths"][INSIGHTS], get_operation])
def test_a_server_of_one_operation_is_reported_and_not_merged(refresh, checkout, get_place):
    document = build_document()
    get_place(document)["servers"] = [{"url": "https://insights.x.com"}]
    before = read_files(checkout)
    run = refresh(document)
    assert run.code == 2
    assert "breaking    document: servers https://api.x.com → https://insights.x.com" in run.out.splitlines()
    assert run.err == "openapi/tweets-analytics.yaml defines servers differently from another fragment\n"
    assert read_files(checkout) == before

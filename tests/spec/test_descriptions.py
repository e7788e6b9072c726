"""Names are X's to change: new ones are compatible, and our descriptions follow them."""

from __future__ import annotations

import json

import pytest

from scripts.spec.document import read_document
from scripts.spec.fragments import OVERLAY, merge_fragments
from scripts.spec.regenerate import DOCUMENT, ROOT, is_idle

from .documents import ANALYTICS, FRAGMENTS, build_document, get_schema
from .mutations import rename_security_scheme

pytestmark = pytest.mark.usefixtures("fake_generator")


def rename(document, kind, old, new):
    """Return the document with a component renamed."""
    text = json.dumps(document).replace(f'"#/components/{kind}/{old}"', f'"#/components/{kind}/{new}"')
    document = json.loads(text)
    document["components"][kind][new] = document["components"][kind].pop(old)
    return document


def collect_descriptions(node):
    if isinstance(node, list):
        return [each for item in node for each in collect_descriptions(item)]
    if not isinstance(node, dict):
        return []
    own = [node[name] for name in ("summary", "description") if isinstance(node.get(name), str)]
    return own + [each for item in node.values() for each in collect_descriptions(item)]


SCHEMAS = (
    *("TweetId", "Get2Insights28hrResponse", "AnalyticsId", "GetPostsAnalyticsResponse", "Analytics"),
    *("AnalyticsTimestampedMetrics", "Error"),
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [*(("schemas", name) for name in SCHEMAS), ("parameters", "AnalyticsFieldsParameter")],
)
def test_a_renamed_component_is_compatible_and_keeps_its_text(refresh, checkout, kind, name):
    before = collect_descriptions(json.loads((checkout / DOCUMENT).read_text()))
    run = refresh(rename(build_document(), kind, name, "Renamed"))
    assert run.code == 0, run.err
    changes = [line for line in run.out.splitlines() if line.startswith(("breaking", "compatible"))]
    word = "schema" if kind == "schemas" else "parameter component"
    assert set(changes) == {f"compatible  {word} {name}: now called Renamed"}
    assert sorted(collect_descriptions(json.loads((checkout / DOCUMENT).read_text()))) == sorted(before)
    assert "overlay.yaml: " not in run.out


def test_a_security_scheme_with_a_new_name_is_one_compatible_line(refresh, checkout):
    before = collect_descriptions(json.loads((checkout / DOCUMENT).read_text()))
    document = build_document()
    rename_security_scheme(document)
    run = refresh(document)
    lines = [line for line in run.out.splitlines() if line.startswith(("breaking", "compatible"))]
    assert lines == ["compatible  security scheme UserToken: now called Signature"] * 2
    assert sorted(collect_descriptions(json.loads((checkout / DOCUMENT).read_text()))) == sorted(before)


def test_every_action_has_a_target():
    merged = merge_fragments(FRAGMENTS)
    for action in read_document(ROOT / OVERLAY)["actions"]:
        assert not is_idle(merged, action), action["target"]


def test_a_description_that_matches_nothing_is_reported(refresh):
    document = build_document()
    get_schema(document, "Analytics")["properties"].pop("timestamped_metrics")
    run = refresh(document)
    assert run.code == 0, run.err
    target = "$.components.schemas[?@.properties.timestamped_metrics]"
    assert f"overlay.yaml: change the target {target}: it matches nothing now" in run.out.splitlines()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda schema: schema.update(title="A title", description="Text"), None),
        (
            lambda schema: [schema["properties"][name].update(nullable=True) for name in ("likes", "shares")],
            "compatible  response 200, 2 fields data[].{likes, shares}: nullable none → true",
        ),
        (
            lambda schema: schema["properties"]["id"].update(nullable=True),
            "breaking    response 200, field data[].id: nullable none → true",
        ),
        (
            lambda schema: schema["properties"]["id"].update(deprecated=True),
            "compatible  response 200, field data[].id: deprecated none → true",
        ),
    ],
)
def test_only_what_callers_notice_is_breaking(refresh, change, line):
    document = build_document()
    change(get_schema(document, "Analytics"))
    lines = refresh(document, "--check").out.splitlines()
    assert [each for each in lines if each.startswith(("breaking", "compatible"))] == ([line] if line else [])
    assert ANALYTICS in lines[1]

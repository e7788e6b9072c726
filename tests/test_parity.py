"""Both clients have the same methods and options."""

from __future__ import annotations

import inspect

import pytest

from x_insights import AsyncInsightsClient, InsightsClient
from x_insights._transport.auth import AsyncToken, Token

# The names that Python has for the asynchronous forms.
SYNC_NAMES = {"__aenter__": "__enter__", "__aexit__": "__exit__"}


def public_members(client_class):
    members = {SYNC_NAMES.get(name, name): member for name, member in vars(client_class).items()}
    return {
        name: member
        for name, member in members.items()
        if not name.startswith("_") or name in SYNC_NAMES.values() or name == "__init__"
    }


SYNC, ASYNC = public_members(InsightsClient), public_members(AsyncInsightsClient)


def test_both_clients_have_the_same_members():
    assert SYNC.keys() == ASYNC.keys()


@pytest.mark.parametrize("name", sorted(SYNC.keys() - {"__init__"}))
def test_a_member_has_the_same_signature_in_both_clients(name):
    assert isinstance(SYNC[name], property) == isinstance(ASYNC[name], property)
    if not isinstance(SYNC[name], property):
        async_signature = str(inspect.signature(ASYNC[name])).replace(str(AsyncToken), str(Token)).replace("Async", "")
        assert str(inspect.signature(SYNC[name])) == async_signature


def test_the_options_are_the_same_but_for_max_concurrency():
    def describe(parameters):
        return {name: (parameter.kind, parameter.default) for name, parameter in parameters.items()}

    sync, asynchronous = (dict(inspect.signature(members["__init__"]).parameters) for members in (SYNC, ASYNC))
    assert asynchronous.pop("max_concurrency").default == 4
    assert describe(sync) == describe(asynchronous)


@pytest.mark.parametrize("name", sorted(SYNC.keys() - {"__init__", "__enter__", "__exit__"}))
def test_every_member_is_documented(name):
    assert inspect.getdoc(SYNC[name])
    assert inspect.getdoc(ASYNC[name])

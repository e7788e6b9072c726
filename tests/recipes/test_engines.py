"""More than one machine: the recipes for Dask and Celery lose and duplicate nothing, and show no token."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from dask.distributed import Client, LocalCluster
from documents import find_example, run

import x_insights.testing
from x_insights import AuthenticationError, InsightsClient, InvalidRequestError
from x_insights.testing import Sandbox

ACCOUNTS = [f"account-{number}" for number in range(200)]
POSTS = {account: [str(10**18 + 100 * number + each) for each in range(100)] for number, account in enumerate(ACCOUNTS)}
REVOKED = ACCOUNTS[7::25]
FOLDERS = ["queue", "processed", "results"]  # where Celery keeps messages and results
SECRET = "SECRET-0123456789-"  # the start of all tokens


class Clock:
    """The sandbox's clock. A pause of the recipe moves it immediately."""

    def __init__(self):
        self.offset = 0
        self.pauses = []

    def time(self):
        return time.time() + self.offset

    def sleep(self, seconds):
        self.offset += seconds
        self.pauses.append(seconds)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(x_insights.testing._sandbox, "time", clock)
    return clock


@pytest.fixture
def sandbox(clock):
    """A server that limits each account to fewer requests than it has pages, and rejects some revoked tokens."""
    with Sandbox(rate_limit=3) as sandbox:
        for account in REVOKED:
            sandbox.revoke(SECRET + account)
        yield sandbox


@pytest.fixture
def folder(sandbox, clock, tmp_path, monkeypatch):
    """A folder that the workers import from, with the module that both recipes share, and the tokens."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for account in ACCOUNTS:
        (secrets / account).write_text(f"{SECRET}{account}\n")
    code = find_example("# insights_job.py").replace("/run/secrets", str(secrets))
    code = code.replace('"ACCESS_TOKEN"', f'"ACCESS_TOKEN", base_url="{sandbox.url}"')
    (tmp_path / "insights_job.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(importlib.import_module("insights_job"), "time", clock)
    yield tmp_path
    for name in ("insights_job", "insights_celery"):
        sys.modules.pop(name, None)


def break_requests(sandbox, times):
    """Let the next requests fail, nine for each of `times`: some are retried by the client, some by the recipe only."""
    for _ in range(times):
        sandbox.fail_next(3)
        sandbox.drop_next(2)
        sandbox.fail_next(2, headers={"Retry-After": "600"})
        sandbox.fail_next(2, status=200, body=b'{"data": 5}')


def assert_complete(results, failed, posts, sandbox, faults):
    """Assert that each account has each of its Posts once, with its figure, unless its token is revoked."""
    revoked = {account for account in posts if account in REVOKED}
    assert {account: type(error) for account, error in failed.items()} == dict.fromkeys(revoked, AuthenticationError)
    assert all(failed[account].pending == tuple(posts[account]) for account in revoked)
    # Four pages per account, and a second attempt after each 401: no received page was requested again.
    assert len(sandbox.requests) <= 4 * (len(posts) - len(revoked)) + 2 * len(revoked) + faults

    sandbox.rate_limit = len(ACCOUNTS)
    tweet_ids = [tweet_id for account in posts for tweet_id in posts[account]]
    with InsightsClient("any-token", base_url=sandbox.url) as client:
        figures = client.get_historical(tweet_ids, "impressions", sandbox.now - timedelta(hours=28), sandbox.now)
    assert list(results) == list(posts)
    for account, insights in results.items():
        rows = [(row["tweet_id"], row["value"]) for row in insights.to_rows()]
        expected = [] if account in revoked else posts[account]
        assert rows == [(tweet_id, figures[tweet_id]["totals"]["Impressions"]) for tweet_id in expected]
        assert insights.errors == insights.missing == []


def test_dask_loses_and_duplicates_nothing(folder, sandbox, clock, capfd):
    break_requests(sandbox, times=5)
    with LocalCluster(n_workers=2, threads_per_worker=4, dashboard_address=":0") as cluster:
        recipe = find_example("dask.distributed").replace("tcp://scheduler:8786", cluster.scheduler_address)
        names = run(recipe, sandbox, posts=POSTS)
    assert_complete(names["results"], names["failed"], POSTS, sandbox, 45)
    assert set(names["retries"]) >= set(ACCOUNTS) - set(REVOKED)
    assert max(clock.pauses) > 600
    output = "".join(capfd.readouterr())
    for name in ("RateLimitError", "ServerError", "ResponseError"):
        assert f": {name}, " in output
    assert SECRET not in output + repr(names["failed"])


def test_dask_keeps_the_name_of_an_account_and_not_its_token(folder):
    fetch = importlib.import_module("insights_job").fetch
    with LocalCluster(processes=False, dashboard_address=":0") as cluster, Client(cluster) as client:
        future = client.submit(fetch, ACCOUNTS[0], ["not an ID"])
        with pytest.raises(InvalidRequestError):
            future.result()
        kept = pickle.dumps([task.run_spec for task in cluster.scheduler.tasks.values()])
        logs = str([client.get_worker_logs(), client.get_scheduler_logs()])
    assert ACCOUNTS[0].encode() in kept
    assert "Compute Failed" in logs
    assert SECRET not in f"{kept}{logs}"


@pytest.fixture
def celery(folder):
    """The module of the recipe for Celery, with a broker and a backend of files, and a worker of two processes."""
    for name in FOLDERS:
        (folder / name).mkdir()
    code = find_example("# insights_celery.py").replace('broker="redis://broker"', 'broker="filesystem://"')
    code = code.replace('backend="redis://broker"', f'backend="file://{folder}/results"')
    options = {
        "data_folder_in": f"{folder}/queue",
        "data_folder_out": f"{folder}/queue",
        "control_folder": f"{folder}/control",
        "polling_interval": 0.1,
        "store_processed": True,
        "processed_folder": f"{folder}/processed",
    }
    (folder / "insights_celery.py").write_text(f"{code}\n\napp.conf.broker_transport_options = {options}\n")
    command = [sys.executable, "-m", "celery", "-A", "insights_celery", "worker", "--concurrency=2", "--loglevel=INFO"]
    path = folder / "worker.log"  # a pipe that nobody reads would block the worker
    with path.open("w") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as worker:
        try:
            while " ready." not in path.read_text():
                assert worker.poll() is None, path.read_text()
                time.sleep(0.1)
            yield importlib.import_module("insights_celery")
        finally:
            worker.terminate()


def test_celery_loses_and_duplicates_nothing(celery, folder, sandbox, capfd):
    posts = {account: POSTS[account] for account in ACCOUNTS[:20]}
    break_requests(sandbox, times=1)
    results, failed, retries = celery.fetch_all_with_celery(posts)
    assert_complete(results, failed, posts, sandbox, 9)
    assert set(retries) >= set(posts) - set(REVOKED)
    messages, stored = (b"".join(each.read_bytes() for each in (folder / name).iterdir()) for name in FOLDERS[1:])
    assert f"('{ACCOUNTS[0]}', ".encode() in messages
    assert b"Insights" in stored
    log = (folder / "worker.log").read_text()
    assert SECRET not in f"{messages}{stored}{log}{capfd.readouterr()}{failed}"

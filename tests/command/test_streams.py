"""Standard input, pipes and files."""

from __future__ import annotations

import csv
import io
import os
import sys

import pytest
from bodies import IDS
from processes import run


def test_ids_on_standard_input_take_the_place_of_the_dash(ask, sandbox, set_stdin):
    set_stdin("\ufeff1  2\n\t3\r\nhttps://x.com/a/status/4\n".encode())
    code, _, errors = ask("10", "-", "20", "2")
    assert (code, errors) == (0, "")
    assert sandbox.requests[0].tweet_ids == ("10", "1", "2", "3", "4", "20")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b" \n", "pass one or more IDs, or - for standard input"),
        (b"20 \xff\x1b[2J", "\N{REPLACEMENT CHARACTER} [2J: not an ID (use 1 to 19 digits, or the URL of a Post)"),
        (b"7" * 100, f"{'7' * 60}: not an ID"),
    ],
)
def test_standard_input_without_ids_ends_with_2(call, set_stdin, content, message):
    set_stdin(content)
    code, output, errors = call("-", "--base-url=http://127.0.0.1:9")
    assert (code, output) == (2, "")
    assert message in errors


def test_a_standard_input_that_cannot_be_read_ends_with_1():
    done = run(command=("sh", "-c", f'"{sys.executable}" -m x_insights - <&-'))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "x-insights: [Errno 9] Bad file descriptor\n")


@pytest.mark.measured
def test_a_closed_pipe_ends_quietly(sandbox):
    reader, writer = os.pipe()
    os.close(reader)
    done = run("20", "--base-url", sandbox.url, stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_csv_ends_if_its_reader_has_gone(sandbox):
    line = f'"{sys.executable}" -m x_insights - --granularity=hourly --format=csv --base-url {sandbox.url} | head -1'
    done = run(command=("sh", "-c", line), input=" ".join(IDS))
    assert (done.returncode, done.stdout, done.stderr) == (0, "tweet_id,time,metric,value\n", "")
    assert len(sandbox.requests) < 10  # of 21: a pipe holds less than a page


@pytest.mark.parametrize("name", ["table", "json", "csv"])
def test_an_output_file_has_what_is_printed_without_it(ask, tmp_path, name):
    arguments = ("20", f"--format={name}", "--granularity=hourly")
    file = tmp_path / "insights"
    file.write_text("old")
    _, printed, _ = ask(*arguments)
    assert ask(*arguments, f"--output={file}") == (0, "", "")
    assert file.read_text("utf-8") == printed
    assert list(tmp_path.iterdir()) == [file]


def test_an_output_file_has_the_pages_before_a_failure(call, tmp_path):
    file = tmp_path / "insights.csv"
    arguments = ("--sandbox", "--rate-limit=1", "--format=csv", "--metrics=likes", f"--output={file}")
    code, output, errors = call(*IDS[:26], *arguments)
    assert (code, output) == (1, "")
    assert f"pending: {IDS[25]}\n" in errors
    assert [row["tweet_id"] for row in csv.DictReader(io.StringIO(file.read_text()))] == IDS[:25]


def test_invalid_arguments_leave_the_files_untouched(ask, sandbox, tmp_path):
    file = tmp_path / "file"
    file.write_text("old")
    for arguments, message in (
        (["--metrics=x", f"--output={file}"], "--metrics has 'x'"),
        (["--metrics=x", f"--pending={file}"], "--metrics has 'x'"),
        ([f"--output={file}", f"--pending={file}"], f"x-insights: {file}: File exists\n"),
        ([f"--output={file}", f"--pending={tmp_path}"], f"x-insights: {tmp_path} is not a regular file\n"),
        (["--output=/"], "x-insights: / is not a regular file\n"),
        ([f"--output={tmp_path}/a/b"], f"x-insights: {tmp_path}/a/b: No such file or directory\n"),
    ):
        code, output, errors = ask("20", *arguments)
        assert (code, output) == (2, "")
        assert message in errors
        assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]
    assert sandbox.requests == []

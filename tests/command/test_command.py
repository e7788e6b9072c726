"""The command `x-insights`: its formats, in pipes and in terminals, and the commands in the documents."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from bodies import build_body
from documents import DOCUMENTS
from helpers import get_sync
from processes import remove_controls, run, run_in_terminal

from x_insights import ALL_METRICS

POST = "1346889436626259968"

TOTALS = """\
Post                 Impressions  Likes  Replies  Retweets  Engagements
1346889436626259968        1,024     20        4         4           60
20                         4,173     79       15        19          195
"""

TRENDS = """\
Post                 Metric       Trend                         Peak  Latest
1346889436626259968  Impressions  ▃▄▃▅▅▄▆█▇▅▄▆▄▃▅▄▂▂▂▁▁▁▁▂▃▃▃▄    97      42
                     Likes        ▁▅▅▅▅▅▅█▅█▁█▅▁▅▅▁▁▅▁▁▁▁▁▅▁▅▅     2       1
20                   Impressions  ▃▅▄▅▆▇█▅█▅▇▇▇▅▅▄▃▂▁▁▁▁▁▃▂▄▃▆   318     249
                     Likes        ▂▅▅▅▆██▆█▅█▇▇▅▆▃▃▂▁▁▂▁▁▃▁▅▃▆     6       4

Trend: 28 values, 2026-11-21T12:00:00Z to 2026-11-22T15:00:00Z
"""

STACKED_TRENDS = """\
Post    20
Metric  Impressions
Trend   ▃▅▄▅▆▇█▅█▅▇▇▇▅▅▄▃▂▁▁▁▁▁▃▂▄▃▆
Peak    318
Latest  249

Metric  Likes
Trend   ▂▅▅▅▆██▆█▅█▇▇▅▆▃▃▂▁▁▂▁▁▃▁▅▃▆
Peak    6
Latest  4
"""

STACKED_TOTALS = """\
Post         1346889436626259968
Impressions  1,024
Likes        20
Replies      4
Retweets     4
Engagements  60

Post         20
Impressions  4,173
"""


def test_totals_are_a_table_with_separators_of_thousands(ask):
    assert ask(POST, "20") == (0, TOTALS, "")


def test_a_series_is_a_table_of_sparklines(ask):
    assert ask(POST, "20", "--granularity=hourly", "--metrics=impressions, likes") == (0, TRENDS, "")


def test_a_pipe_gets_long_lines_without_colours(sandbox):
    metrics = ",".join(ALL_METRICS)
    environment = {"FORCE_COLOR": "1", "COLUMNS": "40"}
    done = run(POST, "20", "--metrics", metrics, "--base-url", sandbox.url, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    header, first, second = done.stdout.splitlines()
    assert header.split() == ["Post", *ALL_METRICS]
    assert (first.split()[0], second.split()[0]) == (POST, "20")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("granularity", "buckets"), [("Total", 0), ("Daily", 2)])
def test_json_is_the_dictionary_of_the_library(ask, sandbox, granularity, buckets):
    sandbox.forbid("20")
    code, output, errors = ask(POST, "20", "--format=json", "--metrics=likes", f"--granularity={granularity}")
    assert json.loads(output) == get_sync(sandbox.url, [POST, "20"], "likes", granularity).to_dict()
    assert len(json.loads(output)["tweets"][POST]["series"]) == buckets
    assert (code, errors) == (3, "x-insights: not measured: 20: Forbidden to access tweets: 20\n")


@pytest.mark.parametrize("granularity", ["Total", "Hourly"])
def test_csv_has_the_rows_of_the_library(ask, sandbox, granularity):
    code, output, errors = ask(POST, "20", "--format=csv", f"--granularity={granularity}", "--metrics=likes,replies")
    assert (code, errors) == (0, "")
    assert output.startswith("tweet_id,time,metric,value\n")
    rows = get_sync(sandbox.url, [POST, "20"], ["likes", "replies"], granularity).to_rows()
    assert [*csv.reader(io.StringIO(output))][1:] == [
        [
            row["tweet_id"],
            row["time"].strftime("%Y-%m-%dT%H:%M:%SZ") if row["time"] else "",
            row["metric"],
            str(row["value"]),
        ]
        for row in rows
    ]


def test_a_gap_is_not_shown_as_zero(call, answer):
    values = [("20", 10, 0), ("20", 11, None), ("20", 13, 7000), ("30", 12, None)]
    buckets = [(tweet_id, f"2026-11-22T{hour}:00:00Z", {"Likes": value}) for tweet_id, hour, value in values]
    url = answer(json.dumps(build_body([("40", {"Likes": None})], buckets)))
    code, output, _ = call("--base-url", url, "20", "30", "40", "--metrics=likes", "--granularity=hourly")
    assert code == 0
    assert output == (
        "Post  Likes\n"
        "40        -\n"
        "\n"
        "Post  Metric  Trend   Peak  Latest\n"
        "20    Likes   ▁··█   7,000   7,000\n"
        "30    Likes   ····       -       -\n"
        "\n"
        "Trend: 4 values, 2026-11-22T10:00:00Z to 2026-11-22T13:00:00Z\n"
    )
    _, output, _ = call("--base-url", url, "20", "30", "40", "--format=csv")
    assert "20,2026-11-22T11:00:00Z,Likes,\n" in output


def test_a_terminal_of_80_columns_gets_the_table(sandbox):
    arguments = (POST, "20", "--granularity=hourly", "--metrics=impressions,likes", "--base-url", sandbox.url)
    code, screen, _ = run_in_terminal(80, *arguments)
    assert code == 0
    assert remove_controls(screen).endswith(TRENDS)
    assert "\x1b[1mPost " in screen
    assert "\x1b[36m▂" in screen
    assert "Pages" in screen


def test_csv_on_a_terminal_is_not_mixed_up_with_a_bar(sandbox):
    code, screen, _ = run_in_terminal(80, "20", "--metrics=likes", "--format=csv", "--base-url", sandbox.url)
    assert code == 0
    assert screen.startswith("tweet_id,time,metric,value\n20,,Likes,")
    assert "Pages" not in screen


@pytest.mark.measured
def test_a_narrow_terminal_gets_the_cells_below_one_another(sandbox):
    code, screen, _ = run_in_terminal(40, POST, "20", "--base-url", sandbox.url)
    assert code == 0
    assert STACKED_TOTALS in remove_controls(screen)
    arguments = ("20", "--granularity=hourly", "--metrics=impressions,likes", "--base-url", sandbox.url)
    code, screen, _ = run_in_terminal(40, *arguments)
    assert code == 0
    assert STACKED_TRENDS in remove_controls(screen)


def test_the_progress_bar_is_on_standard_error_and_not_in_the_data(sandbox):
    code, screen, output = run_in_terminal(80, "20", "--format=json", "--base-url", sandbox.url, stdout=subprocess.PIPE)
    assert code == 0
    assert list(json.loads(output)["tweets"]) == ["20"]
    assert "Pages" in screen
    assert screen.endswith("\x1b[?25h\r\x1b[1A\x1b[2K")  # the cursor is shown again, and the bar is erased


def test_a_dumb_terminal_gets_no_bar_and_no_controls(sandbox):
    code, screen, _ = run_in_terminal(80, POST, "20", "--base-url", sandbox.url, environment={"TERM": "dumb"})
    assert (code, screen) == (0, TOTALS)


def test_an_output_that_has_only_ascii_gets_sparklines_of_ascii(sandbox):
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    arguments = ("20", "--granularity=hourly", "--metrics=likes", "--base-url", sandbox.url)
    done = run(*arguments, environment=environment)
    assert done.returncode == 0
    assert "\n20    Likes   .===+##+#=#**=+--.__.__-_=-+     6       4\n" in done.stdout


def test_the_words_of_x_cannot_control_the_terminal(call, answer):
    problem = {"detail": "a\x1b[2Jb\r\n\u202ec", "resource_id": "3"}
    body = build_body([("2", {"Likes\x1b]0;title\x07\nx": 1})])
    url = answer(json.dumps({**body, "errors": [problem]}))
    code, output, errors = call("--base-url", url, "2", "3")
    assert (code, output) == (3, "Post  Likes ]0;title  x\n2                     1\n")
    assert errors == "x-insights: not measured: 3: a [2Jb   c\n"


def test_wide_characters_are_aligned(call, answer):
    url = answer(json.dumps(build_body([("2", {"いいね": 1000000, "Likes": 1})])))
    assert call("--base-url", url, "2")[1] == "Post     いいね  Likes\n2     1,000,000      1\n"


def test_csv_has_no_text_that_a_spreadsheet_executes(call, answer):
    names = {
        "=1+1": "'=1+1",
        "+1": "'+1",
        "-1": "'-1",
        "@SUM(A1)": "'@SUM(A1)",
        "\t=1": "' '=1",
        "\rx": "' x",
        "\nx": "' x",
        " =1": "' =1",
        "\N{FULLWIDTH EQUALS SIGN}1": "'\N{FULLWIDTH EQUALS SIGN}1",
        'a",=1': 'a",=1',
        "a;=1": "a;'=1",
        "a\t=1": "a '=1",
        "a\x1b[2J\u202eb": "a [2J b",
        "a-1=b": "a-1=b",
    }
    times = {name: f"=time{number}" for number, name in enumerate(names)}
    body = build_body([("2", {"Likes": -5}), ("=2", {"Likes": 0.5})], [("2", times[each], {each: 1}) for each in names])
    url = answer(json.dumps(body))
    code, output, errors = call("--base-url", url, "2", "--format=csv")
    assert (code, errors) == (0, "")
    assert [*csv.reader(io.StringIO(output))][1:] == [
        ["2", "", "Likes", "-5"],
        *(["2", f"'{times[name]}", shown, "1"] for name, shown in names.items()),
        ["'=2", "", "Likes", "0.5"],
    ]
    _, output, _ = call("--base-url", url, "2", "--format=json")
    assert output.isascii()
    assert json.loads(output)["tweets"]["2"]["series"][-1]["metrics"] == {"a-1=b": 1}


def read_commands():
    """Return the commands in the documents, each once: those for Python alone, and those that need a shell."""
    texts = (document.read_text("utf-8") for document in DOCUMENTS)
    lines = (
        line
        for text in texts
        for line in re.findall(r"(?:^|`)((?:[^`\n]*[|&] )?x-insights [^`\n]+)", text, re.MULTILINE)
    )
    plain, shell = [], []
    for line in dict.fromkeys(lines):
        (shell if set(line) & set("|<>$") else plain).append(line)
    return plain, shell


def test_the_commands_in_the_documents_run(call):
    commands, _ = read_commands()
    assert "x-insights --check 20" in commands
    for command in commands:
        code, output, _ = call(*command.split()[1:], "--sandbox")
        assert code == 0
        assert output


def test_the_pipes_in_the_documents_run(sandbox, tmp_path):
    _, commands = read_commands()
    assert len(commands) > 5
    (tmp_path / "ids.txt").write_text("1000 1001\n1002")
    (tmp_path / "posts.csv").write_text("id,author\n1000,jack\n1001,jack\n")
    for words, replacement in (
        ("test -s pending.txt", "echo 1003 > pending.txt"),  # as if the command before it had failed
        (r"\b\w+\.(txt|csv)\b", rf"{tmp_path}/\g<0>"),
        ("x-insights (?!--sandbox)", f"x-insights --base-url {sandbox.url} "),
        ("x-insights ", f"'{sys.executable}' -m x_insights "),
    ):
        commands = [re.sub(words, replacement, command) for command in commands]
    done = run(command=("sh", "-c", "\n".join(commands)))
    pending, *reason = done.stderr.splitlines()[1:]
    assert pending == "pending: 1025 1026 1027 1028 1029 1030"
    assert len(reason) == 2
    lines = (tmp_path / "insights.csv").read_text().splitlines()
    assert list(dict.fromkeys(line.split(",")[0] for line in lines)) == ["tweet_id", "1000", "1001", "1002", "1003"]
    assert (tmp_path / "pending.txt").read_text() == ""


def test_a_command_prints_the_output_below_it_in_the_documents(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    texts = (document.read_text("utf-8") for document in DOCUMENTS)
    pattern = re.compile(r"^x-insights (.+)\n```\n\n```text\n((?:(?!```).*\n)+)```", re.MULTILINE)
    printed = [pair for text in texts for pair in pattern.findall(text)]
    assert printed
    for command, output in printed:
        assert call(*command.split(), "--sandbox")[:2] == (0, output)


@pytest.mark.parametrize(
    ("redirection", "code", "output", "errors"),
    [
        pytest.param(">&-", 0, "", "", marks=pytest.mark.measured),
        ("2>&-", 0, TOTALS, ""),
        ("2>&- >&-", 0, "", ""),
        ("<&-", 0, TOTALS, ""),
    ],
)
def test_a_missing_stream_is_no_failure(sandbox, redirection, code, output, errors):
    line = f'"{sys.executable}" -m x_insights {POST} 20 --base-url {sandbox.url} {redirection}'
    done = run(command=("sh", "-c", line))
    assert (done.returncode, done.stdout, done.stderr) == (code, output, errors)


def test_the_sandbox_needs_neither_token_nor_address(call, monkeypatch):
    monkeypatch.delenv("X_ACCESS_TOKEN")
    assert call(POST, "20", "--sandbox") == (0, TOTALS, "x-insights: the figures are generated by a sandbox\n")


# Run the command as if a module were not installed.
WITHOUT = """
import runpy, sys

class Finder:
    def find_spec(name, *_):
        if name == {0!r}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Finder)
runpy.run_module("x_insights", run_name="__main__")
"""


@pytest.mark.measured
@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        ("rich", ["20"], 'rich is missing: the command needs its extra, `pip install "x-insights-28hr[cli]"`'),
        (
            "pytest_httpserver",
            ["20", "--sandbox"],
            'pytest_httpserver is missing: the test kit needs its extra, `pip install "x-insights-28hr[testing]"`',
        ),
    ],
)
def test_without_an_extra_one_line_says_what_to_install(module, arguments, message):
    done = run(*arguments, command=(sys.executable, "-c", WITHOUT.format(module)))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"x-insights: {message}\n")

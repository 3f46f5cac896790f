"""The shell without a kernel: the same outputs as nbclient with the real one, cell by cell, on a corpus."""

# ruff: noqa: E501 - a table of programs

from __future__ import annotations

import pytest
from executed import COMES_LATE, SNIPPETS, comparable, request_of

from alliances_grader.kernel_route import run_in_kernel
from alliances_grader.shell_inputs import BadFrameError, FrameReader, RunLimits, encode_frame
from alliances_grader.shell_outputs import OutputRecorder
from alliances_grader.zygote_client import ZygoteClient


@pytest.fixture(scope="module")
def client():
    with ZygoteClient(["numpy", "pandas"]) as made:
        yield made


@pytest.fixture(scope="module")
def both(client, tmp_path_factory):
    """Every snippet on both routes: those that can share a run share one."""
    found = {}
    groups = [[one for one in SNIPPETS if not one.alone], *([one] for one in SNIPPETS if one.alone)]
    for group in groups:
        cells = [cell for snippet in group for cell in snippet.cells]
        runs = [
            route(request_of(cells, tmp_path_factory.mktemp("copy"), copy_seconds=300))
            for route in (client.run, run_in_kernel)
        ]
        assert [run.ended for run in runs] == ["", ""]
        ours, theirs = (comparable(run) for run in runs)
        for snippet in group:
            count = len(snippet.cells)
            found[snippet.name] = ours[:count], theirs[:count]
            ours, theirs = ours[count:], theirs[count:]
    return found


def test_the_corpus_is_large():
    """At least sixty snippets are compared, each under a name of its own."""
    assert len({snippet.name for snippet in SNIPPETS}) == len(SNIPPETS) >= 60


@pytest.mark.grader
@pytest.mark.parametrize("name", [snippet.name for snippet in SNIPPETS])
def test_as_a_kernel_does(both, name):
    """Statuses, counts and outputs are those of the real kernel; what may differ stands in ``executed.py``."""
    ours, theirs = both[name]
    if name in COMES_LATE and not any(outputs for *_, outputs in theirs):
        late = {"output_type": "stream", "name": "stdout", "text": COMES_LATE[name]}
        theirs = [(*cell, [late]) for *cell, _ in theirs]
    assert ours == theirs


PLOTS = (
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.bar([1], [2])\nprint('x')\nplt.show()\nprint('y')",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.hist([1, 2, 2]);",
    "import matplotlib.pyplot as plt\nplt.plot([1])\n1 / 0",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]}).plot()",
)


@pytest.mark.grader
def test_plots_are_the_kernels_to_the_byte(tmp_path):
    """Inline figures are the same PNG, at the same place among the outputs."""
    with ZygoteClient(["matplotlib.pyplot", "pandas"]) as client:
        ours = comparable(client.run(request_of(PLOTS, tmp_path / "a")))
    assert ours == comparable(run_in_kernel(request_of(PLOTS, tmp_path / "b")))
    assert sum("image/png" in one.get("data", {}) for cell in ours for one in cell[3]) == len(PLOTS)


def test_a_shell_command_without_a_terminal(tmp_path, client):
    """Where a box lends no terminal, ``!cmd`` writes through a pipe, with the same text and exit code."""
    cells = ("s = get_ipython()\nn = 2\ns._system_without_terminal('echo hi $n; exit 3')", "_exit_code")
    hi, code = client.run(request_of(cells, tmp_path / "c")).cells
    assert hi.outputs[0]["text"] == "hi 2\r\n"
    assert code.outputs[0]["data"]["text/plain"] == "3"


def test_exit_ends_the_copy(tmp_path, client):
    """``quit()`` ends the session: its own cell is well, what follows did not run."""
    run = client.run(request_of(["1", "print('a')\nquit()", "2"], tmp_path / "c"))
    assert (run.ended, [cell.status for cell in run.cells]) == ("quit", ["ok", "ok", "not_run"])


def _recorder(**limits):
    made = OutputRecorder(RunLimits(**limits))
    made.start(0)
    return made


def _stream(text, name="stdout"):
    return {"type": "stream", "name": name, "text": text}


def _result(plain, **more):
    return {
        "type": "execute_result",
        "data": {"text/plain": plain, **more},
        "metadata": {},
        "execution_count": 1,
    }


def test_long_output_is_cut_with_a_notice():
    """Text beyond the bound of a cell is left out; one notice, on the standard output, says so."""
    made = _recorder(cell_bytes=10)
    for _ in range(5):
        assert made.take(_stream("123456"))
    (only,) = made.of(0)
    assert only["text"].startswith("1234561234\n[")
    assert only["text"].count("[") == 1
    assert made.cut == {0}


def test_errors_and_results_survive_a_flood():
    """What marks depend on is kept when the bound is reached: an error, and a result's plain text."""
    made = _recorder(cell_bytes=10)
    made.take(_stream("x" * 100, "stderr"))
    made.take({"type": "display_data", "data": {"text/plain": "y" * 100}, "metadata": {}})
    made.take(_result("0.5", **{"text/html": "z" * 100}))
    made.take({"type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]})
    kinds = [one["output_type"] for one in made.of(0)]
    assert kinds == ["stream", "stream", "execute_result", "error"]
    assert made.of(0)[2]["data"] == {"text/plain": "0.5"}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "comm_open"},
        {"type": ["stream"]},
        _stream(3),
        _stream("a", "stdin"),
        {"type": "display_data", "data": [], "metadata": {}},
        {"type": "display_data", "data": {}, "metadata": 1},
        {"type": "display_data", "data": {}, "metadata": {}, "display_id": {}},
        {"type": "error", "ename": 1, "evalue": "", "traceback": []},
        {"type": "error", "ename": "E", "evalue": "", "traceback": "t"},
    ],
)
def test_what_is_no_message_is_refused(message):
    """A message of another shape is not taken, and leaves nothing behind."""
    made = _recorder()
    assert not made.take(message)
    assert made.of(0) == ()


def test_half_characters_can_be_stored():
    """A lone surrogate becomes a question mark: the outputs can be written as UTF-8."""
    made = _recorder()
    made.take(_stream("a\ud800b"))
    assert made.of(0)[0]["text"] == "a?b"


def test_clearing_does_not_hide_that_there_was_an_error():
    """The recorder remembers an error that was shown and then cleared."""
    made = _recorder()
    made.take({"type": "error", "ename": "E", "evalue": "v", "traceback": []})
    made.take({"type": "clear_output", "wait": False})
    assert made.of(0) == ()
    assert made.had_error


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":' + b"9" * 5000 + b"}", b"\xff\xfe", b"[" * 100_000],
    ids=["array", "torn", "twins", "nan", "digits", "bytes", "deep"],
)
def test_what_is_no_frame_is_refused(body):
    """Frames are bounded, strict JSON objects."""
    with pytest.raises(BadFrameError):
        list(FrameReader().feed(len(body).to_bytes(4, "big") + body))


def test_a_frame_too_long_is_refused_before_it_arrives():
    """The announced length alone is enough."""
    with pytest.raises(BadFrameError, match="announced"):
        list(FrameReader(limit=100).feed((101).to_bytes(4, "big")))


def test_frames_come_in_any_pieces():
    """A stream may be cut anywhere."""
    data = encode_frame({"a": 1}) + encode_frame({"b": "é"})
    reader = FrameReader()
    found = [frame for place in range(len(data)) for frame in reader.feed(data[place : place + 1])]
    assert found == [{"a": 1}, {"b": "é"}]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "nan"),
        ({1, 2}, [1, 2]),
        ((1, 2), [1, 2]),
        ({3: 1}, {"3": 1}),
        (1.5, 1.5),
        (b"x", "b'x'"),
    ],
)
def test_odd_values_travel_as_something(value, written):
    """A bundle that JSON cannot hold is sent as what it can hold, as a kernel does."""
    (frame,) = FrameReader().feed(encode_frame({"v": value}))
    assert frame == {"v": written}

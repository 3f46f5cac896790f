"""The parts of grading on a cluster that need none: addresses, certificates, the book of copies, results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import dask
import pytest
from cluster_copies import ASSIGNMENT, brought, small_kit
from distributed.security import Security

from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances_grader import box, cluster_worker
from alliances_grader.box import Level, Reason
from alliances_grader.cluster import cluster_grader
from alliances_grader.cluster_address import check_address, security_for
from alliances_grader.cluster_dispatch import Dispatch
from alliances_grader.cluster_result import read_look, read_result
from alliances_grader.cluster_worker import MAX_RESULT, grade_copy, settle
from alliances_grader.graded import Graded

TLS = "distributed.comm.tls"
NONE = {f"{TLS}.ca-file": None, f"{TLS}.client.cert": None, f"{TLS}.client.key": None}


@pytest.mark.parametrize(
    "address", ["tls://calcul.exemple.fr:8786", "tls://127.0.0.1:8786", "tls://[::1]:8786"]
)
def test_a_tls_address_is_taken(address: str) -> None:
    """A name or a number, and a port."""
    assert check_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "calcul:8786",
        "tls://calcul",
        "tls://:8786",
        "tls://calcul:port",
        "tls://calcul:99999",
        "tls://anna@calcul:8786",
        "tls://calcul:8786/there",
        "inproc://1/2/3",
        "ucx://calcul:8786",
        "ws://calcul:8786",
        "http://calcul:8787/status",
    ],
)
@pytest.mark.parametrize("insecure", [False, True])
def test_other_addresses_are_refused(address: str, insecure: bool) -> None:
    """The message shows the form that is meant; the typed consent opens ``tcp://`` alone."""
    with pytest.raises(UsageError, match=r"tls://machine:port"):
        check_address(address, insecure=insecure)


def test_tcp_has_to_be_typed_twice() -> None:
    """Without the option a plain address is refused, and the message says what anybody could do."""
    with pytest.raises(AlliancesError, match=r"ni chiffrée ni authentifiée.*--insecure-cluster"):
        cluster_grader("tcp://127.0.0.1:8786")
    assert check_address("tcp://127.0.0.1:8786", insecure=True)
    assert callable(cluster_grader("tcp://127.0.0.1:8786", insecure=True))


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (f"{TLS}.ca-file", "DASK_DISTRIBUTED__COMM__TLS__CA_FILE"),
        (f"{TLS}.client.cert", "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT"),
    ],
)
def test_missing_certificates_are_named(missing: str, named: str) -> None:
    """The message names the key of Dask's configuration that is empty, and the variable that fills it."""
    told = {**NONE, f"{TLS}.ca-file": "ca.pem", f"{TLS}.client.cert": "cert.pem", missing: None}
    with dask.config.set(told), pytest.raises(EnvironmentFault, match=f"{missing}.*{named}") as caught:
        cluster_grader("tls://127.0.0.1:8786")
    other = ({f"{TLS}.ca-file", f"{TLS}.client.cert"} - {missing}).pop()
    assert other not in str(caught.value)


@pytest.mark.parametrize("name", ["CA_FILE", "CLIENT__CERT"])
def test_the_variables_that_are_named_are_those_of_dask(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What the message says to set is what Dask reads."""
    variable = f"DASK_DISTRIBUTED__COMM__TLS__{name}"
    with dask.config.set(NONE), pytest.raises(EnvironmentFault, match=variable):
        security_for("tls://127.0.0.1:8786")
    monkeypatch.setenv(variable, "/etc/dask/cert.pem")
    key = f"{TLS}.{name.lower().replace('__', '.').replace('_', '-')}"
    assert dask.config.get(key, config=dask.config.collect_env()) == "/etc/dask/cert.pem"


def test_the_key_may_stand_in_the_certificates_file(tmp_path: Path) -> None:
    """One file with both is enough, and encryption is then asked for."""
    made = Security.temporary()
    path = tmp_path / "both.pem"
    path.write_text(made.tls_client_cert + made.tls_client_key)
    with dask.config.set({**NONE, f"{TLS}.ca-file": str(path), f"{TLS}.client.cert": str(path)}):
        assert security_for("tls://127.0.0.1:8786").require_encryption


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_unusable_certificates_are_named(tmp_path: Path, content: str | None) -> None:
    """A file that is not there, or holds something else, is found before anything is sent."""
    path = tmp_path / "cert.pem"
    if content is not None:
        path.write_text(content)
    told = {**NONE, f"{TLS}.ca-file": str(path), f"{TLS}.client.cert": str(path)}
    with (
        dask.config.set(told),
        pytest.raises(EnvironmentFault, match=r"utilisés.*cert\.pem"),
    ):
        security_for("tls://127.0.0.1:8786")


def test_a_key_in_the_configuration_is_not_shown() -> None:
    """Certificates may stand in the configuration as text: no message repeats a private key."""
    made = Security.temporary()
    told = {
        f"{TLS}.ca-file": made.tls_ca_file,
        f"{TLS}.client.cert": made.tls_client_cert,
        f"{TLS}.client.key": "-----BEGIN PRIVATE KEY-----\nsecret\n",
    }
    with dask.config.set(told), pytest.raises(EnvironmentFault) as caught:
        security_for("tls://127.0.0.1:8786")
    assert "(PEM)" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``distributed`` the message says what to install."""
    monkeypatch.setitem(sys.modules, "distributed.security", None)
    with pytest.raises(EnvironmentFault, match=r"faire-alliance\[cluster\]"):
        cluster_grader("tls://127.0.0.1:8786")


def endless() -> Iterator[Any]:
    return (brought(f"s{number}") for number in count())


def test_what_is_under_way_is_bounded() -> None:
    """Two workers of one and of three threads hold a copy a thread, and two more each."""
    desk = Dispatch(endless(), "run")
    desk.join("a", 1)
    desk.join("b", 3)
    given = list(desk.give(0.0))
    assert sorted(each.worker for each in given) == ["a"] * 3 + ["b"] * 5
    assert len({each.key for each in given}) == len(given)
    assert not any(each.copy.student in each.key for each in given)


def test_threads_are_filled_before_queues() -> None:
    """With few copies no worker waits while another has two."""
    desk = Dispatch(islice(endless(), 4), "run")
    desk.join("a", 1)
    desk.join("b", 3)
    assert sorted(each.worker for each in desk.give(0.0)) == ["a", "b", "b", "b"]


def test_a_lost_workers_copies_go_out_alone() -> None:
    """Each of them is tried once more, by a worker that has nothing else."""
    desk = Dispatch(islice(endless(), 3), "run")
    desk.join("a", 1)
    first = list(desk.give(0.0))
    had, refused = desk.leave("a")
    assert (had, refused) == (first, [])
    assert desk.done(first[0].key) is None
    desk.join("b", 1)
    order = []
    while given := list(desk.give(0.0)):
        assert [each.attempt for each in given] == [2]
        order.append(given[0].copy.student)
        desk.done(given[0].key)
    assert order == ["s0", "s1", "s2"]
    assert desk.over


def test_the_second_loss_is_the_last() -> None:
    """A copy that loses two workers is refused; it cannot drag a neighbour along."""
    desk = Dispatch(islice(endless(), 1), "run")
    for worker in ("a", "b"):
        desk.join(worker, 1)
    list(desk.give(0.0))
    holder = next(name for name in ("a", "b") if desk.overdue(1.0) == {name})
    desk.leave(holder)
    (again,) = desk.give(0.0)
    _, refused = desk.leave(again.worker)
    assert refused == [again]
    assert list(desk.give(0.0)) == []
    assert desk.over


def test_a_failed_copy_is_tried_once_more() -> None:
    """Without a lost worker too: the first failure is a try, the second one a refusal."""
    desk = Dispatch(islice(endless(), 1), "run")
    desk.join("a", 1)
    for last in (False, True):
        (given,) = desk.give(0.0)
        assert not desk.over
        assert desk.failed(given.key) == given
        assert desk.refused(given) is last
    assert list(desk.give(0.0)) == []
    assert desk.over


def test_a_disk_that_fails_is_not_hidden() -> None:
    """What drawing a copy raises reaches the caller as it is."""

    def broken() -> Iterator[Any]:
        yield brought("ada")
        raise EnvironmentFault("grader.cannot_read", path="copy", reason="-")

    desk = Dispatch(broken(), "run")
    desk.join("a", 1)
    with pytest.raises(EnvironmentFault):
        list(desk.give(0.0))


def result(student: str = "ada", **changes: Any) -> bytes:
    data = {"student": student, "notebooks": [], "refused": None, **changes}
    return json.dumps(data).encode()


REFUSAL = {"key": "grading_run.no_notebook", "values": [["student", "ada", False]], "machine": False}


@pytest.mark.parametrize(
    "content",
    [
        None,
        "text",
        bytearray(b"{}"),
        b"",
        b"null",
        b"[" * 100_000,
        b" " * (MAX_RESULT + 1),
        result("bob", refused=REFUSAL),
        result(),
        result(notebooks=[{"entry": {}, "content": "", "run": {}}]),
        result(refused={**REFUSAL, "key": "no_area.no_key"}),
        result(refused={**REFUSAL, "values": [["other", "ada", False]]}),
        result(refused="no"),
    ],
)
def test_an_unbelievable_result_refuses_its_copy(content: Any) -> None:
    """Another type, too long, torn, of another learner, or with words of no catalogue."""
    found = read_result(content, brought("ada"), frozenset({ASSIGNMENT}), "tls://w:1")
    assert found.student == "ada"
    assert not found.notebooks
    with pytest.raises(AlliancesError, match="tls://w:1 a rendu pour cette copie"):
        raise found.refused or AssertionError


def test_a_refusal_is_believed() -> None:
    """A worker may refuse a copy in words of ours."""
    found = read_result(result(refused=REFUSAL), brought("ada"), frozenset({ASSIGNMENT}), "tls://w:1")
    assert found.refused is not None
    assert found.refused.key == "grading_run.no_notebook"


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        ((Reason("no_bubblewrap", mend="mend_bubblewrap"),), "bwrap"),
        ((Reason("not_linux", {"system": "darwin"}),) * 2, "Sur macOS"),
        ((Reason("not_linux", {"system": "win32"}),) * 2, "WSL 2"),
        ((Reason("not_linux", {"system": "sunos5"}),), "sunos5"),
    ],
)
def test_a_worker_without_a_sandbox_says_why(
    monkeypatch: pytest.MonkeyPatch, reasons: tuple[Reason, ...], words: str
) -> None:
    """It gets no station; the run stops with its address, the reason once, and the way out."""
    monkeypatch.setattr(box, "level", lambda: Level("none", reasons))
    look = settle("alone", small_kit().to_bytes(), 1)
    assert grade_copy("alone", brought("ada").to_bytes()) == b""
    with pytest.raises(EnvironmentFault, match="tls://w:1 : aucun niveau du bac à sable") as caught:
        read_look(look, "tls://w:1")
    assert str(caught.value).count(words) == 1


@pytest.mark.parametrize("sandbox", ["none", "not_needed"])
def test_a_kit_without_sandbox_needs_no_level(monkeypatch: pytest.MonkeyPatch, sandbox: Any) -> None:
    """Forms, and what was typed with --no-sandbox, are graded where no level holds."""
    monkeypatch.setattr(box, "level", lambda: Level("none", (Reason("no_bubblewrap"),)))
    monkeypatch.setattr(cluster_worker, "Station", lambda kit, threads: (kit, threads))
    monkeypatch.setattr(cluster_worker, "_stations", {})
    assert read_look(settle("forms", small_kit(sandbox).to_bytes(), 2), "tls://w:1") == "ready"
    assert cluster_worker._stations == {"forms": (small_kit(sandbox), 2)}


@pytest.mark.parametrize("asked", ["namespaces", "landlock"])
def test_the_best_level_of_the_worker_is_used(monkeypatch: pytest.MonkeyPatch, asked: Any) -> None:
    """Whatever level the kit names, the worker takes its own best one."""
    monkeypatch.setattr(box, "level", lambda: Level("landlock", (Reason("no_bubblewrap"),)))
    monkeypatch.setattr(cluster_worker, "Station", lambda kit, threads: kit.sandbox)
    monkeypatch.setattr(cluster_worker, "_stations", {})
    assert json.loads(settle("best", small_kit(asked).to_bytes(), 1))["sandbox"] == "landlock"
    assert cluster_worker._stations == {"best": "landlock"}


@pytest.mark.parametrize("look", [None, b"{", b"{}", b'{"error": "ValueError: no kit"}', TypeError("no")])
def test_a_look_that_says_nothing_names_the_worker(look: Any) -> None:
    """A worker that cannot be made ready stops the run by its address."""
    with pytest.raises(EnvironmentFault, match="tls://w:1 : cette machine de calcul ne peut pas corriger"):
        read_look(look, "tls://w:1")


def test_a_worker_that_is_gone_stops_nothing() -> None:
    """It may have been lost while it was asked."""
    assert read_look(ConnectionResetError(), "tls://w:1") == "gone"


def test_a_result_that_is_too_long_does_not_travel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker sends a refusal of that copy in its place."""
    monkeypatch.setattr(cluster_worker, "MAX_RESULT", 200)

    class Stands:
        def grade(self, copy: Any) -> Graded:
            return Graded(copy.student, refused=AlliancesError("grading_run.unforeseen", reason="x" * 300))

    content = cluster_worker._graded(Stands(), brought("ada").to_bytes())  # type: ignore[arg-type]
    found = Graded.from_bytes(content)
    assert found.refused is not None
    assert found.refused.key == "cluster.too_large"

"""Grading on a Dask cluster of this machine: two worker processes behind certificates made for the test."""

from __future__ import annotations

import os
import platform
import signal
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import cloudpickle
import cluster_copies
import dask
import pytest
from cluster_copies import RIGHT, WRONG, brought, deadly, forging, plain, small_kit
from distributed import Client, LocalCluster
from distributed.security import Security

from alliances.errors import EnvironmentFault
from alliances_grader import cluster, cluster_link
from alliances_grader.box import level
from alliances_grader.cluster import cluster_grader
from alliances_grader.cluster_link import Versions
from alliances_grader.copies import Brought
from alliances_grader.graded import Graded
from alliances_grader.pool import Done, LocalPool

pytestmark = pytest.mark.grader

WORKERS = 2


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Write a certificate of the test's own authority, and return Dask's configuration of it."""
    folder = tmp_path_factory.mktemp("certificates")
    made = Security.temporary()
    (folder / "cert.pem").write_text(made.tls_client_cert)
    (folder / "key.pem").write_text(made.tls_client_key)
    (folder / "key.pem").chmod(0o600)
    tls = "distributed.comm.tls"
    roles = ("client", "scheduler", "worker")
    return {
        f"{tls}.ca-file": str(folder / "cert.pem"),
        **{f"{tls}.{role}.cert": str(folder / "cert.pem") for role in roles},
        **{f"{tls}.{role}.key": str(folder / "key.pem") for role in roles},
    }


@pytest.fixture(scope="module")
def _configured(certificates: dict[str, str]) -> Iterator[None]:
    with dask.config.set(certificates):
        yield


def started(workers: int) -> Any:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        protocol="tls://",
        host="127.0.0.1",
        security=Security(require_encryption=True),
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )


@pytest.fixture(scope="module")
def address(_configured: None) -> Iterator[str]:
    """Start a cluster and return its address."""
    with started(WORKERS) as found:
        yield found.scheduler_address


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what puts another function in the place of the one that workers run."""
    cloudpickle.register_pickle_by_value(cluster_copies)
    yield lambda function: monkeypatch.setattr(cluster_link, "grade_copy", function)
    cloudpickle.unregister_pickle_by_value(cluster_copies)


def pids(address: str) -> list[int]:
    with Client(address, security=Security(require_encryption=True), set_as_default=False) as client:
        return list(client.run(os.getpid).values())


def graded(address: str, copies: Any, **changes: Any) -> list[Done]:
    kit = replace(small_kit(), **changes)
    with cluster_grader(address)([kit]) as grader:
        return list(grader.grade(copies))


def told(result: Graded) -> tuple[Any, ...]:
    return result.student, result.notebooks, result.refused and (result.refused.key, result.refused.values)


def test_results_are_those_of_this_machine(address: str) -> None:
    """Verdicts and notebooks are those that processes of this machine give; how code was held is told."""
    copies = [brought(f"s{number}", (RIGHT, WRONG, "def half(")[number % 3]) for number in range(8)]
    copies.append(Brought("nothing", copies[0].assignment, {}))
    there = graded(address, copies)
    here_level = level().name
    with LocalPool([small_kit(here_level)], 2) as pool:
        here = list(pool.grade(copies))
    results = {done.copy.student: plain(done.graded) for done in there}
    assert {name: told(result) for name, result in results.items()} == {
        done.copy.student: told(plain(done.graded)) for done in here
    }
    assert [cell.auto_score for cell in results["s0"].notebooks[0].entry.verdict.cells][-1] == 2
    for done in [*there, *here]:
        assert all(item.run["sandbox"] == here_level for item in done.graded.notebooks)
    assert all(item.run["python"] for done in there for item in done.graded.notebooks)


def test_several_assignments_are_graded_one_after_the_other(address: str) -> None:
    """Each has its own kit on the workers; every copy comes back under its own assignment."""
    kits = [small_kit(), replace(small_kit(), assignment="other")]
    copies = [
        replace(brought(f"s{number}"), assignment=kit.assignment) for kit in kits for number in range(3)
    ]
    with cluster_grader(address)(kits) as grader:
        found = [(done.copy.assignment, done.copy.student) for done in grader.grade(copies)]
    assert sorted(found) == sorted((copy.assignment, copy.student) for copy in copies)
    assert [name for name, _ in found] == [copy.assignment for copy in copies]


def test_a_lost_worker_has_its_copies_graded_elsewhere(address: str) -> None:
    """A worker is killed in the middle: every copy is graded, none of them twice."""
    copies = [brought(f"k{number:02}") for number in range(40)]
    victim = pids(address)[0]
    found = []
    with cluster_grader(address)([small_kit()]) as grader:
        for done in grader.grade(copies):
            found.append(done)
            if len(found) == 4:
                os.kill(victim, signal.SIGKILL)
    assert sorted(done.copy.student for done in found) == [copy.student for copy in copies]
    assert [done.graded.refused for done in found] == [None] * len(copies)


def test_a_copy_that_kills_its_workers_is_refused_alone(address: str, stand_ins: Any) -> None:
    """The second worker that dies of a copy is the last one; its neighbours lose nothing."""
    stand_ins(deadly)
    names = ["ada", "bob", "mallory", "cyd", "dan", "eve", "fay"]
    found = {done.copy.student: done.graded for done in graded(address, [brought(name) for name in names])}
    assert sorted(found) == sorted(names)
    refused = {name: result.refused.key for name, result in found.items() if result.refused is not None}
    assert refused == {"mallory": "grading_run.worker_died"}


def test_what_is_no_result_is_refused_by_name(address: str, stand_ins: Any) -> None:
    """A result that is pickled, no bytes, torn, too long or about something else costs that copy alone."""
    stand_ins(forging)
    bad = ["pickled", "text", "torn", "huge", "other", "empty", "wordless"]
    found = {done.copy.student: done.graded for done in graded(address, map(brought, [*bad, "good"]))}
    refused = {name: result.refused.key for name, result in found.items() if result.refused is not None}
    assert refused == dict.fromkeys(bad, "cluster.bad_result")
    assert found["good"].notebooks


def test_copies_are_drawn_as_there_is_room(address: str) -> None:
    """A class is not sent at once: what is under way is bounded by the workers there are."""
    drawn = 0

    def endless() -> Iterator[Brought]:
        nonlocal drawn
        while True:
            drawn += 1
            yield brought(f"e{drawn}")

    with cluster_grader(address)([small_kit()]) as grader:
        some = grader.grade(endless())
        for _ in range(5):
            next(some)
    assert drawn <= 5 + WORKERS * 3 * 2


@pytest.mark.parametrize(
    ("found", "key"),
    [
        (Versions("0.0.1", platform.python_version()), "cluster.other_version"),
        (Versions("", platform.python_version()), "cluster.other_version"),
        (Versions(metadata.version("faire-alliance"), "3.99.0"), "cluster.other_python"),
    ],
)
@pytest.mark.parametrize("whose", ["scheduler", "worker"])
def test_another_version_is_refused_before_any_copy(
    address: str, monkeypatch: pytest.MonkeyPatch, found: Versions, key: str, whose: str
) -> None:
    """A scheduler or a worker with another version of the program, or of Python, gets no copy."""
    if whose == "scheduler":
        monkeypatch.setattr(cluster_link.Link, "scheduler_versions", lambda link: found)
    else:
        monkeypatch.setattr(
            cluster_link.Link, "versions", lambda link, workers: dict.fromkeys(workers, found)
        )

    def never() -> Iterator[Brought]:
        raise AssertionError("a copy was drawn")
        yield

    with pytest.raises(EnvironmentFault) as caught:
        graded(address, never())
    assert caught.value.key == key
    assert (str(caught.value).split(" ")[0] == address) == (whose == "scheduler")


def test_a_missing_module_stops_the_run_and_names_the_worker(address: str) -> None:
    """What would meet every copy is told once, with the address of the worker that met it."""
    with pytest.raises(EnvironmentFault, match=r"tls://127\.0\.0\.1:\d+ : .*no_such_module") as caught:
        graded(address, [brought("ada")], modules=("no_such_module",))
    assert caught.value.key == "cluster.worker_fault"


def test_workers_keep_nothing_of_a_run(address: str) -> None:
    """When a run is over no process of a box is left under the workers."""
    graded(address, [brought("ada"), brought("bob")])
    left = []
    for pid in pids(address):
        children = Path(f"/proc/{pid}/task").glob("*/children")
        left += [child for path in children for child in path.read_text().split()]
    commands = [Path(f"/proc/{child}/cmdline").read_bytes() for child in left]
    assert [command for command in commands if b"alliances" in command] == []


def test_a_stranger_is_not_let_in(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of another authority reaches nobody."""
    monkeypatch.setattr(cluster_link, "_CONNECT", 1.0)
    made = Security.temporary()
    (tmp_path / "cert.pem").write_text(made.tls_client_cert)
    (tmp_path / "key.pem").write_text(made.tls_client_key)
    tls = "distributed.comm.tls"
    other = {
        f"{tls}.ca-file": str(tmp_path / "cert.pem"),
        f"{tls}.client.cert": str(tmp_path / "cert.pem"),
        f"{tls}.client.key": str(tmp_path / "key.pem"),
    }
    with dask.config.set(other), pytest.raises(EnvironmentFault, match="Aucun ordonnanceur Dask ne répond"):
        graded(address, [brought("ada")])


@pytest.mark.usefixtures("_configured")
def test_a_lost_scheduler_ends_the_run_by_name() -> None:
    """What was graded has been told; the message says that running again grades nothing twice."""
    with started(1) as mine:
        made = cluster_grader(mine.scheduler_address)([small_kit()])
        with made as grader:
            some = grader.grade(brought(f"l{number}") for number in range(1_000))
            assert next(some).graded.refused is None
            mine.close()
            with pytest.raises(EnvironmentFault, match="rien ne sera corrigé deux fois"):
                list(some)


@pytest.mark.usefixtures("_configured")
def test_a_cluster_without_workers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run waits a little for a worker, then says that there is none."""
    monkeypatch.setattr(cluster, "_NOBODY", 0.5)
    with started(0) as mine, pytest.raises(EnvironmentFault, match="aucun processus de calcul"):
        graded(mine.scheduler_address, [brought("ada")])

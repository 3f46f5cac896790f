"""Makes ``regions.csv``, ``departments.csv``, ``epci.csv`` and ``communes.csv``: the reference territory.

Run it with npm on the machine, or hand it the archive that npm fetched::

    python datasets/make/territory.py
    python datasets/make/territory.py etalab-decoupage-administratif-6.0.0.tgz

The archive must be the one whose SHA-512 is written below, so the same bytes come out everywhere.

What is taken, and by what right
    The package ``@etalab/decoupage-administratif`` 6.0.0 (vintage 2026) states two licences in its README:
    its data are under the Licence Ouverte, its code under MIT (the only one in its LICENSE file). Only data
    are read here. They come from Insee (official geographical code, populations) and DGCL (EPCI 2026), which
    publish under the Licence Ouverte 2.0. The one part that once was under ODbL, La Poste's postcodes (now
    under the Licence Ouverte too, says the README), is left out, so no share-alike condition can reach these
    tables. This is the team's reasoning; no lawyer has checked it.

What was decided
    Codes stay text (``01``, ``2A``, ``971``). Only present communes are kept; the codes of communes that
    merged into them stand in ``former_codes``, which older registers still use. Populations of communes and
    of EPCI come from two publications and do not add up: 32 246 of 34 871 communes differ between the two.
    Populations of regions and départements are our sums over their communes. Mayotte is the 2017 census, and
    six territories without inhabitants to count have no population.

Why CSV and not Parquet
    Reading Parquet needs pyarrow, which the course does not depend on and Pyodide 0.27.7 does not have in its
    core: a page would fetch megabytes of library to spare less than one of data (communes: 1 634 KB as CSV,
    695 as Parquet with zstd, 554 as gzipped CSV, which is how a web server sends it). As CSV the table opens
    in a spreadsheet, in ``alliances.load``, and in a browser.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = "@etalab/decoupage-administratif"
VERSION: Final = "6.0.0"
SHA512: Final = "XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ=="
PRESENT: Final = "commune-actuelle"

Record = Mapping[str, Any]
Row = Sequence[object]
Table = tuple[Sequence[str], list[Row]]


def fetched(folder: Path) -> Path:
    """Fetch the archive into ``folder`` with npm, which must be installed."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node.js, or give the path of the archive")
    subprocess.run([npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True)
    return next(folder.glob("*.tgz"))


def checked(archive: Path) -> bytes:
    """Return the bytes of the archive, which must be those of the named version."""
    content = archive.read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != SHA512:
        sys.exit(f"{archive.name}: not {PACKAGE} {VERSION} (SHA-512 {found})")
    return content


def records(content: bytes, name: str) -> list[Record]:
    """Return the records of one file of the package."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        member = archive.extractfile(f"package/data/{name}.json")
        if member is None:
            sys.exit(f"{name}.json is not in the archive")
        found: list[Record] = json.load(member)
        return found


def population_by(communes: Iterable[Record], key: str) -> dict[str, int]:
    """Add up the populations of communes by ``departement`` or ``region``."""
    total: dict[str, int] = defaultdict(int)
    for commune in communes:
        if "population" in commune:
            total[commune[key]] += commune["population"]
    return total


def tables(content: bytes) -> dict[str, Table]:
    """Return header and rows of each table, in the order of codes."""
    communes = [one for one in records(content, "communes") if one["type"] == PRESENT]
    groups = records(content, "epci")
    group_of = {member["code"]: group["code"] for group in groups for member in group["membres"]}
    in_region, in_department = (population_by(communes, key) for key in ("region", "departement"))
    made: dict[str, Table] = {
        "regions": (
            ("code", "name", "chief_town", "zone", "population"),
            [
                (one["code"], one["nom"], one["chefLieu"], one["zone"], in_region.get(one["code"], ""))
                for one in records(content, "regions")
            ],
        ),
        "departments": (
            ("code", "name", "region", "chief_town", "zone", "population"),
            [
                (one["code"], one["nom"], one["region"], one["chefLieu"], one["zone"],
                 in_department.get(one["code"], ""))
                for one in records(content, "departements")
            ],
        ),
        "epci": (
            ("siren", "name", "kind", "financing", "communes", "municipal_population", "total_population"),
            [
                (one["code"], one["nom"], one["type"], one["modeFinancement"], len(one["membres"]),
                 one["populationMunicipale"], one["populationTotale"])
                for one in groups
            ],
        ),
        "communes": (
            ("code", "name", "department", "epci", "siren", "population", "former_codes"),
            [
                (one["code"], one["nom"], one["departement"], group_of.get(one["code"], ""),
                 one.get("siren", ""), one.get("population", ""),
                 " ".join(sorted(one.get("anciensCodes", ()))))
                for one in communes
            ],
        ),
    }  # fmt: skip
    return {
        name: (header, sorted(rows, key=lambda row: str(row[0]))) for name, (header, rows) in made.items()
    }


def as_csv(header: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return the bytes of a table: UTF-8, comma, one line feed a row."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def main() -> None:
    """Write the four tables."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(sys.argv[1]) if len(sys.argv) > 1 else fetched(Path(folder))
        content = checked(archive)
    for name, (header, rows) in tables(content).items():
        written = as_csv(header, rows)
        (FOLDER / f"{name}.csv").write_bytes(written)
        print(f"{name}.csv: {len(rows)} rows, {len(written) / 1024:.0f} KB")


if __name__ == "__main__":
    main()

"""Prints what reading a large register costs: seconds and peak memory, on a generated file of its real shape.

    python tests/bench/readers.py                  200 MB, a tenth of the real file
    python tests/bench/readers.py --megabytes 2000

The file has the 41 columns, separator and encoding of the RNA's *waldec*, texts of usual length, and the dirt
that the reader must find. Each way of reading runs in a process of its own, which tells its own peak.

Measured on 2 GB (3.1 million rows; 2 shared cores, Python 3.11): piece by piece 355 MB of memory, one
département 367 MB; the whole country in one frame of six columns takes 695 MB, to which no limit applies.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from alliances.readers import stream_rna

COLUMNS = (
    "id;id_ex;siret;rup_mi;gestion;date_creat;date_decla;date_publi;date_disso;nature;groupement;titre;"
    "titre_court;objet;objet_social1;objet_social2;adrs_complement;adrs_numvoie;adrs_repetition;adrs_typevoie;"
    "adrs_libvoie;adrs_distrib;adrs_codeinsee;adrs_codepostal;adrs_libcommune;adrg_declarant;adrg_complemid;"
    "adrg_complemgeo;adrg_libvoie;adrg_distrib;adrg_codepostal;adrg_achemine;adrg_pays;dir_civilite;telephone;"
    "siteweb;email;publiweb;observation;position;maj_time"
)
SENTENCE = (
    "promouvoir la pratique du sport et de la culture auprès des habitants du quartier favoriser l'entraide "
    "entre générations organiser des manifestations défendre l'environnement gérer un lieu de rencontre"
)
WORDS = SENTENCE.split()
LIMIT_MB = 500
WAYS = ("stream", "department", "country")
FEW = ("id", "siret", "date_creat", "groupement", "adrs_codeinsee", "position")


def lines(chance: random.Random) -> Iterator[str]:
    """Yield lines without end: about 800 bytes each, some of them dirty."""
    number = 0
    while True:
        number += 1
        department = f"{chance.randint(1, 95):02}".replace("20", "2A")
        commune = f"{department}{chance.randint(1, 300):03}"
        year = chance.randint(1950, 2025)
        day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        rna = f"W{department}1{number % 1_000_000:06}"
        if number >= 1_000_000:
            rna = f"W{department}{chr(65 + number // 1_000_000)}{number % 1_000_000:06}"
        title = " ".join(chance.choices(WORDS, k=6)).upper()
        purpose = " ".join(chance.choices(WORDS, k=40))
        street = " ".join(chance.choices(WORDS, k=3))
        siret = f"{chance.randrange(10**14):014}" if chance.random() < 0.1 else '""'
        if chance.random() < 0.01:
            rna = rna[:7]
        if chance.random() < 0.02:
            day = f"{day[8:]}/{day[5:7]}/{day[:4]}"
        yield (
            f'{rna};"";{siret};"";{department}1P;{day};{year}-06-30;0001-01-01;0001-01-01;D;S;{title};{title};'
            f'"{purpose}";006030;000000;"";{number % 90};"";RUE;{street};_;{commune};{department[:2]}000;'
            f'{street};"";"";"";{street};"";{department}000;{street};FRANCE;PP;"";"";"";0;"";A;'
            f"{year}-07-01 10:00:00\n"
        )


def write(path: Path, megabytes: int) -> int:
    """Write the file and return its number of rows."""
    made = lines(random.Random(20_200_507))  # noqa: S311 - made-up data
    size, rows = 0, 0
    with path.open("w", encoding="latin-1", newline="") as file:
        file.write(f"{COLUMNS}\n")
        while size < megabytes * 1_000_000:
            block = "".join(next(made) for _ in range(1000))
            file.write(block)
            size, rows = size + len(block), rows + 1000
    return rows


def measure(path: Path, way: str) -> None:
    """Read the file in one way and print, as JSON, what it took."""
    begin, busy = time.perf_counter(), time.process_time()
    if way == "stream":
        stream = stream_rna(path)
        kept = sum(len(frame) for frame in stream)
    else:
        stream = stream_rna(
            path,
            department="35" if way == "department" else None,
            columns=None if way == "department" else FEW,
        )
        kept = len(stream.read().frame)
    print(json.dumps({
        "seconds": time.perf_counter() - begin, "cpu": time.process_time() - busy,
        "peak_mb": _peak_mb(),
        "read": stream.report.read, "kept": kept, "refused": stream.report.refused,
    }))  # fmt: skip


def _peak_mb() -> float:
    """Return the most resident memory that this process has taken, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # getrusage also counts what the process that started this one had taken.
        return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1024
    )


def main() -> int:
    """Generate, measure, print; status 1 if streaming or one département takes more memory than allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--measure", nargs=2, metavar=("FILE", "WAY"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(Path(asked.measure[0]), asked.measure[1])
        return 0
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rna_waldec.csv"
        rows = write(path, asked.megabytes)
        size = path.stat().st_size / 1e6
        print(f"RNA waldec, generated: {size:.0f} MB, {rows} rows")
        for way in WAYS:
            told = subprocess.run(
                [sys.executable, __file__, "--measure", str(path), way],
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(told.stdout)
            if way != "country":
                worst = max(worst, found["peak_mb"])
            print(
                f"  {way:11} {found['seconds']:6.1f} s, processor {found['cpu']:6.1f} s  "
                f"{size / found['cpu']:5.1f} MB/s  "
                f"peak {found['peak_mb']:4.0f} MB  kept {found['kept']}, refused {found['refused']}"
            )
    print(f"limit {LIMIT_MB} MB for streaming and for one département: worst {worst:.0f} MB")
    return int(worst > LIMIT_MB)


if __name__ == "__main__":
    raise SystemExit(main())

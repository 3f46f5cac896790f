"""Readers of the official files that a learner brings: registers, subsidies, contracts, territory, jobs.

Each gives a tidy frame, which keeps the official names of columns, and a report: rows read, refused and why,
cells put right, share with identifiers. Encoding and separator are found out; rows stream by, so that a file
of 2 GB needs the memory of what is kept of it.

    from alliances.readers import read_rna

    reading = read_rna("rna_waldec_20261101.csv", department="35")
    print(reading.report.say())
    reading.frame

Everything here runs in a browser too, except Parquet files, which need pyarrow.
"""

from __future__ import annotations

from alliances.readers.ess_workbook import read_ess
from alliances.readers.procurement import read_procurement, stream_procurement
from alliances.readers.report import Report
from alliances.readers.rna import read_rna, stream_rna
from alliances.readers.sirene import read_sirene, stream_sirene
from alliances.readers.stream import Reading, Stream
from alliances.readers.subsidies import read_subsidies, stream_subsidies
from alliances.readers.territory import read_territory

__all__ = [
    "Reading",
    "Report",
    "Stream",
    "read_ess",
    "read_procurement",
    "read_rna",
    "read_sirene",
    "read_subsidies",
    "read_territory",
    "stream_procurement",
    "stream_rna",
    "stream_sirene",
    "stream_subsidies",
]

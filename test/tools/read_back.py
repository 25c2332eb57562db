"""Reads a table as Python's own modules do, and prints it as JSON: read_back.py csv FILE DELIMITER | xlsx FILE | xlsx-stream FILE | ndjson FILE"""

import csv
import json
import sys
from datetime import datetime


def plain(value):
    # It undoes `_xHHHH_` only in shared texts; here they stand in their cells.
    from openpyxl.utils.escape import unescape

    if isinstance(value, datetime):
        return {"date": value.isoformat()}
    return unescape(value) if isinstance(value, str) else value


def read_csv(file, delimiter):
    csv.field_size_limit(2**31 - 1)
    with open(file, newline="", encoding="utf-8-sig") as stream:
        return list(csv.reader(stream, delimiter=delimiter, strict=True))


def read_xlsx(file):
    import openpyxl

    # Not read-only: then formulas, formats and the frozen heading are there to be looked at.
    book = openpyxl.load_workbook(file)
    return [
        {
            "name": sheet.title,
            "frozen": sheet.freeze_panes,
            "filter": sheet.auto_filter.ref,
            "types": sorted({cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}),
            "rows": [[plain(cell.value) for cell in row] for row in sheet.iter_rows()],
        }
        for sheet in book.worksheets
    ]


def stream_xlsx(file):
    import openpyxl

    # As programs read that have no room for a whole workbook.
    book = openpyxl.load_workbook(file, read_only=True)
    return [[plain(row[0]) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def read_ndjson(file):
    with open(file, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


readers = {"csv": read_csv, "xlsx": read_xlsx, "xlsx-stream": stream_xlsx, "ndjson": read_ndjson}
print(json.dumps(readers[sys.argv[1]](*sys.argv[2:])))

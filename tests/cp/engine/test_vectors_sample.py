"""A sample of the cases whose results come from other emulators, where they are at hand.

The folder is named by VM370_VECTORS, or is ../shared/vectors beside the checkout.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from vm370.tools.vectors_command import Report, describe, run_file

FOLDER = Path(os.environ.get("VM370_VECTORS") or Path(__file__).resolve().parents[4] / "shared" / "vectors")
EVERY = 40


def test_a_sample_of_the_cases(tmp_path: Path) -> None:
    source = FOLDER / "cases.jsonl.gz"
    if not source.is_file():
        pytest.skip(f"no case file {source}; set VM370_VECTORS")
    sample = tmp_path / "sample.jsonl"
    with gzip.open(source, "rt") as lines, sample.open("w") as out:
        for number, line in enumerate(lines):
            if number == 0 or number % EVERY == 7:
                out.write(line)
    report = Report()
    run_file(sample, "reference", None, report)
    assert [describe(failure) for failure in report.failures] == []
    assert report.passed > 1500

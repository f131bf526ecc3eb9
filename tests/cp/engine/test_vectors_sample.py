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
EVERY_IN_REGIONS = 400
"""A region has to be compiled for each."""


def sample_of_the_cases(folder: Path, every: int) -> Path:
    source = FOLDER / "cases.jsonl.gz"
    if not source.is_file():
        pytest.skip(f"no case file {source}; set VM370_VECTORS")
    sample = folder / "sample.jsonl"
    with gzip.open(source, "rt") as lines, sample.open("w") as out:
        for number, line in enumerate(lines):
            if number == 0 or number % every == 7:
                out.write(line)
    return sample


def test_a_sample_of_the_cases(tmp_path: Path) -> None:
    report = Report()
    run_file(sample_of_the_cases(tmp_path, EVERY), "reference", None, report)
    assert [describe(failure) for failure in report.failures] == []
    assert report.passed > 1500


def test_a_sample_of_the_cases_in_regions(tmp_path: Path) -> None:
    pytest.importorskip("llvmlite")
    report = Report()
    run_file(sample_of_the_cases(tmp_path, EVERY_IN_REGIONS), "regions", None, report)
    assert [describe(failure) for failure in report.failures] == []
    assert report.passed > 150
    assert report.in_regions is not None
    assert report.in_regions > 80

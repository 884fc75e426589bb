"""Each deliberate fault of tests/mutations can still be put into the project: it changes what it means to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutations.faults import FAULTS, SERVICES, Edit, Fault, SwapCards

LEAST = 30


def files_of(edit: Edit | SwapCards) -> list[str]:
    return [edit.file] if isinstance(edit, Edit) else [f"{SERVICES}/{card}.yml" for card in (edit.one, edit.other)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_fits_the_project(fault: Fault, tmp_path: Path):
    for edit in fault.edits:
        for file in files_of(edit):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            if not (tmp_path / file).exists():
                shutil.copy2(ROOT / file, tmp_path / file)
        edit.make(tmp_path)


def test_there_are_enough_faults():
    assert len({fault.name for fault in FAULTS}) >= LEAST

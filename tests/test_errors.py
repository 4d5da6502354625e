"""An error that ends a command has the same message in whichever process it was raised."""

from __future__ import annotations

import pickle

import pytest

from casebook.problems import CasebookError, ContentError, Exit, Position, Problem
from casebook.text import Text


@pytest.mark.parametrize(
    "error",
    [
        CasebookError(Text("磁盘已满", "the disk is full"), Exit.MACHINE),
        ContentError(
            [Problem(path="a.yaml", at=Position(3, 5), code="E302", text=Text("太长", "too long"))]
        ),
    ],
    ids=["machine", "content"],
)
def test_an_error_of_another_process_arrives_whole(error: CasebookError) -> None:
    arrived = pickle.loads(pickle.dumps(error))

    assert type(arrived) is type(error)
    assert vars(arrived) == vars(error)

"""How far a build has come: counted where it works, shown where somebody waits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Progress:
    """How many of the cases that have to be made are made; nothing is known before the first."""

    total: int = 0
    done: int = 0

    def __str__(self) -> str:
        return f" {self.done:,}/{self.total:,}" if self.total else ""

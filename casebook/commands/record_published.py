"""What is kept in the project of everything that was published: addresses and translations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from casebook.build.drawings import select_charts, tabulate_charts
from casebook.checks.addresses import list_addresses, list_chart_addresses
from casebook.checks.content import find_slugs
from casebook.checks.translations import ENGLISH, is_outdated, list_pairs, read_recorded
from casebook.pages import FIXED_ADDRESSES
from casebook.record.dataset import Dataset
from casebook.record.language_pairs import Pair
from casebook.record.lists import LEDGER
from casebook.yaml.files import write_atomically

_HEAD_OF_ENGLISH = """\
# What the Chinese and the English of each part were when the English last said the same.
# "python3 build.py record" keeps it; it is not written by hand.
# 每一部分的中文和英文上次一致时的摘要，由 "python3 build.py record" 维护，不要手改。
"""
_HEAD = """\
# Every address that was ever published, one a line, the same in every language.
# "python3 build.py record" adds to it and nothing is ever taken out: an address that is no more
# needs an alias in its case, or an entry in data/gone.yaml.
# 每个发布过的地址，一行一个，只增不减：案例改名就写 aliases，撤下的写进 data/gone.yaml。
"""


def record_addresses(project: Path, dataset: Dataset) -> int:
    """Add to the ledger every address that the site has now, and give how many were new.

    Nothing is ever taken out of it, and what is noted behind an address stays.
    """
    offered = dict.fromkeys(
        table.name for table in tabulate_charts(dataset, select_charts(dataset)) if table.offered
    )
    made = {
        *list_addresses(dataset, find_slugs(project).values(), FIXED_ADDRESSES),
        *list_chart_addresses(offered),
    }
    new = sorted(made - dataset.ledger.keys())
    if new:
        path = project / LEDGER
        before = path.read_text(encoding="utf-8-sig") if path.exists() else _HEAD
        lines = before.splitlines()
        heads = [line for line in lines if line.startswith("#")]
        listed = [line for line in lines if line.strip() and not line.startswith("#")]
        listed += [f"/{address}" for address in new]
        replace_lines(path, [*heads, *sorted(listed)])
    return len(new)


def record_translations(project: Path, dataset: Dataset, in_step: Collection[str] = ()) -> int:
    """Record the English that says what the Chinese says, and give how many parts do not.

    Where only the Chinese changed, the record stays and with it the notice, unless the file is
    named `in_step`.
    """
    recorded = read_recorded(project)
    kept: dict[tuple[str, str], Pair] = {}
    behind = 0
    for key, pair in list_pairs(project, dataset.summaries):
        before = recorded.get(key)
        if before is not None and is_outdated(before, pair) and key[0] not in in_step:
            kept[key] = before
            behind += 1
        else:
            kept[key] = pair
    lines = [f"{path} {part} {pair.zh} {pair.en}" for (path, part), pair in sorted(kept.items())]
    replace_lines(project / ENGLISH, [*_HEAD_OF_ENGLISH.splitlines(), *lines])
    return behind


def replace_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a text in the place of another at once, so that no half of it is ever read."""
    write_atomically(path, "".join(f"{line}\n" for line in lines).encode())

"""Trial import of a folder of OCDS files: the outcomes, and a check of providers and states.

    python -m bench.import_files FOLDER

Nothing is written. It is a fault if a provider is not a supplier of an active award, or if a
figure is contracted without a binding contract.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from casebook.data.import_figures import ImportTarget
from casebook.data.import_merge import plan_import
from casebook.data.ocds_import import name_parties, name_suppliers
from casebook.data.ocds_package import read_list, read_processes, read_state
from casebook.data.workbook import TableProblems
from casebook.problems import ContentError
from casebook.record.lists import read_all_lists

PROJECT = Path(__file__).resolve().parent.parent


def judge(data: bytes, drafts: dict[str, str]) -> list[str]:
    """The faults of the drafts of one file."""
    faults = []
    for process in read_processes(data, TableProblems("x.json")):
        text = drafts.get(process.slug, "")
        parties = name_parties(process.compiled)
        won = {
            name
            for award in read_list(process.compiled, "awards")
            if read_state(award) == "active"
            for name in name_suppliers(award, parties)
        }
        binding = sum(
            read_state(contract) in ("active", "terminated")
            for contract in read_list(process.compiled, "contracts")
        )
        provider = re.search(r"^  provider: (.*)$", text, re.MULTILINE)
        if provider is not None and not any(name and name in provider[1] for name in won):
            faults.append(f"{process.ocid}: {provider[1][:60]} did not win")
        if text.count("    status: contracted\n") > binding:
            faults.append(f"{process.ocid}: contracted without a binding contract")
    return faults


def main(folder: Path) -> int:
    """Import every JSON file below a folder and print how often each outcome occurred."""
    target = ImportTarget(
        project=PROJECT,
        lists=read_all_lists(PROJECT),
        published={},
        on_difference="refuse",
        lang="en",
    )
    outcomes: Counter[str] = Counter()
    figures, faults = 0, []
    files = [
        path for path in sorted(folder.rglob("*")) if re.search(r"\.jsonl?(\.gz)?$", path.name)
    ]
    for path in files:
        data = path.read_bytes()
        try:
            plan = plan_import(data, path.name, target)
        except ContentError as error:
            outcomes[error.problems[0].code + " " + error.problems[0].message("en")[:60]] += 1
        except Exception as error:
            outcomes[f"CRASH {type(error).__name__}"] += 1
            faults.append(f"{path}: {error!r}"[:200])
        else:
            outcomes["imported"] += 1
            figures += sum(change.added for change in plan.changes)
            drafts = {change.path.stem: change.after.decode() for change in plan.changes}
            faults += [f"{path.name}: {fault}" for fault in judge(data, drafts)]
    print(json.dumps({"files": len(files), "figures": figures, **outcomes}, indent=1))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

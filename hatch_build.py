"""A bill of materials for each wheel: the packages of the lock, in CycloneDX.

It is made from the lock only, so that it names no server and has the same bytes each time.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# A package of the lock, with the digests of its files in the lines after it.
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)(.*(?:\n +--hash.*)*)", re.MULTILINE)


def describe_lock(lock: str, version: str, direct: list[str]) -> dict[str, Any]:
    """The bill: the packages of the lock, those in `direct` as dependencies of the program."""
    program = {"type": "application", "bom-ref": "casebook", "name": "casebook", "version": version}
    packages = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{locked}",
            "purl": f"pkg:pypi/{name}@{locked}",
            "name": name,
            "version": locked,
            # Each digest is of one file; a package has a file for each system.
            "hashes": [
                {"alg": "SHA-256", "content": digest}
                for digest in re.findall("sha256:([0-9a-f]{64})", digests)
            ],
        }
        for name, locked, digests in _LOCKED.findall(lock)
    ]
    named = {re.match("[A-Za-z0-9-]+", one)[0].lower() for one in direct}  # type: ignore[index]
    own = [package["bom-ref"] for package in packages if package["name"] in named]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": program},
        "components": packages,
        "dependencies": [{"ref": "casebook", "dependsOn": own}],
    }


class LockedPackages(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the bill into the wheel, in the place that PEP 770 defines."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the bill outside the repository, and add it to the files of the wheel."""
        if self.target_name == "wheel":
            lock = (Path(self.root) / "requirements.lock").read_text(encoding="utf-8")
            bill = describe_lock(lock, self.metadata.version, self.metadata.core.dependencies)
            self.folder = tempfile.TemporaryDirectory()
            path = Path(self.folder.name) / "casebook.cdx.json"
            path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
            build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the file of the bill."""
        if self.target_name == "wheel":
            self.folder.cleanup()

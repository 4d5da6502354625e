"""A bill of materials in each wheel: the packages of the lock, in CycloneDX.

It is made from the lock alone, so that it names no server and has the same bytes each time.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# A package of the lock, and the digests of its files below it.
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)(.*(?:\n +--hash.*)*)", re.MULTILINE)


def describe_lock(lock: str, version: str, direct: list[str]) -> dict[str, Any]:
    """The packages that the program was tried with, of which it names some itself."""
    program = {"type": "application", "bom-ref": "casebook", "name": "casebook", "version": version}
    packages = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{locked}",
            "purl": f"pkg:pypi/{name}@{locked}",
            "name": name,
            "version": locked,
            # A package has a file for each system; each digest is of one of them.
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
    """Puts the bill into the wheel, where PEP 770 has installers keep it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the bill outside of the repository, and name it to the builder."""
        if self.target_name == "wheel":
            lock = (Path(self.root) / "requirements.lock").read_text(encoding="utf-8")
            bill = describe_lock(lock, self.metadata.version, self.metadata.core.dependencies)
            self.folder = tempfile.TemporaryDirectory()
            path = Path(self.folder.name) / "casebook.cdx.json"
            path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
            build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written."""
        if self.target_name == "wheel":
            self.folder.cleanup()

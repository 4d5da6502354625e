"""How to cite the site, a case, a figure or a chart, in the forms that readers need."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from casebook.text import Lang

Kind = Literal["data", "case", "figure", "chart"]

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_BIBTEX: Final = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_SPECIAL: Final = re.compile(f"[{re.escape(''.join(_BIBTEX))}]")
# What GB/T 7714-2015 calls the kind of document, in its codes.
_GB_CODES: Final[dict[Kind, str]] = {"data": "DS", "case": "EB", "figure": "DS", "chart": "DB"}
_APA_KINDS: Final[dict[Kind, str]] = {
    "data": "Data set",
    "case": "Web page",
    "figure": "Data set",
    "chart": "Chart",
}
_CSL_TYPES: Final[dict[Kind, str]] = {
    "data": "dataset",
    "case": "webpage",
    "figure": "dataset",
    "chart": "figure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What has to be known to cite a thing of the site.

    `url`, `updated` (an ISO date) and `version` may be empty. The day of access is left to the
    reader, for the clock is never asked.
    """

    kind: Kind
    name: str
    title: str
    site: str
    url: str
    updated: str
    lang: Lang
    version: str = ""

    @property
    def gb_t_7714(self) -> str:
        """The entry as GB/T 7714-2015 sets something that is online."""
        updated = f"({self.updated})" if self.updated else ""
        read = "[填写引用日期]" if self.lang == "zh" else "[date of access]"
        where = f". {self.url}" if self.url else ""
        code = _GB_CODES[self.kind] + ("/OL" if self.url else "")
        told = f"版本 {self.version}" if self.lang == "zh" else f"Version {self.version}"
        version = f"{told}. " if self.version else ""
        return f"{self.site}. {self.title}[{code}]. {version}{updated}{read}{where}."

    @property
    def apa(self) -> str:
        """The entry as the seventh edition of the APA style sets something on a web site."""
        when = "n.d."
        if self.updated:
            day = date.fromisoformat(self.updated)
            when = f"{day.year}, {_MONTHS[day.month - 1]} {day.day}"
        where = f" {self.url}" if self.url else ""
        version = f" (Version {self.version})" if self.version else ""
        kind = _APA_KINDS[self.kind]
        return f"{self.site}. ({when}). {self.title}{version} [{kind}].{where}"

    @property
    def bibtex(self) -> str:
        """The entry for BibTeX."""
        fields = {
            "author": f"{{{_tex(self.site)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": self.updated[:4],
            "date": self.updated,
            "version": self.version,
            "note": _APA_KINDS[self.kind],
            "url": self.url,
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{self._key},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def csl_json(self) -> str:
        """The entry as CSL-JSON, which reference managers read."""
        entry: dict[str, object] = {
            "id": self._key,
            "type": _CSL_TYPES[self.kind],
            "title": self.title,
            "author": [{"literal": self.site}],
            "language": "zh-CN" if self.lang == "zh" else "en",
        }
        if self.updated:
            entry["issued"] = {"date-parts": [[int(part) for part in self.updated.split("-")]]}
        if self.version:
            entry["version"] = self.version
        if self.url:
            entry["URL"] = self.url
        return _ENCODER.encode([entry]) + "\n"

    @property
    def _key(self) -> str:
        return f"casebook-{self.name}-{self.lang}"


def write_citation_file(citation: Citation) -> str:
    """The citation of the data as a CITATION.cff; quoted strings of JSON are strings of YAML."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    lines = [
        "cff-version: 1.2.0",
        f"message: {quoted('引用这些数据时，请注明版本。Please cite the version of the data.')}",
        "type: dataset",
        f"title: {quoted(citation.title)}",
        "authors:",
        f"  - name: {quoted(citation.site)}",
    ]
    if citation.version:
        lines.append(f"version: {quoted(citation.version)}")
    if citation.updated:
        lines.append(f"date-released: {quoted(citation.updated)}")
    if citation.url:
        lines.append(f"url: {quoted(citation.url)}")
    lines.append("license: CC-BY-4.0")
    return "\n".join(lines) + "\n"


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda match: _BIBTEX[match[0]], text)

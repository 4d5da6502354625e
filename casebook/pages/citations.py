"""Citations of the data, a case, a figure or a chart, in the forms that readers need."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from casebook.data.formats import DataStream
from casebook.data.releases import Release
from casebook.data.table_rows import version_of, version_of_all
from casebook.messages import say
from casebook.pages.page import Site
from casebook.pages.rows import date_dataset, link_case
from casebook.record.evidence import date_case
from casebook.record.model import Case, Figure
from casebook.text import LANGS, Lang, Text

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn

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
    """All that the entry of a thing of the site in a list of references is made of.

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
        read = say("pages.cite.date_of_access").inside(self.lang)
        where = f". {self.url}" if self.url else ""
        code = _GB_CODES[self.kind] + ("/OL" if self.url else "")
        numbered = say("pages.cite.version", version=self.version).inside(self.lang)
        version = f"{numbered}. " if self.version else ""
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


def cite_data(lang: Lang, site: Site) -> Citation:
    """The citation of the whole data set, in the version of all its records."""
    dataset = site.dataset
    return _cite(
        "data",
        "data/",
        lang,
        site,
        name="data",
        title=say("pages.cite.data").inside(lang),
        updated=date_dataset(dataset),
        version=version_of_all(dataset),
    )


def cite_release(release: Release, lang: Lang, site: Site) -> Citation:
    """The citation of the whole data set as it was frozen on a day."""
    return _cite(
        "data",
        f"versions/{release.date}/",
        lang,
        site,
        name=f"data-{release.date}",
        title=say("pages.cite.data").inside(lang),
        updated=release.date,
        version=release.version,
    )


def cite_case(case: Case, lang: Lang, site: Site) -> Citation:
    """The citation of a case, in the version of its record."""
    return _cite(
        "case",
        f"cases/{case.slug}/",
        lang,
        site,
        name=case.slug,
        title=link_case(case, site.dataset).name.inside(lang),
        updated=date_case(case, site.dataset.sources),
        version=version_of(case),
    )


def cite_figure(figure: Figure, title: Text, lang: Lang, site: Site) -> Citation:
    """The citation of a figure, in the version of its case's record."""
    case = site.dataset.by_slug[figure.case]
    return _cite(
        "figure",
        f"figures/{figure.key}/",
        lang,
        site,
        name=figure.key,
        title=title.inside(lang),
        updated=date_case(case, site.dataset.sources),
        version=version_of(case),
    )


def cite_chart(drawn: Drawn, site: Site) -> Citation:
    """The citation of a chart, in the version of its case's record where it has one."""
    case = site.dataset.by_slug.get(drawn.case)
    return _cite(
        "chart",
        f"charts/{drawn.name}/",
        drawn.lang,
        site,
        name=drawn.name,
        title=drawn.finding,
        updated=date_case(case, site.dataset.sources) if case else date_dataset(site.dataset),
        version=version_of(case) if case else "",
    )


def _cite(kind: Kind, url: str, lang: Lang, site: Site, **parts: str) -> Citation:
    settings = site.settings
    return Citation(
        kind=kind,
        url=settings.locate(url, lang),
        lang=lang,
        site=settings.name.inside(lang),
        **parts,
    )


def make_citation_file(site: Site) -> DataStream:
    """The citation of the whole data set as a CITATION.cff."""
    content = write_citation_file(cite_data(LANGS[0], site))
    return DataStream("data/CITATION.cff", (content.encode("utf-8"),))


def write_citation_file(citation: Citation) -> str:
    """The citation of the data as a CITATION.cff; quoted strings of JSON are strings of YAML."""
    quoted = partial(json.dumps, ensure_ascii=False)
    message = say("pages.cite.please")
    lines = [
        "cff-version: 1.2.0",
        f"message: {quoted(message.zh + message.en)}",
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

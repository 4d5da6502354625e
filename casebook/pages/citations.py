"""Citations of the data, a case, a figure or a chart, in the forms that readers need."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final, Literal

from casebook.charts.chart import Drawn
from casebook.data.formats import DataStream
from casebook.data.releases import Release
from casebook.data.tables import version_of, version_of_all
from casebook.messages import say
from casebook.pages.page import Site
from casebook.record.model import Case, Figure
from casebook.record.settings import Licence
from casebook.record.slugs import figure_address
from casebook.text import DEFAULT_LANGUAGES, LANGUAGE_TAGS, Lang, Languages, Text
from casebook.values.periods import MONTHS

Kind = Literal["data", "case", "figure", "chart"]

_BIBTEX: Final = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL: Final = re.compile(f"[{re.escape(''.join(_BIBTEX))}]")
# The type of each kind of thing: its code in GB/T 7714-2015, its words in APA, its type in CSL and
# its type in RIS.
_NAMES: Final[dict[Kind, tuple[str, str, str, str]]] = {
    "data": ("DS", "Data set", "dataset", "DATA"),
    "case": ("EB", "Web page", "webpage", "ELEC"),
    "figure": ("DS", "Data set", "dataset", "DATA"),
    "chart": ("DB", "Chart", "figure", "FIGURE"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The parts of an entry in a list of references for a thing of the site.

    `url`, `updated` (an ISO date) and `version` may be empty. The reader fills in the day of
    access, because a build does not read the clock.
    """

    kind: Kind
    name: str
    title: str
    site: str
    url: str
    updated: str
    lang: Lang
    version: str = ""
    licence: Licence | None = None
    languages: Languages = DEFAULT_LANGUAGES

    @property
    def styles(self) -> tuple[tuple[str, str], ...]:
        """The entry as text in each style, with the name of the style."""
        # Only readers of Chinese need the Chinese standard.
        chinese = (("GB/T 7714", self.gb_t_7714),) if "zh" in self.languages else ()
        return (*chinese, ("APA", self.apa))

    @property
    def gb_t_7714(self) -> str:
        """The entry in the form that GB/T 7714-2015 sets for online resources."""
        updated = f"({self.updated})" if self.updated else ""
        read = say("pages.cite.date_of_access").inside(self.lang)
        medium, where = ("/OL", f". {self.url}") if self.url else ("", "")
        code = _NAMES[self.kind][0] + medium
        numbered = say("pages.cite.version", version=self.version).inside(self.lang)
        version = f"{numbered}. " if self.version else ""
        return f"{self.site}. {self.title}[{code}]. {version}{updated}{read}{where}."

    @property
    def apa(self) -> str:
        """The entry in the form that the seventh edition of the APA style sets for web sites."""
        when = "n.d."
        if self.updated:
            day = date.fromisoformat(self.updated)
            when = f"{day.year}, {MONTHS[day.month - 1]} {day.day}"
        where = f" {self.url}" if self.url else ""
        version = f" (Version {self.version})" if self.version else ""
        return f"{self.site}. ({when}). {self.title}{version} [{_NAMES[self.kind][1]}].{where}"

    @property
    def bibtex(self) -> str:
        """The entry for BibTeX."""
        # One pass, so that the backslash of an escaped character is not escaped again.
        tex = partial(_SPECIAL.sub, lambda match: _BIBTEX[match[0]])
        fields = {
            "author": f"{{{tex(self.site)}}}",
            "title": f"{{{tex(self.title)}}}",
            "year": self.updated[:4],
            "date": self.updated,
            "version": self.version,
            "note": _NAMES[self.kind][1],
            "url": self.url,
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{{self._key},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def csl_json(self) -> str:
        """The entry as CSL-JSON, which reference managers read."""
        # CSL needs numbers; an unknown part is left out, not zero.
        issued = [int(part) for part in self.updated.split("-")] if self.updated else []
        entry = {
            "id": self._key,
            "type": _NAMES[self.kind][2],
            "title": self.title,
            "author": [{"literal": self.site}],
            "language": "zh-CN" if self.lang == "zh" else "en",
            "issued": {"date-parts": [issued]} if issued else None,
            "version": self.version,
            "URL": self.url,
        }
        known = {name: value for name, value in entry.items() if value}
        return json.dumps([known], ensure_ascii=False) + "\n"

    @property
    def ris(self) -> str:
        """The entry as RIS, which EndNote, NoteExpress and Zotero read."""
        fields = {
            "TY": _NAMES[self.kind][3],
            "ID": self._key,
            "AU": self.site,
            "TI": self.title,
            "PY": self.updated[:4],
            # The last part of a date in RIS is for words such as a season.
            "DA": self.updated.replace("-", "/") + "/" if self.updated else "",
            "ET": self.version,
            "LA": LANGUAGE_TAGS[self.lang],
            "UR": self.url,
        }
        # A line break in a title would end its field.
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields.items() if value]
        return "\n".join([*lines, "ER  - ", ""])

    @property
    def files(self) -> tuple[tuple[str, str, str], ...]:
        """The entry for programs: for each format its name, its file name and its content."""
        return (
            ("RIS", f"{self._key}.ris", self.ris),
            ("BibTeX", f"{self._key}.bib", self.bibtex),
            ("CSL-JSON", f"{self._key}.json", self.csl_json),
        )

    @property
    def _key(self) -> str:
        return f"casebook-{self.name}-{self.lang}"


def cite(thing: Case | Figure | Drawn | None, title: Text, lang: Lang, site: Site) -> Citation:
    """The citation of a thing of the site under a title; None means the whole data set.

    A thing of a case has the version of its record, the data set that of all records.
    """
    kind: Kind
    dataset, settings = site.dataset, site.settings
    if thing is None:
        kind, name, case = "data", "data", None
    elif isinstance(thing, Case):
        kind, name, case = "case", thing.slug, thing
    elif isinstance(thing, Figure):
        kind, name, case = "figure", thing.key, dataset.by_slug[thing.case]
    else:
        kind, name, case = "chart", thing.name, dataset.by_slug.get(thing.case)
    url = f"{kind}s/{name}/" if thing else "data/"
    if kind == "figure":
        url = figure_address(name)
    if case is not None:
        updated, version = case.updated, version_of(case)
    else:
        updated = dataset.updated
        # A chart of all cases has none: it also changes with its words, which no version covers.
        version = "" if thing else version_of_all(dataset)
    return Citation(
        kind=kind,
        name=name,
        title=title.inside(lang),
        site=settings.name.inside(lang),
        url=site.locate(url, lang),
        updated=updated,
        lang=lang,
        languages=site.languages,
        version=version,
        licence=dataset.settings.licence,
    )


def cite_data(lang: Lang, site: Site) -> Citation:
    """The citation of the whole data set, with the version of all its records."""
    about = site.settings.tagline or site.settings.name
    return cite(None, say("pages.cite.data", about=about), lang, site)


def cite_release(release: Release, lang: Lang, site: Site) -> Citation:
    """The citation of the whole data set as it was frozen on a day."""
    return replace(
        cite_data(lang, site),
        name=f"data-{release.date}",
        url=site.locate(f"versions/{release.date}/", lang),
        updated=release.date,
        version=release.version,
    )


def make_citation_file(site: Site) -> DataStream:
    """The citation of the whole data set as a CITATION.cff."""
    content = write_citation_file(cite_data(site.languages.first, site))
    return DataStream("data/CITATION.cff", (content.encode("utf-8"),))


def write_citation_file(citation: Citation) -> str:
    """The text of a CITATION.cff; strings are quoted as JSON, which is valid YAML."""
    quoted = partial(json.dumps, ensure_ascii=False)
    message = say("pages.cite.please")
    found = {"version": citation.version, "date-released": citation.updated, "url": citation.url}
    lines = (
        "cff-version: 1.2.0",
        f"message: {quoted(''.join(map(message.inside, citation.languages)))}",
        "type: dataset",
        f"title: {quoted(citation.title)}",
        "authors:",
        f"  - name: {quoted(citation.site)}",
        *(f"{name}: {quoted(value)}" for name, value in found.items() if value),
        # The format allows only identifiers of the SPDX list.
        *([f"license: {citation.licence.id}"] if citation.licence and citation.licence.id else []),
    )
    return "\n".join(lines) + "\n"

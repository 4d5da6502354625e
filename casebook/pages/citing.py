"""What has to be known to cite the data, a case or a figure of the site."""

from __future__ import annotations

from casebook.data.formats import DataStream
from casebook.data.releases import Release
from casebook.data.table_rows import version_of, version_of_all
from casebook.pages.citations import Citation, Kind, write_citation_file
from casebook.pages.page import Site
from casebook.pages.rows import date_dataset, link_case
from casebook.record.evidence import date_case
from casebook.record.model import Case, Figure
from casebook.text import LANGS, Lang, Text

DATA_TITLE = Text("政府购买服务案例数据", "Cases of governments buying public services: the data")


def cite_data(lang: Lang, site: Site) -> Citation:
    """The whole data set, in the version of all its records."""
    dataset = site.dataset
    told = DATA_TITLE.inside(lang), date_dataset(dataset), version_of_all(dataset)
    return _cite("data", "data", "data/", told, lang, site)


def make_citation_file(site: Site) -> DataStream:
    """The citation of the whole data set as a CITATION.cff."""
    content = write_citation_file(cite_data(LANGS[0], site))
    return DataStream("data/CITATION.cff", (content.encode("utf-8"),))


def cite_release(release: Release, lang: Lang, site: Site) -> Citation:
    """The whole data set as it was frozen on a day."""
    title = DATA_TITLE.inside(lang)
    told = title, release.date, release.version
    path = f"versions/{release.date}/"
    return _cite("data", f"data-{release.date}", path, told, lang, site)


def cite_case(case: Case, lang: Lang, site: Site) -> Citation:
    """A case, in the version of its record."""
    title = link_case(case, site.dataset).name.inside(lang)
    told = title, date_case(case, site.dataset.sources), version_of(case)
    return _cite("case", case.slug, f"cases/{case.slug}/", told, lang, site)


def cite_figure(figure: Figure, case: Case, title: Text, lang: Lang, site: Site) -> Citation:
    """A figure, in the version of its case's record."""
    told = title.inside(lang), date_case(case, site.dataset.sources), version_of(case)
    return _cite("figure", figure.key, f"figures/{figure.key}/", told, lang, site)


def _cite(
    kind: Kind, name: str, path: str, told: tuple[str, str, str], lang: Lang, site: Site
) -> Citation:
    title, updated, version = told
    settings = site.settings
    prefix = "" if lang == LANGS[0] else f"{lang}/"
    url = f"{settings.siteurl}/{prefix}{path}" if settings.siteurl else ""
    return Citation(
        kind=kind,
        name=name,
        title=title,
        site=settings.name.inside(lang),
        url=url,
        updated=updated,
        lang=lang,
        version=version,
    )

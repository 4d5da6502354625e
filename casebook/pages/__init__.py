"""The pages of the site, one kind a module; `register` lists the kinds.

Here are only the addresses that every site has, whatever it holds, so that checks of addresses
need not load the pages. Later parts of a list are none: what they hold moves on with every case.
"""

from __future__ import annotations

from typing import Final

HOME_URL: Final = ""
CASES_URL: Final = "cases/"
TIMELINE_URL: Final = "timeline/"
COMPARE_URLS: Final = {
    "class": "compare/",
    "amount": "compare/by-amount/",
    "year": "compare/by-year/",
    "place": "compare/by-place/",
}
CHARTS_URL: Final = "charts/"
FIGURES_URL: Final = "figures/"
DATA_URL: Final = "data/"
SEARCH_URL: Final = "search/"
CORRECTIONS_URL: Final = "corrections/"
VERSIONS_URL: Final = "versions/"

FIXED_ADDRESSES: Final = (
    *(HOME_URL, CASES_URL, TIMELINE_URL, *COMPARE_URLS.values(), FIGURES_URL),
    *(CHARTS_URL, DATA_URL, SEARCH_URL, CORRECTIONS_URL, VERSIONS_URL),
)

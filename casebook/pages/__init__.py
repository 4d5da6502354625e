"""The pages of the site, with a module for each kind; `register` lists the kinds.

Here are only the addresses that every site has, so that checks of addresses need not load the
pages. Later parts of a list are not among them, because their content moves with every new case.
"""

from __future__ import annotations

from typing import Final

HOME_URL: Final = ""
COMPARE_URLS: Final = {
    "class": "compare/",
    "amount": "compare/by-amount/",
    "year": "compare/by-year/",
    "place": "compare/by-place/",
}

FIXED_ADDRESSES: Final = (
    *(HOME_URL, "cases/", "timeline/", *COMPARE_URLS.values(), "figures/"),
    *("charts/", "data/", "search/", "corrections/", "versions/"),
)

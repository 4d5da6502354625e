"""The pages of the site, one kind a module; `register` lists the kinds.

Here are only the addresses that every site has, whatever it holds, so that checks of addresses
need not load the pages. Later parts of a list are none: what they hold moves on with every case.
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

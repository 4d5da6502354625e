"""Site settings in Pelican's own terms; casebook.build adds what depends on the run."""

SITENAME = "案例簿"
SITENAME_EN = "Casebook"
TAGLINE = "各地政府怎样购买公共服务"
TAGLINE_EN = "How local governments in China buy public services"
# The public address without a slash at its end; `build.py --siteurl` overrides it.
SITEURL = ""

PATH = "content"
PAGE_PATHS = ["pages", "stories"]
ARTICLE_PATHS: list[str] = []
THEME = "theme"
THEME_STATIC_DIR = "theme"
TIMEZONE = "Asia/Shanghai"
# Sorting and dates must not change with the machine.
LOCALE = ["C"]
DEFAULT_LANG = "zh-cn"

# Pelican loads every installed plugin where this is not set.
PLUGINS: list[str] = []
READERS = {"html": None, "rst": None, "asc": None}
CACHE_CONTENT = False
LOAD_CONTENT_CACHE = False
DELETE_OUTPUT_DIRECTORY = False
# A text may not pull files of the machine into the site.
INTRASITE_LINK_REGEX = "(?!)(?P<what>)"

# Everything is written by casebook's own generator.
DIRECT_TEMPLATES: list[str] = []
PAGE_SAVE_AS = ""
PAGE_LANG_SAVE_AS = ""
ARTICLE_SAVE_AS = ""
ARTICLE_LANG_SAVE_AS = ""
STATIC_PATHS: list[str] = []
THEME_STATIC_PATHS: list[str] = []
PAGE_TRANSLATION_ID = None
ARTICLE_TRANSLATION_ID = None
FORMATTED_FIELDS: list[str] = []
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None

"""Settings of the site, in Pelican's own terms; docs/settings.md explains each."""

SITENAME = "案例簿"
SITENAME_EN = "Casebook"
TAGLINE = "各地政府怎样购买公共服务"
TAGLINE_EN = "How local governments in China buy public services"
# The public address; `--siteurl` overrides it.
SITEURL = ""

FOOTER = "据公开报道和文件整理，每个数字都注明出处；没有向有关政府核实。"
FOOTER_EN = (
    "Compiled from published reports and documents, each figure with its source; "
    "not checked with the governments concerned."
)
LICENCE = "CC-BY-4.0"
TIMEZONE = "Asia/Shanghai"

# The version of the program that this site is made for; after an upgrade it tells what to change.
CASEBOOK_VERSION = "0.1"
# It says to whoever runs pelican itself that the site is built by another command.
PLUGINS = ["casebook.plugin"]

"""The local server that shows a site while it is written."""

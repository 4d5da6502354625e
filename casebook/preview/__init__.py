"""The local server that shows a site while an editor works on it."""

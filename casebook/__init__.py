"""Casebook: a static data-journalism site generator for records of public service purchases."""

__version__ = "0.1.0"

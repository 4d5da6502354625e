"""Bytes to nodes with places: reading YAML, naming its errors and fixes, editing its text."""

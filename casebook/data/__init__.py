"""Open data out and in: one description of the tables, many formats."""

"""The records: their description, reading them, and what is computed from them."""

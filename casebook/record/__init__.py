"""The records: their description, their reading, and values computed from them."""

"""Rules of records, texts, links, history and translations."""

"""Text to value: amounts, dates, addresses."""

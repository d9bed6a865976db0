"""A user's own experiment: result tables, counts, log expression."""

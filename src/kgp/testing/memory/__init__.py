"""A store in plain Python: dictionaries, lists and sorting, nothing that could be fast or wrong."""

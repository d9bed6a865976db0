"""Response sets as the files that other tools read."""

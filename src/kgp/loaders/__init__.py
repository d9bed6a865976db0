"""One file per source: files in, Arrow batches out."""

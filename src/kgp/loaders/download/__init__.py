"""Fetching the files of sources from their addresses."""

"""Generated worlds in the sources' own file formats, for where licences forbid real data."""

"""A user's own table, with a mapping or a first guess of one."""

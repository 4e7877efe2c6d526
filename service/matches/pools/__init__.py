"""People and open shifts in memory, one copy a process, as current as the database."""

"""Where the graph lives and how it leaves."""

"""What a graph may contain."""

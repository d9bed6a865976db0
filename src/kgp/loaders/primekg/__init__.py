"""PrimeKG, and the attributes of its nodes."""

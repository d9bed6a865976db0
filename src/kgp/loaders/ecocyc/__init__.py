"""EcoCyc: its attribute-value files, and its exported network."""

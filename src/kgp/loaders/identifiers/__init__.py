"""Tables of identifiers: what resolution stands on."""

"""Networks as files of other tools: one file per format, all pure functions to bytes."""

"""The present state and the history of every record: a projection of the log, dropped and rebuilt at will."""

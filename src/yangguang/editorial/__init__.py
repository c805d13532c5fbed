"""From manuscripts to entries: drafts, the outbox, and the sequencer that is the log's one writer."""

"""What may be said in public: the closed list of events, the record's vocabulary and body, and their one encoding."""

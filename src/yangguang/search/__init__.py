"""The index of what is public: a projection of the log that finds exactly the documents containing the words."""

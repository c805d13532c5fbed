"""The regulation as data: what must be published, where, in whose words, and on which ground it may be taken back."""

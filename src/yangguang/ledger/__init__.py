"""The append-only verifiable log of byte strings: a C2SP tiled log. It knows nothing about what the bytes say."""

"""Contents by digest, with the salts of their commitments; erasable, unlike the log."""

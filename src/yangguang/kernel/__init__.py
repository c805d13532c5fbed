"""What every room stands on: time, identifiers, canonical bytes, the root of all errors; every module is public."""

"""The whole node: settings, wiring, command line."""

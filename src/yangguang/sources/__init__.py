"""In: documents and saved pages become manuscripts; every inferred field is said to be inferred. Knows no database."""

"""What the portal's templates may ask."""

"""The writer's desk, for tests that look at the whole house."""

from tests.rooms.editorial.conftest import desk

__all__ = ["desk"]

"""Levels: asks witnesses to cosign our log, mirrors lower logs with their contents, raises alarms with evidence."""

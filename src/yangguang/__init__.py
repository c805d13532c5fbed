"""Yangguang (阳光): an open-source government information disclosure platform (政府信息公开平台)."""

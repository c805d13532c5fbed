"""Out: one revision of one record as the bytes of one rendition (下载格式), the same bytes every time."""

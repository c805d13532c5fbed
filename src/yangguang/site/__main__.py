"""``python -m yangguang.site`` is ``yangguang``."""

from yangguang.site.cli import main

main()

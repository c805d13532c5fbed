"""What holds for every test: no node but its own, and no clock that judges it."""

import os
import tempfile

from hypothesis import settings

# Before Django reads its settings: no test may touch the node of whoever runs it.
os.environ["YANGGUANG_HOME"] = tempfile.mkdtemp(prefix="yangguang-tests-")

# A busy machine is no defect.
settings.register_profile("yangguang", deadline=None)
settings.load_profile("yangguang")

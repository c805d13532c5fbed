"""No test ever touches the node of whoever runs it: the home is a fresh folder before Django reads its settings."""

import os
import tempfile

os.environ["YANGGUANG_HOME"] = tempfile.mkdtemp(prefix="yangguang-tests-")

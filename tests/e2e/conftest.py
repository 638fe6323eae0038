"""Lets the tests of the harness import it as scripts/e2e-claude does."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

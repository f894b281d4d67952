"""Checks that several tests share tell what they found, as those in a test's own file do."""

import pytest

pytest.register_assert_rewrite("tests.e2e.rest", "tests.e2e.season", "tests.e2e.service")

"""API shapes of cases."""

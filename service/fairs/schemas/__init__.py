"""API shapes of fairs."""

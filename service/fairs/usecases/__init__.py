"""What people do with fairs."""

"""What officers do with holds."""

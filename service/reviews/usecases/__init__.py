"""What officers do with reviews."""

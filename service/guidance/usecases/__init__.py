"""What officers do about shared labour."""

"""The committed contract and the program that writes it."""

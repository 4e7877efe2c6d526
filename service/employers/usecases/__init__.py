"""What can be done with employers, one function per verb, by theme."""

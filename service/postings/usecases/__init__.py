"""What can be done with postings, one function per verb."""

"""What can be done with a seat: giving it up, standing in, the question before the shift, looking things up."""

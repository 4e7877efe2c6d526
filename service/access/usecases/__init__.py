"""What people, staff and machines do to come in, stay in and leave."""

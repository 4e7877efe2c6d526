"""What a person does with the own record, and what officers do for people at the counter."""

"""The verbs between interest and a seat; each owns its transaction.

A reply by SMS and a line at the counter call the same functions: `by` is then the person's own Caller (with
its channel), or an officer's with `on_behalf` saying how the yes was given.
"""

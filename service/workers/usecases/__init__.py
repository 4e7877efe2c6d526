"""The worker's moves, one function a verb; each can be made by the worker or by an officer with a yes on record."""

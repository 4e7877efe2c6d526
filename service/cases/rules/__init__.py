"""Pure decisions on cases: when a limit is over, who may do what, whom a yes shows."""

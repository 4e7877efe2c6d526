"""What employers, workers and officers do with agreements."""

"""Evidence packs (用工凭证): what happened between two sides, from the terms to the pay, for who has to prove it."""

"""One use case each: gather, decide, apply, in one transaction. No SQL, no printing."""

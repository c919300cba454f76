"""Service holds, from the proposal to the release."""

"""What the operator types: parse, call one service, render. No rules."""

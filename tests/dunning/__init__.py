"""How customers are dunned: the rules, what they look at, and the commands that set them."""

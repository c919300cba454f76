"""Speed and memory of arctl against plain SQLite, as ratios; nothing here ships in the wheel."""

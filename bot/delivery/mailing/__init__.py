"""Mail whose row is written before it goes out: decided once, sent once, with what failed kept on the row."""

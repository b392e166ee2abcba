"""What is kept for how long, and how it is forgotten: the nightly sweep, one module a thing; erasing and exporting one contact."""

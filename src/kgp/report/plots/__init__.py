"""Small SVG plots: each takes plain figures and returns one element."""

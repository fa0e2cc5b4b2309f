"""The engine: a graph of operators at places, and what follows from it."""

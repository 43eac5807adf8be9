"""The province's program: the far end of sync, and what the province does with the truth."""

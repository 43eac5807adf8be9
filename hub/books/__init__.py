"""The province's books of blanks: double entry, folded from the journals and the province's own acts."""

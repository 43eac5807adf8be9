"""The commands of ``loket``, a file for each thing a person is about."""

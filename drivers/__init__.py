"""Bytes to and from devices; knows neither jobs nor network."""

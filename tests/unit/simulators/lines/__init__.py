"""Tests of simulators/lines."""

"""Tests of simulators/topaz."""

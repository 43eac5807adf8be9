"""Checks that any device of a family must pass, whichever wire it hangs on."""

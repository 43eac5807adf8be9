"""The journal and its kin: what happened here, in order, for ever; and the database it lies in."""

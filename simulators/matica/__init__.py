"""A Matica XID card printer as numbers: a pure model, a face for each of its wires, and the real wires."""

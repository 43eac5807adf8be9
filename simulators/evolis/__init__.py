"""An Evolis card printer as numbers: a pure model, a face that knows its commands, and the real wires."""

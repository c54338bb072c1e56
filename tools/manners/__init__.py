"""How every dosevakt command behaves: what it prints where, when it asks, how it ends, what it writes down."""

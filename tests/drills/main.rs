//! Faults that are really made, with the real binary: one module per fault.

mod kill;

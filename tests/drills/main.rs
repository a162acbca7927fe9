//! Faults that are really made, with the real binary: one module per fault.

mod clock;
mod conversion;
mod copies;
mod disk_full;
mod kill;
mod nats;
mod nodes;

//! What clients see of stored events.

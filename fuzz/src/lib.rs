//! Fuzzing of everything that parses strangers' bytes, on stable Rust and without outside tools.
//!
//! A [`Target`](targets::Target) is a function over bytes that must neither panic nor hang nor break its own
//! assertions. [`search`] feeds it mutated inputs; what a target says about an input (its label) stands in for
//! coverage: an input with a new label joins the corpus. Everything follows from the seed, so a finding repeats.

pub mod corpus;
pub mod mutation;
pub mod random;
pub mod search;
pub mod targets;

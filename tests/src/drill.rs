//! Drills of the cluster: three nodes and three nats-servers under load of several writers and readers; one of them,
//! or several, are killed, frozen, stopped; and everything that clients were told before, meanwhile and afterwards is
//! held against what all nodes say in the end.
//!
//! - [`world`] is the cluster with its clients, and runs rounds.
//! - [`fault`] is what is done to it.
//! - [`writer`], [`observer`] and [`probe`] are the clients: the first two go from node to node, with their old
//!   tokens and transactions; probes stay at one node.
//! - [`book`] has every request that they made; [`figures`] says what that meant for them.
//! - [`sites`] is the same with two sites, of which one is given up.
//! - [`verdict`] decides: everything acknowledged is on every node, once, in one order, and every observer saw it so.

pub mod book;
pub mod fault;
pub mod figures;
pub mod observer;
pub mod probe;
pub mod report;
pub mod sites;
pub mod verdict;
pub mod world;
pub mod writer;

pub use fault::Drill;
pub use report::Summary;
pub use world::{Settings, run};

//! Floor 1: the rules of rooms as pure functions. [`decide`] turns wishes into facts, [`RoomState`]
//! applies facts, [`read`] turns stored events into what clients see. No input or output happens
//! here; time and randomness come in through [`Context`].

pub mod decide;
pub mod pdu;
pub mod read;
pub mod room;
pub mod signer;

pub use decide::{
    Context, Decision, MemberDetails, MembershipChange, NewEvent, NewRoom, Preset, Redaction, choose_room_id,
    decide_creation, decide_event, decide_membership, decide_redaction, wants_voucher,
};
pub use pdu::{Pdu, PduError};
pub use read::{HistoryVisibility, Sight, client_event, may_see, prune};
pub use room::{LoadError, Member, Power, RoomState, UserPower};
pub use signer::Signer;

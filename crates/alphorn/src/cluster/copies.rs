//! Copies of a node's store for nodes that have none, or one that lacks too much: asked for and sent beside the log,
//! over the connection to NATS that every node has, in sealed pieces. See `docs/decisions/0014`.

mod borrow;
mod lend;

use alphorn_log::jetstream::Names;
use alphorn_model::{Entropy, Seq, SystemEntropy};
use anyhow::Context as _;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) use borrow::borrow;
pub(crate) use lend::lend;

/// What the sealing key is for.
const PURPOSE: &[u8] = b"alphorn cluster copies of stores";
const NONCE_BYTES: usize = 24;
/// Bytes of one piece. With its seal it is well below what NATS takes by default.
const PIECE_BYTES: u64 = 512 * 1024;

/// What a node asks of others.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Ask {
    /// Names the one who asks, for as long as it asks: another word each time, so that no answer is one of another time.
    run: String,
    what: What,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum What {
    /// Who has a store that can be copied?
    Offer,
    /// Make a copy; to be asked again until it is made.
    Make,
    /// Bytes of the copy from here on.
    Piece(u64),
    /// The digest of the log up to a record.
    Digest(Seq),
}

/// What another node answers, pieces excepted.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Answer {
    Offer {
        node: u32,
        applied: Seq,
        format: u32,
    },
    /// It is being made.
    Wait,
    Made {
        bytes: u64,
        applied: Seq,
        digest: [u8; 32],
    },
    Digest {
        node: u32,
        digest: [u8; 32],
    },
    /// Not now, and why.
    No(String),
}

/// Where all nodes are asked.
fn everybody(names: &Names) -> String {
    names.subject("copies")
}

/// Where one node is asked.
fn one(names: &Names, node: u32) -> String {
    names.subject(&format!("copies.{node}"))
}

/// Seals and opens what nodes say to each other: only who has the cluster's secret can ask or answer.
#[derive(Clone)]
struct Seal(XChaCha20Poly1305);

impl Seal {
    fn of(secret: &str) -> anyhow::Result<Self> {
        let mut key = Zeroizing::new([0_u8; 32]);
        let derived = Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(PURPOSE, key.as_mut());
        derived.map_err(|_| anyhow::anyhow!("no key can be derived from cluster.secret"))?;
        Ok(Self(XChaCha20Poly1305::new(key.as_ref().into())))
    }

    /// Seals bytes for one use only: `about` says which.
    fn close(&self, about: &str, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        SystemEntropy.fill(&mut nonce);
        let payload = Payload { msg: bytes, aad: about.as_bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| anyhow::anyhow!("this cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, about: &str, sealed: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_BYTES).context("too short")?;
        let payload = Payload { msg: text, aad: about.as_bytes() };
        let opened = self.0.decrypt(XNonce::from_slice(nonce), payload);
        opened.map_err(|_| anyhow::anyhow!("it is not sealed with this cluster's secret"))
    }
}

/// What questions are sealed about.
const QUESTION: &str = "question";

/// What the answer to a question is sealed about.
fn about(ask: &Ask) -> String {
    match ask.what {
        What::Offer => format!("offer {}", ask.run),
        What::Make => format!("made {}", ask.run),
        What::Piece(offset) => format!("piece {} {offset}", ask.run),
        What::Digest(seq) => format!("digest {} {seq}", ask.run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_use_and_with_its_secret_only() {
        let seal = Seal::of("a secret of some length").unwrap();
        let ask = |run: &str, offset| about(&Ask { run: run.to_owned(), what: What::Piece(offset) });
        let sealed = seal.close(&ask("a", 0), b"bytes of a store").unwrap();
        assert_eq!(seal.open(&ask("a", 0), &sealed).unwrap(), b"bytes of a store");
        assert!(seal.open(&ask("a", 1), &sealed).is_err(), "another piece");
        assert!(seal.open(&ask("b", 0), &sealed).is_err(), "another time");
        assert!(Seal::of("another secret of some").unwrap().open(&ask("a", 0), &sealed).is_err());
        assert!(seal.open(&ask("a", 0), b"short").is_err());
        assert!(!sealed.windows(5).any(|window| window == b"bytes"));
    }
}

//! Random identifiers and secrets.

use base64::Engine as _;

use crate::Entropy;

/// `length` characters out of `a-z`, `A-Z`, `0-9`, each with the same chance.
pub fn alphanumeric(entropy: &dyn Entropy, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    let mut pool = [0_u8; 64];
    while text.len() < length {
        entropy.fill(&mut pool);
        for byte in pool {
            // 248 is the largest multiple of 62 in a byte: higher values would favour some characters.
            if byte < 248 && text.len() < length {
                text.push(ALPHABET.get(usize::from(byte % 62)).copied().map_or('A', char::from));
            }
        }
    }
    text
}

/// `length` upper-case letters, as device ids are.
pub fn uppercase(entropy: &dyn Entropy, length: usize) -> String {
    alphanumeric(entropy, length * 3)
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase())
        .chain(std::iter::repeat('X'))
        .take(length)
        .collect()
}

/// `bytes` random bytes as URL-safe base64.
pub fn token(entropy: &dyn Entropy, bytes: usize) -> String {
    let mut raw = vec![0_u8; bytes];
    entropy.fill(&mut raw);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(raw)
}

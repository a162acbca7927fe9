//! Mutations: how the next input is made from inputs that were interesting.
//!
//! Text that parses as JSON is changed as a tree half of the time, because changed bytes rarely get past a parser;
//! the other half tries the parser itself.

mod bytes;
mod json;

use crate::random::Random;

/// Longest input that is made. Bounds above it are a matter of capability tests.
pub const BYTES_MAX: usize = 64 * 1024;

/// Changes `input` in one to four places. `others` are inputs to take parts from, `tokens` are pieces that the
/// target knows.
pub fn mutate(input: &mut Vec<u8>, others: &[Vec<u8>], tokens: &[&str], random: &mut Random) {
    for _ in 0..=random.below(4) {
        let as_tree = random.one_in(2).then(|| serde_json::from_slice(input).ok()).flatten();
        match as_tree {
            Some(tree) => *input = json::mutate(tree, others, tokens, random),
            None => bytes::mutate(input, others, tokens, random),
        }
        input.truncate(BYTES_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutations_follow_from_the_seed_and_stay_within_their_bound() {
        let others = [br#"{"type":"m.room.message","content":{"body":"hi"}}"#.to_vec(), b"plain".to_vec()];
        let inputs = |seed| {
            let mut random = Random::new(seed);
            let mut input = others[0].clone();
            let mut made = Vec::new();
            for _ in 0..2000 {
                mutate(&mut input, &others, &["m.room.member"], &mut random);
                assert!(input.len() <= BYTES_MAX);
                made.push(input.clone());
            }
            made
        };
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }

    #[test]
    fn a_tree_stays_json_often_enough_to_get_past_the_parser() {
        let seed = br#"{"a":[1,2,{"b":null}],"c":"text"}"#.to_vec();
        let mut random = Random::new(3);
        let whole = (0..1000)
            .filter(|_| {
                let mut input = seed.clone();
                mutate(&mut input, &[], &[], &mut random);
                serde_json::from_slice::<serde_json::Value>(&input).is_ok()
            })
            .count();
        assert!((200..900).contains(&whole), "{whole} of 1000");
    }
}

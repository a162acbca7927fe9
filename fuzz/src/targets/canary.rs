//! The canary: a target that dies on purpose, so that the fuzzer itself can be tested. Not part of `all`.

use super::Target;

pub(super) const TARGET: Target =
    Target { name: "canary", about: "dies on purpose, to test the fuzzer", run, tokens: &["gas", "pit"] };

fn run(input: &[u8]) -> String {
    let has = |word: &[u8]| input.windows(word.len()).any(|part| part == word);
    assert!(!has(b"gas"), "the canary smelled gas");
    if has(b"pit") {
        return fall(input.len()).to_string();
    }
    "sings".to_owned()
}

/// Falls for ever: a stack that overflows kills the process, no matter what catches panics.
#[expect(unconditional_recursion, reason = "this is what must be noticed")]
fn fall(depth: usize) -> usize {
    std::hint::black_box(fall(std::hint::black_box(depth) + 1)) + 1
}

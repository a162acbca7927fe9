//! Sync and pagination tokens: they come back from clients, and from whoever makes them up.

use alphorn_model::{Position, SyncToken};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "sync_token",
    about: "tokens of /sync and of pagination",
    run,
    tokens: &["v1.", "p", ".", "4294967295", "4294967296", "9223372036854775807", "1125899906842624", "+1"],
};

fn run(input: &[u8]) -> String {
    let Ok(text) = str::from_utf8(input) else { return "not text".to_owned() };
    let token = SyncToken::parse(text);
    if let Some(token) = token {
        assert_eq!(SyncToken::parse(&token.to_string()), Some(token), "a token that we write must come back");
    }
    let position = Position::from_token(text);
    if let Some(position) = position {
        assert!(position >= Position::START, "no position lies before the log");
        assert_eq!(Position::from_token(&position.to_token()), Some(position));
    }
    format!(
        "token {}, position {}, dots {}",
        token.is_some(),
        position.is_some(),
        text.matches('.').count().min(6)
    )
}

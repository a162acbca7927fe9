//! Log lines on standard error: readable on a terminal, JSON otherwise.
//! What is logged names routes and identifiers; never tokens, query strings or content.

use std::io::IsTerminal as _;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Starts logging for the whole process.
pub(crate) fn start(config: &Log) -> anyhow::Result<()> {
    let level = levels(&config.level)?;
    let terminal = std::io::stderr().is_terminal();
    let human = match config.format {
        LogFormat::Auto => terminal,
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let lines = if human {
        layer().with_ansi(terminal).with_writer(std::io::stderr).boxed()
    } else {
        layer().json().flatten_event(true).with_current_span(false).with_writer(std::io::stderr).boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(level)).try_init()?;
    Ok(())
}

/// Libraries that tell about every single event what only their authors want to know.
const TALKATIVE: [&str; 1] = ["ruma_state_res"];

/// The levels as they are configured; talkative libraries only warn where the configuration does not name them.
fn levels(text: &str) -> Result<Targets, ParseError> {
    let wanted: Targets = text.parse()?;
    let quiet = wanted.default_level().unwrap_or(LevelFilter::OFF).min(LevelFilter::WARN);
    let named: Vec<_> = wanted.iter().map(|(target, level)| (target.to_owned(), level)).collect();
    Ok(wanted.with_targets(TALKATIVE.map(|target| (target, quiet))).with_targets(named))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::levels;

    #[test]
    fn talkative_libraries_only_warn_unless_they_are_named() {
        let cases = [
            ("info", Level::WARN, true),
            ("info", Level::INFO, false),
            ("debug", Level::INFO, false),
            ("error", Level::WARN, false),
            ("warn,ruma_state_res=debug", Level::DEBUG, true),
            ("info,ruma_state_res=off", Level::ERROR, false),
        ];
        for (text, level, written) in cases {
            let levels = levels(text).unwrap();
            assert_eq!(levels.would_enable("ruma_state_res::event_auth", &level), written, "{text} {level}");
        }
        assert!(levels("info").unwrap().would_enable("alphorn_engine", &Level::INFO));
    }
}

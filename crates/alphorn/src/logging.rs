//! Log lines on standard error: readable on a terminal, JSON otherwise.
//! What is logged names routes and identifiers; never tokens, query strings or content.

use std::io::IsTerminal as _;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Starts logging for the whole process.
pub(crate) fn start(config: &Log) -> anyhow::Result<()> {
    let level: Targets = config.level.parse()?;
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

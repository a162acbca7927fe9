//! Passwords: asked for without an echo, read from standard input, or made up. Never taken from the command
//! line, where everybody on the machine can read them.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};

use alphorn_model::{SystemEntropy, secret};
use anyhow::Context as _;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use serde_json::Value;

use crate::cli;

const MADE_UP_LETTERS: usize = 20;

/// A password and whether its owner has yet to be told.
pub(super) struct Given {
    pub(super) text: String,
    made_up: bool,
}

impl Given {
    /// The answer with the password in it, if it was made up.
    pub(super) fn shown_in(&self, mut answer: Value) -> Value {
        if let (true, Value::Object(fields)) = (self.made_up, &mut answer) {
            fields.insert("password".to_owned(), self.text.clone().into());
        }
        answer
    }
}

/// Gets a password in the way that the flags ask for.
pub(super) fn obtain(how: cli::Password) -> anyhow::Result<Given> {
    if how.generate {
        return Ok(Given { text: secret::alphanumeric(&SystemEntropy, MADE_UP_LETTERS), made_up: true });
    }
    if how.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("cannot read standard input")?;
        let text = line.trim_end_matches(['\r', '\n']).to_owned();
        anyhow::ensure!(!text.is_empty(), "standard input has no password in its first line");
        return Ok(Given { text, made_up: false });
    }
    let terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .context("there is no terminal to ask for a password; use --password-stdin or --generate")?;
    let text = ask(&terminal, "Password: ")?;
    anyhow::ensure!(text == ask(&terminal, "Once more: ")?, "the two passwords differ");
    Ok(Given { text, made_up: false })
}

/// Shows what is typed again, also when reading fails.
struct Silence<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn over(terminal: &'a File) -> anyhow::Result<Self> {
        let before = tcgetattr(terminal).context("cannot ask the terminal")?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(terminal, OptionalActions::Flush, &silent).context("cannot silence the terminal")?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(self.terminal, OptionalActions::Flush, &self.before) {
            tracing::warn!(%error, "the terminal stays silent; type `stty echo`");
        }
    }
}

fn ask(mut terminal: &File, question: &str) -> anyhow::Result<String> {
    let _silence = Silence::over(terminal)?;
    terminal.write_all(question.as_bytes()).context("cannot write to the terminal")?;
    let mut line = String::new();
    BufReader::new(terminal).read_line(&mut line).context("cannot read from the terminal")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

//! Settings that administrators change while the server runs: the same on every node, since they stand on the log.

use std::sync::Arc;

use alphorn_engine::{
    Engine,
    model::{Fact, fact::AdministrationFact},
    store::StoreError,
};
use parking_lot::RwLock;
use serde_json::{Map, Value};

use crate::App;

/// The settings that were changed, as of the last record that this node has. Cheap to clone.
#[derive(Clone, Default)]
pub struct Settings(Arc<RwLock<Map<String, Value>>>);

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Nobody by themselves.
    Closed,
    /// Whoever has a registration token.
    Token,
    /// Everybody.
    Open,
}

impl Settings {
    /// Reads the settings, and keeps up with what becomes of them.
    #[must_use]
    pub fn follow(engine: &Engine) -> Self {
        let settings = Self::default();
        let kept = Arc::clone(&settings.0);
        // Nothing is told while the settings are read, so that what is read cannot undo what was told.
        let mut held = settings.0.write();
        engine.wake().on_record(move |record| {
            for fact in &record.facts {
                if let Fact::Administration(AdministrationFact::SettingsChanged { changes }) = fact {
                    let mut kept = kept.write();
                    for (name, value) in changes {
                        match value {
                            Value::Null => kept.remove(name),
                            value => kept.insert(name.clone(), value.clone()),
                        };
                    }
                }
            }
        });
        match engine.store().read(|reader| reader.settings()) {
            Ok(found) => *held = found,
            Err::<_, StoreError>(error) => tracing::error!(%error, "settings cannot be read"),
        }
        drop(held);
        settings
    }

    /// A setting that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.read().get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// A setting that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.0.read().get(name).and_then(Value::as_u64)
    }

    /// The names of the settings that were changed.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.read().keys().cloned().collect()
    }
}

impl App {
    /// Who may make an account now.
    #[must_use]
    pub fn registration(&self) -> Registration {
        match self.settings().text("registration_mode").as_deref() {
            Some("open") => Registration::Open,
            Some("token") => Registration::Token,
            Some("closed") => Registration::Closed,
            _ if self.site().registration_open => Registration::Open,
            _ if self.site().registration_tokens => Registration::Token,
            _ => Registration::Closed,
        }
    }

    /// Largest upload in bytes now.
    #[must_use]
    pub fn upload_bytes_max(&self) -> u64 {
        let most = self.site().upload_bytes_max;
        self.settings().number("upload_bytes_max").map_or(most, |bytes| bytes.min(most))
    }
}

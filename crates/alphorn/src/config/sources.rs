//! Where settings come from, and which one wins: flags, then environment, then file, then defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::{Table, Value};

use super::{Config, Problem, Problems, check, reference};

/// Variables that belong to Alphorn but are not keys of the configuration.
const OTHER_VARIABLES: [&str; 2] = ["ALPHORN_CONFIG", "ALPHORN_BIN"];
const PREFIX: &str = "ALPHORN_";

/// Who gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody: the built-in value.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// A flag on the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(formatter, "default"),
            Self::File(path) => write!(formatter, "file {}", path.display()),
            Self::Environment(name) => write!(formatter, "environment {name}"),
            Self::Flag(name) => write!(formatter, "flag {name}"),
        }
    }
}

/// The process's environment, read once so that everything after it is a function of its input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn of_process() -> Self {
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        Self(std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect())
    }

    /// The value of a variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// A setting given on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Flag {
    /// The flag as the user knows it, for messages.
    pub(crate) name: String,
    /// The key, with dots between its parts.
    pub(crate) key: String,
    /// The values of a flag that can be repeated are joined in a list, others are texts.
    pub(crate) value: Value,
}

/// A configuration that was found to be sound.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The settings in force.
    pub(crate) config: Config,
    /// Things that are allowed but deserve a look.
    pub(crate) warnings: Vec<String>,
    /// Who gave each key that has not its default value.
    pub(crate) origins: BTreeMap<String, Source>,
}

struct Setting {
    path: Vec<String>,
    value: Value,
    source: Source,
}

/// Reads all sources, merges them and checks the result as a whole.
pub(crate) fn load(
    environment: &Environment,
    file: Option<&Path>,
    flags: &[Flag],
) -> Result<Loaded, Problems> {
    let mut problems = Vec::new();
    let mut settings = Vec::new();
    let file = file.map(Path::to_path_buf).or_else(|| environment.get("ALPHORN_CONFIG").map(PathBuf::from));
    if let Some(path) = file {
        match read_file(&path) {
            Ok(table) => leaves(&mut Vec::new(), table, &Source::File(path), &mut settings),
            Err(problem) => problems.push(problem),
        }
    }
    let warnings = from_environment(environment, &mut settings);
    for flag in flags {
        settings.push(Setting {
            path: flag.key.split('.').map(str::to_owned).collect(),
            value: flag.value.clone(),
            source: Source::Flag(flag.name.clone()),
        });
    }
    let mut merged = reference::defaults();
    let mut origins = BTreeMap::new();
    for setting in settings {
        match accepted(&setting) {
            Ok(value) => {
                origins.insert(setting.path.join("."), setting.source);
                insert(&mut merged, &setting.path, value);
            }
            Err(found) => problems.extend(found),
        }
    }
    if !origins.contains_key("data_dir")
        && let Some(folder) = environment.get("STATE_DIRECTORY").and_then(|list| list.split(':').next())
    {
        merged.insert("data_dir".to_owned(), Value::String(folder.to_owned()));
    }
    finish(merged, origins, warnings, problems)
}

fn finish(
    merged: Table,
    origins: BTreeMap<String, Source>,
    mut warnings: Vec<String>,
    mut problems: Vec<Problem>,
) -> Result<Loaded, Problems> {
    let config = match Config::deserialize(Value::Table(merged)) {
        Ok(config) => config,
        Err(error) => {
            // Each setting was good by itself, so one source gave a table where another gave a value.
            problems.push(Problem {
                source: Source::Default,
                key: String::new(),
                what: error.message().to_owned(),
                remedy: "let no two sources give the same key in different shapes".to_owned(),
            });
            return Err(Problems(problems));
        }
    };
    check::check(&config, &origins, &mut problems, &mut warnings);
    if problems.is_empty() { Ok(Loaded { config, warnings, origins }) } else { Err(Problems(problems)) }
}

fn read_file(path: &Path) -> Result<Table, Problem> {
    let problem = |what: String, remedy: &str| Problem {
        source: Source::File(path.to_path_buf()),
        key: String::new(),
        what,
        remedy: remedy.to_owned(),
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        problem(
            format!("cannot be read: {error}"),
            "check the path and its permissions, or leave out --config",
        )
    })?;
    text.parse::<Table>().map_err(|error| {
        problem(format!("is not valid TOML: {}", error.to_string().trim_end()), "correct the marked place")
    })
}

/// Takes a table apart, so that each value can be judged and attributed by itself.
fn leaves(prefix: &mut Vec<String>, table: Table, source: &Source, settings: &mut Vec<Setting>) {
    for (key, value) in table {
        prefix.push(key);
        match value {
            Value::Table(inner) if !inner.is_empty() => leaves(prefix, inner, source, settings),
            value => settings.push(Setting { path: prefix.clone(), value, source: source.clone() }),
        }
        prefix.pop();
    }
}

fn from_environment(environment: &Environment, settings: &mut Vec<Setting>) -> Vec<String> {
    let mut warnings = Vec::new();
    for (name, text) in &environment.0 {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        let path: Vec<String> = rest.to_lowercase().split("__").map(str::to_owned).collect();
        // Orchestrators set variables such as ALPHORN_SERVICE_HOST for a service of this name, so a name
        // without a section that is no key of ours is not taken for a mistake.
        if path.len() == 1 && !reference::is_key(&path) {
            warnings.push(format!("the environment variable {name} is no key of the configuration"));
            continue;
        }
        settings.push(Setting {
            path,
            value: Value::String(text.clone()),
            source: Source::Environment(name.clone()),
        });
    }
    warnings
}

/// The value in its right type, or what is wrong with it. A text from the environment or a flag is tried
/// as text, as TOML, and as a list with commas.
fn accepted(setting: &Setting) -> Result<Value, Vec<Problem>> {
    let from_file = matches!(setting.source, Source::File(_));
    let mut first_error = None;
    for candidate in candidates(&setting.value, from_file) {
        match errors_of(setting, &candidate) {
            errors if errors.is_empty() => return Ok(candidate),
            errors => first_error = first_error.or(Some(errors)),
        }
    }
    Err(first_error.unwrap_or_default())
}

fn candidates(value: &Value, from_file: bool) -> Vec<Value> {
    let mut all = vec![value.clone()];
    if let (Value::String(text), false) = (value, from_file) {
        if let Some(parsed) =
            format!("x = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("x"))
        {
            all.push(parsed);
        }
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        all.push(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()));
    }
    all
}

fn errors_of(setting: &Setting, value: &Value) -> Vec<Problem> {
    let key = setting.path.join(".");
    let parts: Vec<(String, Value)> = match value {
        Value::Array(items) if items.iter().any(Value::is_table) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("{key}[{index}]"), Value::Array(vec![item.clone()])))
            .collect(),
        value => vec![(key, value.clone())],
    };
    parts
        .into_iter()
        .filter_map(|(key, value)| {
            let (what, remedy) = reference::objection(&setting.path, value)?;
            Some(Problem { source: setting.source.clone(), key, what, remedy })
        })
        .collect()
}

/// Puts a value at its place in a tree of tables.
pub(super) fn insert(table: &mut Table, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let inner = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if !inner.is_table() {
        *inner = Value::Table(Table::new());
    }
    if let Value::Table(inner) = inner {
        insert(inner, rest, value);
    }
}

//! The list of all keys with type, default and meaning, taken from the types themselves.

use std::fmt::Write as _;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde::Deserialize as _;
use serde_json::Value as Json;
use toml::{Table, Value};

use super::Config;
use super::sources::insert;

/// One key, as the reference page shows it.
#[derive(Clone, Debug)]
struct Key {
    path: Vec<String>,
    kind: String,
    default: Option<String>,
    text: String,
}

/// A table of keys.
#[derive(Clone, Debug)]
struct Section {
    path: Vec<String>,
    text: String,
    repeated: bool,
    keys: Vec<Key>,
}

static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>();
    let mut sections = Vec::new();
    collect(&mut sections, Vec::new(), schema.as_value(), false);
    sections
});

/// All defaults as a table; keys whose default is "nothing" are absent.
pub(super) fn defaults() -> Table {
    Table::try_from(Config::default()).unwrap_or_default()
}

/// Whether a value can be given at this place: it is a key, or a list of tables.
pub(super) fn is_key(path: &[String]) -> bool {
    SECTIONS.iter().any(|section| {
        (section.repeated && section.path == path) || section.keys.iter().any(|key| key.path == path)
    })
}

/// What is wrong with one value, looked at by itself, and the remedy.
pub(super) fn objection(path: &[String], value: Value) -> Option<(String, String)> {
    let mut table = defaults();
    insert(&mut table, path, value);
    let error = Config::deserialize(Value::Table(table)).err()?;
    if error.message().starts_with("unknown field") && !is_key(path) {
        return Some(("there is no such key".to_owned(), suggestion(path)));
    }
    let remedy = match SECTIONS.iter().flat_map(|section| &section.keys).find(|key| key.path == path) {
        Some(Key { kind, default: Some(default), .. }) => format!("give {kind}, such as {default}"),
        Some(Key { kind, .. }) => format!("give {kind}"),
        None => "`alphorn config reference` lists the keys of this table".to_owned(),
    };
    Some((error.message().to_owned(), remedy))
}

fn suggestion(path: &[String]) -> String {
    let wanted = path.join(".");
    let last = path.last().map_or("", String::as_str);
    let closeness = |key: &Key| {
        let whole = strsim::normalized_damerau_levenshtein(&wanted, &key.path.join("."));
        // The right name in the wrong section is the most likely slip of all.
        if key.path.last().is_some_and(|name| name == last) { whole.max(0.9) } else { whole }
    };
    let best = SECTIONS
        .iter()
        .flat_map(|section| &section.keys)
        .map(|key| (closeness(key), key))
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match best {
        Some((closeness, key)) if closeness > 0.6 => format!("did you mean `{}`?", key.path.join(".")),
        _ => "remove it; `alphorn config reference` lists all keys".to_owned(),
    }
}

fn collect(sections: &mut Vec<Section>, path: Vec<String>, schema: &Json, repeated: bool) {
    let mut section = Section { path: path.clone(), text: text_of(schema), repeated, keys: Vec::new() };
    let mut inner = Vec::new();
    if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
        for (name, property) in properties {
            let mut path = path.clone();
            path.push(name.clone());
            let items = property.get("items").filter(|items| items.get("properties").is_some());
            match (property.get("properties").is_some(), items) {
                (true, _) => inner.push((path, property, false)),
                (_, Some(_)) => inner.push((path, property, true)),
                _ => section.keys.push(key_of(path, property)),
            }
        }
    }
    sections.push(section);
    for (path, property, repeated) in inner {
        if repeated {
            let mut table = property.get("items").cloned().unwrap_or_default();
            if let (Some(table), Some(text)) = (table.as_object_mut(), property.get("description")) {
                table.insert("description".to_owned(), text.clone());
            }
            collect(sections, path, &table, true);
        } else {
            collect(sections, path, property, false);
        }
    }
}

fn key_of(path: Vec<String>, property: &Json) -> Key {
    Key { kind: kind_of(property), default: default_of(&path, property), text: text_of(property), path }
}

fn text_of(schema: &Json) -> String {
    let text = schema.get("description").and_then(Json::as_str).unwrap_or_default();
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The default as TOML. The data folder's default is relative to where the server is started.
fn default_of(path: &[String], property: &Json) -> Option<String> {
    let json = match property.get("default") {
        None | Some(Json::Null) => return None,
        Some(json) => json,
    };
    let value = Value::try_from(json).ok()?;
    debug_assert!(!path.is_empty(), "a key has a name");
    Some(format!("`{value}`"))
}

fn kind_of(schema: &Json) -> String {
    if let Some(options) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array) {
        let constants: Vec<_> = options.iter().filter_map(|option| option.get("const")?.as_str()).collect();
        if !constants.is_empty() {
            return one_of(&constants);
        }
        let kind = options.iter().find(|option| option.get("type").is_some_and(|kind| kind != "null"));
        return kind.map_or_else(|| "a value".to_owned(), kind_of);
    }
    if let Some(options) = schema.get("enum").and_then(Json::as_array) {
        return one_of(&options.iter().filter_map(Json::as_str).collect::<Vec<_>>());
    }
    let kind = match schema.get("type") {
        Some(Json::Array(kinds)) => kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null"),
        Some(kind) => kind.as_str(),
        None => None,
    };
    match kind {
        Some("boolean") => "true or false",
        Some("integer") => "a whole number, not negative",
        Some("number") => "a number",
        Some("array") => "a list of texts",
        Some("string") => "a text",
        _ => "a value",
    }
    .to_owned()
}

fn one_of(options: &[&str]) -> String {
    let quoted: Vec<_> = options.iter().map(|option| format!("`\"{option}\"`")).collect();
    format!("one of {}", quoted.join(", "))
}

/// The reference page in Markdown. `docs/configuration.md` is this text, and a test compares the two.
pub(crate) fn reference_page() -> String {
    let mut page = String::from(INTRODUCTION);
    for section in SECTIONS.iter() {
        let name = section.path.join(".");
        match (name.is_empty(), section.repeated) {
            (true, _) => page.push_str("\n## Top level\n"),
            (_, true) => {
                let _ = writeln!(page, "\n## `[[{name}]]`\n\n{}", section.text);
            }
            (_, false) => {
                let _ = writeln!(page, "\n## `[{name}]`\n\n{}", section.text);
            }
        }
        for key in &section.keys {
            let name = key.path.last().map_or("", String::as_str);
            let default = key.default.as_deref().unwrap_or(if section.repeated {
                "none, must be given"
            } else {
                "not set"
            });
            let variable = if section.repeated {
                String::new()
            } else {
                format!("; variable `ALPHORN_{}`", key.path.join("__").to_uppercase())
            };
            let _ = write!(
                page,
                "\n### `{name}`\n\n{}\n\n{}; default: {default}{variable}\n",
                key.text,
                capital(&key.kind)
            );
        }
    }
    page
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

const INTRODUCTION: &str = "# Configuration

<!-- Generated by `alphorn config reference`; change the doc comments in the program instead. -->

Alphorn runs without any configuration. Whoever wants to decide something gives a file in TOML format
(`alphorn serve --config FILE`, or the variable `ALPHORN_CONFIG`), variables of the environment
(`ALPHORN_<SECTION>__<KEY>`), or flags (`--set section.key=value`). Flags win over the environment, the
environment over the file, the file over the defaults. `alphorn config check` says everything that is wrong
with a configuration at once.
";

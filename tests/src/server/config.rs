//! The configuration of servers under test.

use std::net::SocketAddr;
use std::path::Path;

use super::{SERVER_NAME, SHARED_SECRET};

/// What every server under test is configured with.
pub(super) fn base_config(address: SocketAddr, data_dir: &Path) -> toml::Table {
    let mut table = toml::Table::new();
    table.insert("server_name".into(), SERVER_NAME.into());
    table.insert("data_dir".into(), data_dir.to_string_lossy().as_ref().into());
    let listener = [("address", address.to_string().into()), ("tls", false.into())];
    let listener = listener.map(|(key, value): (&str, toml::Value)| (key.to_owned(), value));
    table.insert("listeners".into(), vec![toml::Value::Table(listener.into_iter().collect())].into());
    let mut section = |name: &str, entries: &[(&str, toml::Value)]| {
        let entries = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        table.insert(name.to_owned(), toml::Value::Table(entries.collect()));
    };
    section("registration", &[("mode", "open".into()), ("shared_secret", SHARED_SECRET.into())]);
    section("limits", &[("rate_limits", false.into())]);
    section("passwords", &[("memory_kib", 64.into()), ("iterations", 1.into())]);
    table
}

/// Lays one table over another, key by key.
pub(super) fn merge(base: &mut toml::Table, overlay: toml::Table) {
    for (key, value) in overlay {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => drop(base.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge;

    #[test]
    fn a_fragment_overrides_single_keys() {
        let mut base: toml::Table = toml::from_str("a = 1\n[limits]\nx = 1\ny = 2\n").unwrap();
        merge(&mut base, toml::from_str("[limits]\ny = 3\n[new]\nz = 4\n").unwrap());
        let expected: toml::Table = toml::from_str("a = 1\n[limits]\nx = 1\ny = 3\n[new]\nz = 4\n").unwrap();
        assert_eq!(base, expected);
    }
}

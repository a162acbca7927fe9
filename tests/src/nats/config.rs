//! The configuration of the nats-servers under test, which differs from production's (docs/cluster.md) in ports,
//! passwords and bounds only. JSON is a way to write it, and needs no quoting of our own.

use serde_json::{Value, json};

use super::certificates::Files;
use super::{Member, PASSWORD, SYSTEM_PASSWORD, SYSTEM_USER, USER};

/// The servers trust each other by this; clients have other credentials.
const ROUTES_USER: &str = "routes";
const ROUTES_PASSWORD: &str = "routes-password-for-tests-only";
const FILE_STORE_BYTES_MAX: u64 = 8 << 30;
const MEMORY_STORE_BYTES_MAX: u64 = 64 << 20;

/// As docs/cluster.md has it.
const MAX_PAYLOAD_BYTES: u32 = 8 << 20;

/// The configuration of one server of `members`.
pub(super) fn config(own: &Member, members: &[Member], cluster_name: &str, tls: Option<&Files>) -> Value {
    let mut config = json!({
        "server_name": own.name,
        "listen": own.client.to_string(),
        "http": own.monitor.address().to_string(),
        "max_payload": MAX_PAYLOAD_BYTES,
        "jetstream": {
            "store_dir": own.store,
            "sync_interval": "always",
            "max_file_store": FILE_STORE_BYTES_MAX,
            "max_memory_store": MEMORY_STORE_BYTES_MAX,
        },
        "accounts": {
            "ALPHORN": {"jetstream": "enabled", "users": [{"user": USER, "password": PASSWORD}]},
            "SYS": {"users": [{"user": SYSTEM_USER, "password": SYSTEM_PASSWORD}]},
        },
        "system_account": "SYS",
    });
    let mut add = |key: &str, value: Value| merge(&mut config, &json!({key: value}));
    if members.len() > 1 {
        let others = members.iter().filter(|member| member.name != own.name);
        let route = |member: &Member| format!("nats://{ROUTES_USER}:{ROUTES_PASSWORD}@{}", member.routes);
        add(
            "cluster",
            json!({
                "name": cluster_name,
                "listen": own.routes.to_string(),
                "authorization": {"user": ROUTES_USER, "password": ROUTES_PASSWORD},
                "routes": others.map(route).collect::<Vec<_>>(),
            }),
        );
    }
    if let Some(files) = tls {
        let files =
            json!({"cert_file": files.certificate, "key_file": files.key, "ca_file": files.authority});
        add("tls", files.clone());
        if members.len() > 1 {
            add("cluster", json!({"tls": files}));
        }
    }
    config
}

/// Lays one object over another, key by key.
pub(super) fn merge(base: &mut Value, overlay: &Value) {
    match (base, overlay) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                merge(below.entry(key.as_str()).or_insert(Value::Null), value);
            }
        }
        (base, overlay) => *base = overlay.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_overrides_single_keys() {
        let mut base = json!({"a": 1, "jetstream": {"x": 1, "y": 2}});
        merge(&mut base, &json!({"jetstream": {"y": {"z": 3}}, "b": 4}));
        assert_eq!(base, json!({"a": 1, "b": 4, "jetstream": {"x": 1, "y": {"z": 3}}}));
    }
}

//! The configuration that docs/cluster.md tells operators to write is one that nats-server takes.

use std::path::Path;
use std::process::Command;

use alphorn_tests::nats::Cluster;

const DOCUMENT: &str = include_str!("../../../docs/cluster.md");

/// The block of the document that is the file of this name.
fn documented(name: &str) -> &'static str {
    let block = DOCUMENT.split("```\n").find(|block| block.starts_with(&format!("# {name}\n")));
    block.unwrap()
}

fn check(binary: &Path, folder: &Path, config: &str) -> Result<(), String> {
    let file = folder.join("nats-server.conf");
    std::fs::write(&file, config).unwrap();
    let output = Command::new(binary).arg("-t").arg("--config").arg(&file).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[tokio::test]
async fn the_documented_configuration_is_accepted_and_flushes_what_it_acknowledges() {
    let binary = alphorn_nats_server::find().unwrap();
    let cluster = Cluster::builder().servers(1).tls().start().await;
    let certificates = cluster.ca_file().unwrap().parent().unwrap();
    let here = format!("{}/", certificates.display());
    let config = documented("/etc/nats/nats-server.conf").replace("/etc/nats/", &here);
    let folder = tempfile::tempdir().unwrap();
    check(&binary, folder.path(), &config).unwrap();

    // What matters most is in it, and nats-server knows it by this name.
    assert!(config.contains("\n  sync_interval: always\n"));
    let error =
        check(&binary, folder.path(), &config.replace("sync_interval: always", "sync_interval: often"));
    assert!(error.unwrap_err().contains("sync_interval"));
}

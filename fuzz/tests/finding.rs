//! The fuzzer finds what it is there to find, and says how to see it again.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

fn fuzz(arguments: &[&str], failures: &Path) -> io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_alphorn-fuzz")).args(arguments).arg("--failures").arg(failures).output()
}

#[test]
fn what_kills_a_target_is_kept_shrunk_and_kills_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for seed in ["1", "2", "3", "4"] {
        let output = fuzz(&["canary", "--seconds", "20", "--seed", seed], folder.path()).unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let kept = folder.path().join(format!("canary-{seed}"));
        let again = fuzz(&["canary", "--input", kept.to_str().unwrap()], folder.path()).unwrap();
        assert!(!again.status.success(), "the kept input is harmless");
        found.push(std::fs::read(kept).unwrap());
    }
    assert!(found.iter().all(|input| input == b"gas" || input == b"pit"), "{found:?}");
}

#[test]
fn harmless_inputs_and_unknown_targets_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let harmless = folder.path().join("harmless");
    std::fs::write(&harmless, "v1.1.1").unwrap();
    let output = fuzz(&["sync_token", "--input", harmless.to_str().unwrap()], folder.path()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fuzz(&["nonsense"], folder.path()).unwrap().status.code(), Some(2));
}

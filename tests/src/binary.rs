//! Where the `alphorn` executable under test is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The path of the `alphorn` executable.
///
/// `ALPHORN_BIN` names it; without that it is built (a no-op when it is fresh) into the target directory
/// that holds the running test, with the profile that the test was built with. Building every time and not
/// only when the file is absent keeps a test from passing against yesterday's server.
///
/// # Errors
/// Says what is missing when there is no such executable and none can be built.
pub fn alphorn() -> Result<PathBuf, String> {
    static FOUND: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    FOUND.get_or_init(locate).clone()
}

/// An environment variable, for the few switches of the test programs.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "test programs are configured by their environment, here only")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn locate() -> Result<PathBuf, String> {
    if let Some(path) = environment("ALPHORN_BIN") {
        let path = PathBuf::from(path);
        return if path.is_file() { Ok(path) } else { Err(format!("ALPHORN_BIN: no file at {path:?}")) };
    }
    let own = std::env::current_exe().map_err(|error| format!("own path unknown: {error}"))?;
    let profile_dir = profile_dir(&own).ok_or_else(|| format!("no target directory above {own:?}"))?;
    let binary = profile_dir.join(format!("alphorn{}", std::env::consts::EXE_SUFFIX));
    build(profile_dir)?;
    if binary.is_file() { Ok(binary) } else { Err(format!("cargo build made no {binary:?}")) }
}

/// `target/debug` of `target/debug/deps/test-1234`, `target/debug/kill-test` or an example.
fn profile_dir(executable: &Path) -> Option<&Path> {
    let dir = executable.parent()?;
    if dir.ends_with("deps") || dir.ends_with("examples") { dir.parent() } else { Some(dir) }
}

fn build(profile_dir: &Path) -> Result<(), String> {
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let target_dir = profile_dir.parent().ok_or_else(|| format!("{profile_dir:?} has no parent"))?;
    let cargo = environment("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["build", "--quiet", "--package", "alphorn", "--bin", "alphorn", "--profile", profile])
        .arg("--target-dir")
        .arg(target_dir)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| format!("cargo does not run (or set ALPHORN_BIN): {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("cargo build of alphorn failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}

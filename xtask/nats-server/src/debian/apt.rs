//! apt with a root of its own: sources, indexes, keys and downloads that the machine's apt knows nothing of.

use std::fs;
use std::io::Result as IoResult;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::DownloadError;

/// Nothing that takes longer will end well.
const LONGEST_S: &str = "300";
/// Lines of a failed tool's output that are shown.
const LINES_SHOWN: usize = 12;

/// Read after the machine's own settings, of which proxies and the like stay. Hooks are switched off: they are meant
/// for the machine's indexes. What would let an unsigned index or package through is switched off, too.
const SETTINGS: &str = r#"
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Update::Error-Mode "any";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
"#;

/// A private root with one source in it.
pub(super) struct PrivateApt {
    root: PathBuf,
}

impl PrivateApt {
    /// Lays out `root` for the main component of `suite` on `mirror`, signed with `keys`.
    pub(super) fn new(root: &Path, mirror: &str, suite: &str, keys: &Path) -> IoResult<Self> {
        for folder in [
            "etc/apt.conf.d",
            "etc/preferences.d",
            "etc/sources.list.d",
            "etc/trusted.gpg.d",
            "state/lists/partial",
            "cache/archives/partial",
            "downloads",
        ] {
            fs::create_dir_all(root.join(folder))?;
        }
        fs::write(root.join("etc/sources.list"), format!("deb {mirror} {suite} main\n"))?;
        fs::write(root.join("settings"), SETTINGS)?;
        fs::write(root.join("state/status"), "")?;
        // No other keys are in this root, so only these are trusted.
        fs::copy(keys, root.join("etc/trusted.gpg.d/debian.gpg"))?;
        Ok(Self { root: root.to_owned() })
    }

    /// The path of the package's newest version.
    pub(super) fn download(&self, package: &str) -> Result<PathBuf, DownloadError> {
        run("reading the mirror's index", self.command().arg("update"))?;
        run(&format!("fetching {package}"), self.command().args(["download", package]))?;
        let listing = fs::read_dir(self.root.join("downloads"))
            .map_err(|error| DownloadError::System("list what was fetched", error))?;
        let mut packages = listing
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "deb"));
        packages.next().ok_or_else(|| DownloadError::Unfit(format!("it has no {package}")))
    }

    fn command(&self) -> Command {
        let mut command = Command::new("timeout");
        command
            .args([LONGEST_S, "apt-get", "--quiet", "--yes", "--config-file"])
            .arg(self.root.join("settings"));
        let within = [
            ("Dir::Etc", "etc"),
            ("Dir::State", "state"),
            ("Dir::State::status", "state/status"),
            ("Dir::Cache", "cache"),
        ];
        for (key, place) in within {
            let mut option = std::ffi::OsString::from(format!("{key}="));
            option.push(self.root.join(place));
            command.arg("-o").arg(option);
        }
        // A mirror that asks who one is stays usable.
        command.args([
            "-o",
            "Dir::Etc::netrc=/etc/apt/auth.conf",
            "-o",
            "Dir::Etc::netrcparts=/etc/apt/auth.conf.d",
        ]);
        command.current_dir(self.root.join("downloads")).env("LC_ALL", "C").env_remove("APT_CONFIG");
        command
    }
}

/// Runs a tool to its end; what it printed is part of the error.
pub(super) fn run(what: &str, command: &mut Command) -> Result<(), DownloadError> {
    let failed = |said: String| DownloadError::Tool { what: what.to_owned(), said };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let both = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&both);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let end = lines.get(lines.len().saturating_sub(LINES_SHOWN)..).unwrap_or_default();
    Err(failed(format!("{}\n({})", end.join("\n"), output.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_tool_is_quoted_with_the_end_of_what_it_said() {
        let script = "seq 1 100; echo 'E: no such host' >&2; exit 7";
        let error = run("asking", Command::new("sh").args(["-c", script])).unwrap_err().to_string();
        assert!(error.contains("asking failed") && error.contains("E: no such host"), "{error}");
        assert!(error.contains("exit status: 7") && !error.contains("\n50\n"), "{error}");
        assert!(run("nothing", &mut Command::new("true")).is_ok());
    }

    #[test]
    fn the_private_root_trusts_the_given_keys_and_names_one_source() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        fs::write(&keys, "keys").unwrap();
        let root = folder.path().join("root");
        PrivateApt::new(&root, "http://mirror.example/debian", "unstable", &keys).unwrap();
        let sources = fs::read_to_string(root.join("etc/sources.list")).unwrap();
        assert_eq!(sources, "deb http://mirror.example/debian unstable main\n");
        assert_eq!(fs::read_dir(root.join("etc/trusted.gpg.d")).unwrap().count(), 1);
    }
}

//! The steps of `cargo xtask ci`, cheap ones first.

use std::time::Duration;

/// One thing that must pass.
pub(super) struct Step {
    pub(super) name: &'static str,
    /// Left out by `--quick`.
    pub(super) slow: bool,
    pub(super) work: Work,
    /// What takes longer is killed: it hangs.
    pub(super) limit: Duration,
}

/// What a step does.
pub(super) enum Work {
    /// `cargo xtask tidy`, in this process.
    Tidy,
    /// `cargo xtask nats`, in this process: tests of the cluster look for nats-server and do not fetch it.
    Nats,
    /// Cargo with these arguments.
    Cargo(&'static [&'static str]),
    /// `web/ci.sh` with this argument.
    Web(&'static str),
}

impl Step {
    pub(super) fn describe(&self) -> String {
        match &self.work {
            Work::Tidy => "cargo xtask tidy".to_owned(),
            Work::Nats => "cargo xtask nats".to_owned(),
            Work::Cargo(args) => format!("cargo {}", args.join(" ")),
            Work::Web(part) => format!("web/ci.sh {part}"),
        }
    }
}

pub(super) fn all() -> Vec<Step> {
    let cargo = |name, slow, minutes: u64, args| Step {
        name,
        slow,
        work: Work::Cargo(args),
        limit: Duration::from_secs(minutes * 60),
    };
    vec![
        cargo("format", false, 2, &["fmt", "--all", "--check"]),
        Step { name: "tidy", slow: false, work: Work::Tidy, limit: Duration::from_secs(120) },
        Step { name: "nats", slow: false, work: Work::Nats, limit: Duration::from_secs(600) },
        // Before all that builds the program: it holds what this step builds.
        Step { name: "web", slow: false, work: Work::Web("check"), limit: Duration::from_secs(600) },
        cargo(
            "clippy",
            false,
            20,
            &["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"],
        ),
        cargo("unit", false, 25, &["test", "--workspace", "--exclude", "alphorn-tests", "--locked"]),
        cargo(
            "fuzz",
            true,
            10,
            &["run", "--locked", "--package", "alphorn-fuzz", "--", "all", "--seconds", "5"],
        ),
        cargo("server", true, 20, &["build", "--package", "alphorn", "--locked"]),
        cargo("support", true, 10, &["test", "--package", "alphorn-tests", "--locked", "--lib", "--bins"]),
        cargo(
            "capabilities",
            true,
            15,
            &["test", "--package", "alphorn-tests", "--locked", "--test", "capabilities"],
        ),
        Step { name: "web-e2e", slow: true, work: Work::Web("e2e"), limit: Duration::from_secs(1_800) },
        cargo("drills", true, 15, &["test", "--package", "alphorn-tests", "--locked", "--test", "drills"]),
    ]
}

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::*;

    #[test]
    fn every_test_program_is_run_by_a_step() {
        let manifest: Table = include_str!("../../../tests/Cargo.toml").parse().unwrap();
        for program in manifest["test"].as_array().unwrap() {
            let name = program.get("name").and_then(Value::as_str).unwrap();
            let runs =
                |step: &Step| matches!(step.work, Work::Cargo(args) if args.ends_with(&["--test", name]));
            assert!(all().iter().any(runs), "no step runs `{name}`");
        }
    }
}

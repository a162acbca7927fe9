//! `cargo xtask ci`: everything that must pass before a change lands, step by step, each named and timed.

mod steps;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::checkout::Checkout;
use crate::ci::steps::{Step, Work};
use crate::nats;
use crate::processes::{Ended, run_within};
use crate::tidy;

const USAGE: &str = "\
usage: cargo xtask ci [--quick] [--only STEP] [--list]

  --quick       leave out the steps that build and drive a whole server
  --only STEP   run one step only (may be given several times)
  --list        print the steps and what they run
";

/// The run as a whole ends within an hour whatever happens: what hangs is killed, and the summary is printed.
const WHOLE_RUN_MAX: Duration = Duration::from_secs(57 * 60);

#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    quick: bool,
    list: bool,
    only: Vec<String>,
}

impl Options {
    /// Nothing when help was asked for.
    fn parse(args: &[String]) -> Result<Option<Options>> {
        let mut options = Options::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--quick" => options.quick = true,
                "--list" => options.list = true,
                "--only" => match args.next() {
                    Some(step) => options.only.push(step.clone()),
                    None => bail!("--only needs the name of a step"),
                },
                "--help" | "-h" => return Ok(None),
                other => bail!("there is no option `{other}`\n\n{USAGE}"),
            }
        }
        Ok(Some(options))
    }

    fn select(&self, steps: Vec<Step>) -> Result<Vec<Step>> {
        if let Some(unknown) = self.only.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
            bail!("there is no step `{unknown}`; `cargo xtask ci --list` names them");
        }
        let wanted = |step: &Step| {
            if self.only.is_empty() {
                !(self.quick && step.slow)
            } else {
                self.only.iter().any(|name| name == step.name)
            }
        };
        Ok(steps.into_iter().filter(wanted).collect())
    }
}

struct Outcome {
    step: &'static str,
    took: Duration,
    /// Nothing when it passed.
    failure: Option<String>,
}

pub(crate) fn run(checkout: &Checkout, args: &[String]) -> Result<bool> {
    let Some(options) = Options::parse(args)? else {
        print!("{USAGE}");
        return Ok(true);
    };
    let steps = options.select(steps::all())?;
    if options.list {
        for step in &steps {
            println!("{:14} {}", step.name, step.describe());
        }
        return Ok(true);
    }
    let deadline = Instant::now() + WHOLE_RUN_MAX;
    let mut outcomes = Vec::new();
    for step in &steps {
        println!("\n=== {}: {}", step.name, step.describe());
        let started = Instant::now();
        let limit = step.limit.min(deadline.saturating_duration_since(started));
        let failure = run_step(checkout, step, limit).unwrap_or_else(|error| Some(format!("{error:#}")));
        let took = started.elapsed();
        let verdict = failure.as_deref().unwrap_or("passed");
        println!("=== {}: {verdict} after {:.1} s", step.name, took.as_secs_f64());
        outcomes.push(Outcome { step: step.name, took, failure });
    }
    print_summary(&outcomes);
    Ok(outcomes.iter().all(|outcome| outcome.failure.is_none()))
}

/// Why the step failed, or nothing. A failed step does not keep later ones from running: one run tells all.
fn run_step(checkout: &Checkout, step: &Step, limit: Duration) -> Result<Option<String>> {
    let mut command = match &step.work {
        Work::Tidy => return Ok((!tidy::run(checkout)?).then(|| "found something".to_owned())),
        Work::Nats => return Ok((!nats::run(&[])?).then(|| "found none".to_owned())),
        Work::Cargo(args) => {
            let mut command = checkout.cargo();
            command.args(*args);
            command
        }
        Work::Web(part) => {
            let mut command = checkout.command("web/ci.sh");
            command.arg(part).env("CARGO_TARGET_DIR", checkout.target_folder()?);
            command
        }
    };
    Ok(match run_within(&mut command, limit)? {
        Ended::Well => None,
        Ended::Badly(status) => Some(format!("failed ({status})")),
        Ended::TimedOut => Some(format!("killed, not done within {} s", limit.as_secs())),
    })
}

fn print_summary(outcomes: &[Outcome]) {
    println!("\n=== summary");
    for Outcome { step, took, failure } in outcomes {
        println!("{step:14} {:7.1} s  {}", took.as_secs_f64(), failure.as_deref().unwrap_or("passed"));
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    println!("ci: {} steps, {failed} failed, {:.1} s", outcomes.len(), total.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> Result<Option<Options>> {
        Options::parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn unknown_options_and_steps_are_refused() {
        assert!(options(&["--fast"]).is_err());
        assert!(options(&["--only"]).is_err());
        assert!(options(&["--only", "nonsense"]).unwrap().unwrap().select(steps::all()).is_err());
        assert_eq!(options(&["--help"]).unwrap(), None);
    }

    #[test]
    fn quick_leaves_out_what_is_slow_and_only_chooses() {
        let quick = options(&["--quick"]).unwrap().unwrap().select(steps::all()).unwrap();
        assert!(quick.iter().all(|step| !step.slow));
        assert!(quick.iter().any(|step| step.name == "unit"));
        let only = options(&["--only", "tidy"]).unwrap().unwrap().select(steps::all()).unwrap();
        assert_eq!(only.iter().map(|step| step.name).collect::<Vec<_>>(), ["tidy"]);
    }

    #[test]
    fn step_names_are_unique() {
        let mut names: Vec<_> = steps::all().iter().map(|step| step.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}

//! Figures of a run, for people and for programs.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

/// What a figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Aim {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtMost(bound) => value <= bound,
            Self::AtLeast(bound) => value >= bound,
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(bound) => write!(formatter, "<= {bound}"),
            Self::AtLeast(bound) => write!(formatter, ">= {bound}"),
        }
    }
}

/// One measured number.
#[derive(Clone, Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    aim: Option<Aim>,
    met: Option<bool>,
}

/// All figures of a run and what it was run with.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    title: String,
    settings: Vec<(&'static str, Value)>,
    figures: Vec<Figure>,
}

impl Report {
    /// A report without figures yet.
    pub(crate) fn new(title: &str) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        Self { title: title.to_owned(), settings: vec![("cores", cores.into())], figures: Vec::new() }
    }

    /// Notes what the run was made with.
    pub(crate) fn setting(&mut self, name: &'static str, value: impl Into<Value>) {
        self.settings.push((name, value.into()));
    }

    /// Adds a number that has no target.
    pub(crate) fn figure(&mut self, name: impl Into<String>, value: f64, unit: &'static str) {
        self.figures.push(Figure { name: name.into(), value, unit, aim: None, met: None });
    }

    /// Adds a number that has one.
    pub(crate) fn aimed(&mut self, name: impl Into<String>, value: f64, unit: &'static str, aim: Aim) {
        let met = Some(aim.met(value));
        self.figures.push(Figure { name: name.into(), value, unit, aim: Some(aim), met });
    }

    /// The report as one line of JSON.
    pub(crate) fn to_json(&self) -> String {
        let settings: serde_json::Map<String, Value> =
            self.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        json!({"title": self.title, "settings": settings, "figures": self.figures}).to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.title)?;
        for (name, value) in &self.settings {
            writeln!(formatter, "  {name}: {value}")?;
        }
        let width = self.figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
        for figure in &self.figures {
            write!(formatter, "  {:width$}  {:>12.3} {:9}", figure.name, figure.value, figure.unit)?;
            match (figure.aim, figure.met) {
                (Some(aim), Some(true)) => writeln!(formatter, "  target {aim}: met")?,
                (Some(aim), _) => writeln!(formatter, "  target {aim}: MISSED")?,
                (None, _) => writeln!(formatter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Report};
    use serde_json::Value;

    #[test]
    fn a_missed_target_is_called_missed() {
        let mut report = Report::new("x");
        report.aimed("cpu", 0.5, "ms", Aim::AtMost(0.4));
        report.aimed("rate", 2500.0, "/s", Aim::AtLeast(2000.0));
        let text = report.to_string();
        assert!(text.contains("<= 0.4: MISSED"), "{text}");
        assert!(text.contains(">= 2000: met"), "{text}");
        let json: Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["figures"][0]["met"], false);
        assert_eq!(json["figures"][0]["aim"]["at_most"], 0.4);
    }
}

//! Figures for Prometheus: few enough to be kept in plain atomics, without labels that strangers choose.

mod log;
mod process;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

pub(crate) use log::TimedLog;

/// The classes into which routes are sorted, by what they cost and whom they serve.
const CLASSES: [&str; 9] = ["sync", "send", "rooms", "keys", "media", "account", "admin", "shell", "other"];
const STATUS_FIRST: u16 = 100;
const STATUS_COUNT: usize = 500;
const BUCKETS_MS: [u64; 11] = [1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000, 30_000];

/// All figures of this process.
pub(crate) struct Metrics {
    classes: Vec<Class>,
    connections: AtomicI64,
    connections_total: AtomicU64,
    appends: Histogram,
    append_outcomes: [AtomicU64; log::OUTCOMES.len()],
    refused_at_ms: AtomicU64,
    log_head: AtomicU64,
}

struct Class {
    name: &'static str,
    statuses: Vec<AtomicU64>,
    times: Histogram,
    in_flight: AtomicI64,
}

/// How long something took, how often.
#[derive(Default)]
struct Histogram {
    buckets: [AtomicU64; BUCKETS_MS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Histogram {
    fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Relaxed);
        self.count.fetch_add(1, Relaxed);
        let fitting = BUCKETS_MS.iter().position(|ms| micros <= ms * 1000);
        if let Some(bucket) = fitting.and_then(|index| self.buckets.get(index)) {
            bucket.fetch_add(1, Relaxed);
        }
    }

    /// `label` is empty, or a label with a comma behind it.
    fn write(&self, page: &mut String, name: &str, label: &str) -> std::fmt::Result {
        let mut sum = 0;
        for (ms, bucket) in BUCKETS_MS.iter().zip(&self.buckets) {
            sum += bucket.load(Relaxed);
            let (seconds, rest) = (ms / 1000, ms % 1000);
            writeln!(page, "{name}_bucket{{{label}le=\"{seconds}.{rest:03}\"}} {sum}")?;
        }
        let (all, micros) = (self.count.load(Relaxed), self.micros.load(Relaxed));
        writeln!(page, "{name}_bucket{{{label}le=\"+Inf\"}} {all}")?;
        let label = label.trim_end_matches(',');
        writeln!(page, "{name}_sum{{{label}}} {}.{:06}", micros / 1_000_000, micros % 1_000_000)?;
        writeln!(page, "{name}_count{{{label}}} {all}")
    }
}

impl Class {
    fn new(name: &'static str) -> Self {
        let statuses = (0..STATUS_COUNT).map(|_| AtomicU64::new(0)).collect();
        Self { name, statuses, times: Histogram::default(), in_flight: AtomicI64::new(0) }
    }
}

/// Counts something for as long as it lives.
pub(crate) struct Held<'a>(&'a AtomicI64);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    /// All zero.
    pub(crate) fn new() -> Self {
        Self {
            classes: CLASSES.iter().map(|name| Class::new(name)).collect(),
            connections: AtomicI64::new(0),
            connections_total: AtomicU64::new(0),
            appends: Histogram::default(),
            append_outcomes: Default::default(),
            refused_at_ms: AtomicU64::new(0),
            log_head: AtomicU64::new(0),
        }
    }

    /// Counts a connection until the answer is dropped.
    pub(crate) fn connection(&self) -> Held<'_> {
        self.connections_total.fetch_add(1, Relaxed);
        self.connections.fetch_add(1, Relaxed);
        Held(&self.connections)
    }

    /// Counts a running request of a class until the answer is dropped.
    pub(crate) fn running(&self, class: usize) -> Option<Held<'_>> {
        let class = self.classes.get(class)?;
        class.in_flight.fetch_add(1, Relaxed);
        Some(Held(&class.in_flight))
    }

    /// Counts a finished request.
    pub(crate) fn finished(&self, class: usize, status: u16, took: Duration) {
        let Some(class) = self.classes.get(class) else { return };
        let index = usize::from(status.saturating_sub(STATUS_FIRST)).min(STATUS_COUNT - 1);
        if let Some(counter) = class.statuses.get(index) {
            counter.fetch_add(1, Relaxed);
        }
        class.times.add(took);
    }

    /// Everything in the text format of Prometheus.
    pub(crate) fn render(&self) -> String {
        let mut page = String::with_capacity(8192);
        // Writing to a string cannot fail.
        let _ = self.write(&mut page).and_then(|()| process::write(&mut page));
        page
    }

    fn write(&self, page: &mut String) -> std::fmt::Result {
        writeln!(page, "# TYPE alphorn_requests_total counter")?;
        for class in &self.classes {
            for (status, counter) in (STATUS_FIRST..).zip(&class.statuses) {
                let count = counter.load(Relaxed);
                if count > 0 {
                    writeln!(
                        page,
                        "alphorn_requests_total{{class=\"{}\",status=\"{status}\"}} {count}",
                        class.name
                    )?;
                }
            }
        }
        writeln!(page, "# TYPE alphorn_requests_running gauge")?;
        for class in &self.classes {
            let running = class.in_flight.load(Relaxed);
            writeln!(page, "alphorn_requests_running{{class=\"{}\"}} {running}", class.name)?;
        }
        writeln!(page, "# TYPE alphorn_request_seconds histogram")?;
        for class in self.classes.iter().filter(|class| class.times.count.load(Relaxed) > 0) {
            class.times.write(page, "alphorn_request_seconds", &format!("class=\"{}\",", class.name))?;
        }
        writeln!(page, "# TYPE alphorn_connections gauge")?;
        writeln!(page, "alphorn_connections {}", self.connections.load(Relaxed))?;
        writeln!(page, "# TYPE alphorn_connections_total counter")?;
        writeln!(page, "alphorn_connections_total {}", self.connections_total.load(Relaxed))?;
        self.write_log(page)
    }
}

/// The class of a route, given as the router knows it (`/_matrix/client/v3/rooms/{room_id}/send/...`).
pub(crate) fn class_of(route: Option<&str>) -> usize {
    let name = route.map_or("other", class_name);
    CLASSES.iter().position(|class| *class == name).unwrap_or(CLASSES.len() - 1)
}

fn class_name(route: &str) -> &'static str {
    let mut parts = route.split('/').skip(1);
    let area = match (parts.next(), parts.next()) {
        (Some("_matrix"), Some("client")) => {
            // `v3`, `r0`, `unstable`, and for unstable routes the name of a proposal.
            let mut rest = parts.skip(1).skip_while(|part| part.contains('.'));
            (rest.next().unwrap_or_default(), route)
        }
        (Some("_matrix"), Some("media")) => return "media",
        (Some("_synapse" | "_alphorn"), _) => return "admin",
        (Some("health" | "ready" | "metrics" | ".well-known"), _) => return "shell",
        _ => return "other",
    };
    match area {
        ("sync", _) => "sync",
        ("rooms", route)
            if route.contains("/send/") || route.contains("/state/") || route.contains("/redact/") =>
        {
            "send"
        }
        ("sendToDevice", _) => "send",
        ("rooms" | "join" | "knock" | "createRoom" | "publicRooms" | "directory" | "joined_rooms", _) => {
            "rooms"
        }
        ("keys" | "room_keys", _) => "keys",
        ("media", _) => "media",
        ("login" | "logout" | "register" | "account" | "refresh" | "devices" | "user" | "profile", _) => {
            "account"
        }
        _ => "other",
    }
}

#[cfg(test)]
mod tests;

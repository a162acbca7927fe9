//! What lies under the data folder: every durable write waits for it, whatever the server does.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::latency::Latencies;

/// Flushes that are timed.
const FLUSHES: usize = 100;

/// Times appending 4 KiB and flushing them, as a log does.
pub(crate) fn flush_latencies(dir: &Path) -> Result<Latencies> {
    let path = dir.join("flush-probe");
    let mut file = std::fs::File::create(&path)?;
    let mut latencies = Latencies::default();
    for _ in 0..FLUSHES {
        file.write_all(&[b'x'; 4096])?;
        let started = Instant::now();
        file.sync_data()?;
        latencies.add(started.elapsed());
    }
    drop(file);
    std::fs::remove_file(&path)?;
    Ok(latencies)
}

/// The kind of the filesystem that holds `path`: on `tmpfs` a flush costs nothing, and figures mislead.
pub(crate) fn filesystem(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        Some((fields.next()?, fields.next()?))
    });
    mounts
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{filesystem, flush_latencies};

    #[test]
    fn a_folder_can_be_probed_and_is_left_as_it_was() {
        let dir = std::env::temp_dir().join(format!("alphorn-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        assert_eq!(flush_latencies(&dir).unwrap().count(), super::FLUSHES);
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
        assert_ne!(filesystem(&dir), "unknown");
        std::fs::remove_dir(&dir).unwrap();
    }
}

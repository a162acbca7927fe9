//! What this process uses, from the kernel's own books.

use std::fmt::Write as _;

/// Adds processor time, memory, threads and open files. What cannot be read is left out.
pub(super) fn write(page: &mut String) -> std::fmt::Result {
    let ticks_per_second = rustix::param::clock_ticks_per_second();
    let page_size = rustix::param::page_size() as u64;
    if let Some((ticks, threads)) = std::fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(stat)
    {
        let hundredths = ticks * 100 / ticks_per_second.max(1);
        writeln!(page, "# TYPE process_cpu_seconds_total counter")?;
        writeln!(page, "process_cpu_seconds_total {}.{:02}", hundredths / 100, hundredths % 100)?;
        writeln!(page, "# TYPE process_threads gauge\nprocess_threads {threads}")?;
    }
    if let Some((virtual_pages, resident_pages)) =
        std::fs::read_to_string("/proc/self/statm").ok().as_deref().and_then(first_two)
    {
        writeln!(page, "# TYPE process_resident_memory_bytes gauge")?;
        writeln!(page, "process_resident_memory_bytes {}", resident_pages * page_size)?;
        writeln!(page, "# TYPE process_virtual_memory_bytes gauge")?;
        writeln!(page, "process_virtual_memory_bytes {}", virtual_pages * page_size)?;
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        writeln!(page, "# TYPE process_open_fds gauge\nprocess_open_fds {}", files.count())?;
    }
    Ok(())
}

/// Processor ticks and threads. The fields are counted behind the name, which may contain anything.
fn stat(text: &str) -> Option<(u64, u64)> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    let threads = fields.nth(4)?.parse().ok()?;
    Some((user + system, threads))
}

fn first_two(text: &str) -> Option<(u64, u64)> {
    let mut fields = text.split_ascii_whitespace();
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Processor ticks and threads, for the tests beside this module.
#[cfg(test)]
pub(super) fn stat_of(text: &str) -> Option<(u64, u64)> {
    stat(text)
}

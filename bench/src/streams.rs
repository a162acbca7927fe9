//! What several log streams instead of one would bring: a simulation of one node that applies them, with the measured
//! cost of a record. Rooms and accounts are spread over the streams by hash; each stream is applied by one thread.
//!
//! Rooms are used unevenly (Zipf): a few have most of the traffic, and the stream of the busiest one is full first.

use std::collections::VecDeque;

use clap::Args;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::report::Report;

/// Rooms; their activity falls with their rank.
const ROOMS: usize = 50_000;
/// Accounts; all alike.
const ACCOUNTS: usize = 30_000;
/// Records of one simulated run.
const RECORDS: usize = 200_000;
/// A rate is sustained while 99 of 100 records are applied within this time, in seconds.
const DELAY_MAX: f64 = 0.05;
/// Steps of the search for the highest such rate.
const STEPS: u32 = 12;
/// Bytes of a sync token's fixed part, and of one stream's position in it.
const TOKEN_BYTES: (usize, usize) = (24, 9);

#[derive(Args, Clone, Debug)]
pub(crate) struct StreamsArgs {
    /// How many streams.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32")]
    streams: Vec<usize>,
    /// Cores that apply; those that serve requests come on top.
    #[arg(long, value_delimiter = ',', default_value = "1,4,8")]
    cores: Vec<usize>,
    /// Microseconds to apply one record: 8,300 a second were measured.
    #[arg(long, default_value_t = 120.0)]
    apply_us: f64,
    /// Share of records that belong to rooms; the others belong to accounts.
    #[arg(long, default_value_t = 0.5)]
    in_rooms: f64,
    /// How uneven rooms are: the room of rank r gets a share like r to the power of minus this.
    #[arg(long, default_value_t = 0.9)]
    skew: f64,
    /// Decides everything.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Simulates all combinations.
pub(crate) fn run(arguments: &StreamsArgs) -> Report {
    let mut report = Report::new("streams");
    report.setting("apply_us", arguments.apply_us);
    report.setting("in_rooms", arguments.in_rooms);
    report.setting("skew", arguments.skew);
    for streams in &arguments.streams {
        let mut dice = StdRng::seed_from_u64(arguments.seed);
        let shares = shares(arguments, *streams, &mut dice);
        let largest = shares.iter().copied().fold(0.0, f64::max);
        for cores in &arguments.cores {
            let rate = highest_rate(arguments, &shares, *cores);
            report.figure(format!("{streams} streams, {cores} cores: records applied"), rate, "1/s");
        }
        report.figure(format!("{streams} streams: share of the busiest one"), largest * 100.0, "%");
        let token = TOKEN_BYTES.0 + TOKEN_BYTES.1 * streams;
        report.figure(format!("{streams} streams: sync token"), number(token), "bytes");
    }
    report
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The share of all records that each stream gets.
fn shares(arguments: &StreamsArgs, streams: usize, dice: &mut StdRng) -> Vec<f64> {
    let mut shares = vec![0.0; streams.max(1)];
    let weights: Vec<f64> = (1..=ROOMS).map(|rank| number(rank).powf(-arguments.skew)).collect();
    let all: f64 = weights.iter().sum();
    let accounts = std::iter::repeat_n((1.0 - arguments.in_rooms) / number(ACCOUNTS), ACCOUNTS);
    let rooms = weights.into_iter().map(|weight| arguments.in_rooms * weight / all);
    for share in rooms.chain(accounts) {
        let stream = dice.random_range(0..shares.len());
        if let Some(of) = shares.get_mut(stream) {
            *of += share;
        }
    }
    shares
}

/// The highest rate at which records are applied in time.
fn highest_rate(arguments: &StreamsArgs, shares: &[f64], cores: usize) -> f64 {
    let one = 1_000_000.0 / arguments.apply_us;
    let (mut fine, mut too_much) = (0.0, one * number(cores) * 1.1);
    for _ in 0..STEPS {
        let rate = f64::midpoint(fine, too_much);
        let mut node = Node::new(shares, cores, arguments.apply_us / 1_000_000.0, arguments.seed);
        if node.slowest_hundredth(rate) <= DELAY_MAX {
            fine = rate;
        } else {
            too_much = rate;
        }
    }
    fine
}

/// One node: a queue for each stream, one thread for each, and a number of cores.
struct Node {
    /// Up to which share records belong to each stream.
    upto: Vec<f64>,
    cores: usize,
    apply: f64,
    dice: StdRng,
}

/// What the threads do.
#[derive(Default)]
struct Work {
    /// When the records that wait came, by stream.
    waiting: Vec<VecDeque<f64>>,
    /// When each core is done, and with which stream.
    busy: Vec<(f64, usize)>,
    delays: Vec<f64>,
}

impl Node {
    fn new(shares: &[f64], cores: usize, apply: f64, seed: u64) -> Self {
        let upto = shares.iter().scan(0.0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        Self { upto: upto.collect(), cores: cores.max(1), apply, dice: StdRng::seed_from_u64(seed) }
    }

    /// The delay that one record in a hundred exceeds, when they come at this rate.
    fn slowest_hundredth(&mut self, rate: f64) -> f64 {
        let mut work = Work { waiting: vec![VecDeque::new(); self.upto.len()], ..Work::default() };
        let mut now = 0.0;
        for _ in 0..RECORDS {
            // Poisson.
            now -= (1.0 - self.dice.random::<f64>()).ln() / rate;
            self.proceed(&mut work, now);
            let mark = self.dice.random::<f64>();
            let stream = self.upto.iter().position(|upto| mark < *upto).unwrap_or(self.upto.len() - 1);
            if let Some(queue) = work.waiting.get_mut(stream) {
                queue.push_back(now);
            }
            self.proceed(&mut work, now);
        }
        work.delays.sort_by(f64::total_cmp);
        // What still waits would only be slower.
        let left: usize = work.waiting.iter().map(VecDeque::len).sum();
        if left * 100 > RECORDS {
            return f64::MAX;
        }
        work.delays.get(work.delays.len() * 99 / 100).copied().unwrap_or(f64::MAX)
    }

    /// Finishes what is done by now, and begins with the streams whose records wait longest.
    fn proceed(&self, work: &mut Work, now: f64) {
        loop {
            let done = work.busy.iter().enumerate().filter(|(_, (at, _))| *at <= now);
            let done =
                done.min_by(|one, other| one.1.0.total_cmp(&other.1.0)).map(|(index, (at, _))| (index, *at));
            let at = match done {
                Some((index, at)) => {
                    work.busy.swap_remove(index);
                    at
                }
                None => now,
            };
            let began = self.begin(work, at);
            if done.is_none() && !began {
                return;
            }
        }
    }

    fn begin(&self, work: &mut Work, at: f64) -> bool {
        if work.busy.len() >= self.cores {
            return false;
        }
        let Work { waiting, busy, delays } = work;
        let free = |stream: usize| busy.iter().all(|(_, of)| *of != stream);
        let oldest = waiting
            .iter()
            .enumerate()
            .filter_map(|(stream, queue)| queue.front().map(|came| (stream, *came)))
            .filter(|(stream, _)| free(*stream))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        let Some((stream, came)) = oldest else { return false };
        waiting.get_mut(stream).and_then(VecDeque::pop_front);
        busy.push((at + self.apply, stream));
        delays.push(at + self.apply - came);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stream_uses_one_core_and_several_use_several() {
        let arguments = StreamsArgs {
            streams: vec![1],
            cores: vec![1],
            apply_us: 100.0,
            in_rooms: 0.5,
            skew: 0.9,
            seed: 1,
        };
        let one = highest_rate(&arguments, &[1.0], 4);
        let four = highest_rate(&arguments, &[0.25; 4], 4);
        let uneven = highest_rate(&arguments, &[0.7, 0.1, 0.1, 0.1], 4);
        assert!((9_000.0..10_500.0).contains(&one), "{one}");
        assert!(four > 3.0 * one, "{four}");
        assert!((one..2.0 * one).contains(&uneven), "{uneven}");
    }
}

//! The search: input after input, each made from those that were interesting so far.

use std::collections::HashSet;

use crate::mutation::mutate;
use crate::random::Random;
use crate::targets::Target;

/// Most inputs that are kept to make others from.
const KEPT_MAX: usize = 4096;

/// A search through one target's inputs. Which inputs it tries follows from the seeds and the number alone.
#[derive(Debug)]
pub struct Search {
    target: &'static Target,
    random: Random,
    kept: Vec<Vec<u8>>,
    labels: HashSet<String>,
    tried: usize,
    starting_points: usize,
}

impl Search {
    /// A search that begins with the inputs of `corpus`.
    #[must_use]
    pub fn new(target: &'static Target, corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        let starting_points = corpus.len();
        Self {
            target,
            random: Random::new(seed),
            kept: corpus,
            labels: HashSet::new(),
            tried: 0,
            starting_points,
        }
    }

    /// The input to try next: those of the corpus first.
    pub fn next_input(&mut self) -> Vec<u8> {
        let input = if self.tried < self.starting_points {
            self.kept.get(self.tried).cloned().unwrap_or_default()
        } else {
            let mut input = self.random.pick(&self.kept).cloned().unwrap_or_default();
            mutate(&mut input, &self.kept, self.target.tokens, &mut self.random);
            input
        };
        self.tried += 1;
        input
    }

    /// Runs the target; keeps the input when it did something new.
    pub fn run(&mut self, input: Vec<u8>) {
        let label = (self.target.run)(&input);
        if self.kept.len() < KEPT_MAX && self.labels.insert(label) {
            self.kept.push(input);
        }
    }

    /// How many inputs were made so far.
    #[must_use]
    pub const fn tried(&self) -> usize {
        self.tried
    }

    /// How many different things the target did.
    #[must_use]
    pub fn labels(&self) -> usize {
        self.labels.len()
    }
}

//! A bounded memory of things that end by themselves: sessions of user-interactive authentication,
//! one-time tokens. When it is full the one that was used longest ago makes room.

use std::num::NonZeroUsize;

use alphorn_engine::model::TimestampMs;
use lru::LruCache;
use parking_lot::Mutex;

/// Values by name, each until its end.
pub struct Expiring<V> {
    held: Mutex<LruCache<String, (TimestampMs, V)>>,
    life_ms: u64,
}

impl<V> Expiring<V> {
    /// At most `count_max` values, each for `life_ms` after it was put in.
    #[must_use]
    pub fn new(count_max: NonZeroUsize, life_ms: u64) -> Self {
        Self { held: Mutex::new(LruCache::new(count_max)), life_ms }
    }

    /// How long a value lives.
    #[must_use]
    pub const fn life_ms(&self) -> u64 {
        self.life_ms
    }

    /// Remembers a value.
    pub fn put(&self, name: String, value: V, now_ms: TimestampMs) {
        self.held.lock().put(name, (now_ms.saturating_add(self.life_ms), value));
    }

    /// Looks at a value, and may change it.
    pub fn with<T>(&self, name: &str, now_ms: TimestampMs, look: impl FnOnce(&mut V) -> T) -> Option<T> {
        let mut held = self.held.lock();
        match held.get_mut(name) {
            Some((end, value)) if *end > now_ms => Some(look(value)),
            _ => None,
        }
    }

    /// Takes a value out: nobody gets it a second time.
    pub fn take(&self, name: &str, now_ms: TimestampMs) -> Option<V> {
        self.held.lock().pop(name).filter(|(end, _)| *end > now_ms).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_and_give_way() {
        let memory = Expiring::new(NonZeroUsize::MIN.saturating_add(1), 10);
        memory.put("a".to_owned(), 1, 0);
        assert_eq!(memory.with("a", 9, |value| *value), Some(1));
        assert_eq!(memory.with("a", 10, |value| *value), None);
        memory.put("b".to_owned(), 2, 20);
        memory.put("c".to_owned(), 3, 20);
        assert_eq!(memory.take("a", 0), None, "it made room");
        assert_eq!(memory.take("b", 21), Some(2));
        assert_eq!(memory.take("b", 21), None, "it was taken");
    }
}

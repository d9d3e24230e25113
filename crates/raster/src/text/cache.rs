//! A small cache that forgets what has not been asked for.

use std::{collections::HashMap, hash::Hash};

/// Two generations: when the young one is full it becomes the old one, and what was old is
/// forgotten. An entry that is asked for becomes young again, so what is in use stays.
pub(super) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    limit: usize,
}

impl<K: Hash + Eq, V> Generations<K, V> {
    /// Keeps at least the last `limit / 2` entries used and at most `limit`.
    pub(super) fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), limit }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<&V> {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.young.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= (self.limit / 2).max(1) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_and_the_rest_is_forgotten() {
        let mut cache = Generations::new(8);
        cache.insert(0, "clock");
        for key in 1..100 {
            cache.insert(key, "label");
            assert_eq!(cache.get(&0), Some(&"clock"));
            assert!(cache.young.len() + cache.old.len() <= 8);
        }
        assert_eq!(cache.get(&1), None);
        assert_eq!(cache.get(&99), Some(&"label"));
    }
}

//! Equal names only, so that the rest of the node can be built while the engine is.

use std::collections::BTreeMap;

use crate::{Assessment, Band, Description, Thresholds};

/// Descriptions, by key.
pub struct Index<K>(BTreeMap<K, Description>);

/// A description that was found.
pub struct Candidate<K> {
    /// Its key.
    pub key: K,
    /// How far it agrees.
    pub assessment: Assessment,
}

impl<K: Copy + Ord> Index<K> {
    /// An empty index.
    pub fn with_thresholds(_thresholds: Thresholds) -> Self {
        Self(BTreeMap::new())
    }

    /// Adds or replaces a description.
    pub fn insert(&mut self, key: K, description: &Description) {
        self.0.insert(key, description.clone());
    }

    /// Removes a description; whether it was there.
    pub fn remove(&mut self, key: K) -> bool {
        self.0.remove(&key).is_some()
    }

    /// Descriptions that share a name with the query.
    pub fn search(&self, query: &Description, limit: usize) -> Vec<Candidate<K>> {
        let shares = |entry: &Description| {
            let mut names = entry.names.iter();
            names.any(|a| {
                query
                    .names
                    .iter()
                    .any(|b| a.text.eq_ignore_ascii_case(&b.text))
            })
        };
        let found = self.0.iter().filter(|(_, entry)| shares(entry));
        let candidate = |(&key, _): (&K, _)| {
            let assessment = Assessment {
                probability: 0.9,
                band: Band::Match,
                evidence: Vec::new(),
            };
            Candidate { key, assessment }
        };
        found.map(candidate).take(limit).collect()
    }
}

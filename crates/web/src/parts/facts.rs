//! Facts: labels and what they say.

use askama::Template;

use super::Cell;

/// A list of labels, each with one or more values.
#[derive(Debug, Default, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    lines: Vec<(String, Vec<Cell>)>,
}

impl Facts {
    /// No facts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a fact.
    pub fn with(mut self, label: String, value: Cell) -> Self {
        self.lines.push((label, vec![value]));
        self
    }

    /// The same with a fact where there is one.
    pub fn with_some(self, label: String, value: Option<Cell>) -> Self {
        match value {
            Some(value) => self.with(label, value),
            None => self,
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The same with a fact that has several values; nothing where it has none.
    pub fn with_all(mut self, label: String, values: Vec<Cell>) -> Self {
        if !values.is_empty() {
            self.lines.push((label, values));
        }
        self
    }
}

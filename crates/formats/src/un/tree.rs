//! One element of the document with what is in it.

use egnatia_alerts::ListEntry;

use crate::collect::keep;
use crate::text::{filled, owned};

/// An element, its text and its elements.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// All text directly in it, as it stands.
    pub(super) text: String,
    /// Its elements; attributes are elements whose names start with `@`.
    pub(super) children: Vec<Element>,
    /// The line on which it starts, from 1.
    pub(super) line: u64,
}

impl Element {
    /// Its text, where it has any and has nothing else.
    pub(super) fn leaf(&self) -> Option<&str> {
        self.children
            .is_empty()
            .then(|| filled(&self.text))
            .flatten()
    }

    /// Takes out the text of the first element of that name which holds text and nothing else.
    /// What is taken is no longer there to be kept by [`Element::keep_in`].
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let found = |child: &Element| child.name == name && child.leaf().is_some();
        let at = self.children.iter().position(found)?;
        owned(&self.children.remove(at).text)
    }

    /// Takes out the texts of all elements of that name which hold text and nothing else.
    pub(super) fn take_all(&mut self, name: &str) -> Vec<String> {
        let found = |child: &mut Element| child.name == name && child.leaf().is_some();
        self.children
            .extract_if(.., found)
            .filter_map(|child| owned(&child.text))
            .collect()
    }

    /// Keeps all that is still in it as text without a field of its own, under its name and that
    /// of the inner element.
    pub(super) fn keep_in(&self, entry: &mut ListEntry) {
        keep(entry, self.name.as_str(), &self.text);
        self.keep_children(entry, &self.name);
    }

    // INVARIANT: recursion is bounded, because the reading refuses deeper elements.
    fn keep_children(&self, entry: &mut ListEntry, outer: &str) {
        for child in &self.children {
            keep(entry, format!("{outer}/{}", child.name), &child.text);
            child.keep_children(entry, outer);
        }
    }
}

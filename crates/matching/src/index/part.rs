//! What a search asks of a part of an index.

use std::borrow::Cow;

use super::search::Near;
use crate::names::Shape;
use crate::prepared::Prepared;
use crate::side::Side;

/// Entries under slots and their words under numbers, each of its own. Words are numbered from 1.
///
/// What is found under a hash may be something else, and what was removed may still be found:
/// whoever asks compares. A part that grows tells the newest first.
pub(super) trait Part {
    /// Words under a hash of their key with letters left out.
    fn under_key(&self, hash: u32) -> impl Iterator<Item = u32>;
    /// Words under a hash of their consonants.
    fn under_skeleton(&self, hash: u32) -> impl Iterator<Item = u32>;
    /// Words that are forms of a known name.
    fn under_form(&self, group: u16) -> impl Iterator<Item = u32>;
    /// A word.
    fn shape(&self, word: u32) -> Option<&Shape>;
    /// The number of a word.
    fn number(&self, shape: &Shape) -> Option<u32>;
    /// What is like a word, the likest first, as `find` says of the words behind a number: a part
    /// may remember what it was told, and asks for what came since.
    fn near(&self, word: u32, find: impl FnOnce(u32) -> Vec<Near>) -> Cow<'_, [Near]>;
    /// In how many entries a word stands.
    fn held(&self, word: u32) -> usize;
    /// The entries in which a word stands.
    fn slots(&self, word: u32) -> impl Iterator<Item = u32>;
    /// Entries under a pair of two common words, or of a date and a common word.
    fn under_pair(&self, hash: u32) -> impl Iterator<Item = u32>;
    /// Entries in which two neighbouring words, written as one, have such a key.
    fn under_joined(&self, hash: u32) -> impl Iterator<Item = u32>;
    /// Entries born on a day.
    fn under_birth(&self, date: u32) -> impl Iterator<Item = u32>;
    /// Entries with a number of such a hash.
    fn under_number(&self, hash: u32) -> impl Iterator<Item = u32>;
    /// Brings entries near that are read next.
    fn touch(&self, slots: impl Iterator<Item = u32>);
    /// Visits the searched words of all names of an entry; none where it was removed.
    fn words_of(&self, slot: u32, visit: impl FnMut(u32));
    /// Fills a side with an entry; `rarity` is asked for each word. False where it was removed.
    fn fill<'a>(
        &'a self,
        slot: u32,
        needs: Needs,
        rarity: impl Fn(u32) -> f64,
        side: &mut Side<'a>,
    ) -> bool;
    /// What the caller put beside an entry.
    fn payload(&self, slot: u32) -> Option<&[u8]>;
    /// The entry, for its evidence.
    fn prepared(&self, slot: u32) -> Option<Cow<'_, Prepared>>;
}

/// What of an entry is compared, because the query has it too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    pub(super) nations: bool,
    pub(super) places: bool,
    pub(super) numbers: bool,
}

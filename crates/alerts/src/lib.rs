//! Who is looked for, who was checked, and what came of it.
//!
//! A check yields matches; a match waits for a named officer; a confirmed match is a hit and
//! opens a follow-up. Nothing here decides by itself, and nothing does I/O.
//!
//! Start at [`ListEntry`].

mod entry;

pub use entry::{Document, ListEntry, ListedBirth, ListedName, NameQuality, Place, SourceText};

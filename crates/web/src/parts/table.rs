//! Table: dense rows; an empty one says what would be here and how it gets here.

use askama::Template;

use super::Clock;
use crate::Texts;
use crate::words::Moment;

/// Up to so many letters a number stays on one line.
const EXACT_WHOLE_MAX: usize = 20;

/// Rows under named columns.
#[derive(Debug, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    t: &'static Texts,
    caption: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    empty: Empty,
    next: Option<String>,
    export: Option<String>,
    focus: bool,
}

#[derive(Debug)]
struct Column {
    label: String,
    number: bool,
}

/// What stands in place of a table without rows.
#[derive(Debug, Clone, Default)]
pub struct Empty {
    /// What would be here.
    pub what: String,
    /// How it gets here.
    pub how: String,
}

impl Empty {
    /// The two texts under this key.
    pub fn of(t: &Texts, key: &str) -> Self {
        Self {
            what: t.text(&format!("{key}-empty")),
            how: t.text(&format!("{key}-empty-how")),
        }
    }
}

/// How a word is meant. It always stands with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Agree,
    /// Somebody should look.
    Caution,
    /// Not in order.
    Against,
    /// Nothing to say.
    Silent,
}

impl Tone {
    /// The sign that goes with it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Agree => "✓",
            Self::Caution => "!",
            Self::Against => "✕",
            Self::Silent => "·",
        }
    }

    /// Its class in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Caution => "caution",
            Self::Against => "against",
            Self::Silent => "silent",
        }
    }
}

/// Characters that follow each other, told apart by whether they are marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) marked: bool,
}

impl Piece {
    /// Characters in their order, each marked or not.
    pub(crate) fn run(characters: impl IntoIterator<Item = (char, bool)>) -> Vec<Self> {
        let mut pieces: Vec<Self> = Vec::new();
        for (character, marked) in characters {
            match pieces.last_mut().filter(|piece| piece.marked == marked) {
                Some(piece) => piece.text.push(character),
                None => pieces.push(Self {
                    text: character.to_string(),
                    marked,
                }),
            }
        }
        pieces
    }
}

/// A word with a sign.
#[derive(Debug, Clone)]
pub struct Tag {
    /// How it is meant.
    pub tone: Tone,
    /// The word.
    pub word: String,
}

/// What stands in a cell.
#[derive(Debug)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number of a document or a record, letter by letter.
    Exact(String),
    /// A quantity.
    Number(String),
    /// A link; the first cell of a row is its heading.
    Link {
        /// Where to.
        href: String,
        /// What it is called.
        text: String,
        /// What is said under it.
        note: Option<String>,
    },
    /// Something with something less important under it.
    Lines(String, String),
    /// An instant.
    Time(Moment),
    /// A word with a sign.
    Tag(Tag),
    /// When something is due.
    Clock(Box<Clock>),
}

impl Table {
    /// A table with these columns and no rows yet.
    pub fn new(t: &'static Texts, caption: String, columns: &[&str], empty: Empty) -> Self {
        Self {
            t,
            caption,
            columns: columns
                .iter()
                .map(|key| Column {
                    label: t.text(key),
                    number: false,
                })
                .collect(),
            rows: Vec::new(),
            empty,
            next: None,
            export: None,
            focus: false,
        }
    }

    /// The same with these rows.
    pub fn rows(mut self, rows: Vec<Vec<Cell>>) -> Self {
        if let Some(row) = rows.first() {
            for (column, cell) in self.columns.iter_mut().zip(row) {
                column.number = matches!(cell, Cell::Number(_));
            }
        }
        self.rows = rows;
        self
    }

    /// The same with a way to the next page.
    pub fn next(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// The same with a way to have it as a file.
    pub fn export(self, href: impl Into<String>) -> Self {
        Self {
            export: Some(href.into()),
            ..self
        }
    }

    /// The same with a last row that says that more were left out.
    pub(crate) fn cut(mut self, more: bool) -> Self {
        if more {
            let text = self.t.text("export-more");
            self.rows.push(vec![Cell::Text(text)]);
        }
        self
    }

    /// The columns' names, then every row, as text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Vec<String>> {
        let head = self.columns.iter().map(|column| column.label.clone());
        let rows = self
            .rows
            .iter()
            .map(|row| row.iter().map(Cell::text).collect());
        std::iter::once(head.collect()).chain(rows)
    }

    /// The same with the first row's link in focus when the page opens.
    pub fn focus_first(self) -> Self {
        Self {
            focus: true,
            ..self
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn label(&self, index: &usize) -> &str {
        self.columns.get(*index).map_or("", |column| &column.label)
    }
}

impl Cell {
    /// A link.
    pub fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Link {
            href: href.into(),
            text: text.into(),
            note: None,
        }
    }

    /// A link with something said under it.
    pub fn link_with(href: impl Into<String>, text: impl Into<String>, note: String) -> Self {
        Self::Link {
            href: href.into(),
            text: text.into(),
            note: Some(note),
        }
    }

    /// A word with a sign.
    pub fn tag(tone: Tone, word: impl Into<String>) -> Self {
        Self::Tag(Tag {
            tone,
            word: word.into(),
        })
    }

    /// What stands in it, as text; an instant with its zone.
    fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Exact(text) | Self::Number(text) => text.clone(),
            Self::Link { text, note, .. } => match note {
                Some(note) => format!("{text} ({note})"),
                None => text.clone(),
            },
            Self::Lines(first, second) => format!("{first} ({second})"),
            Self::Time(moment) => moment.iso.clone(),
            Self::Tag(tag) => tag.word.clone(),
            Self::Clock(clock) => clock.due_iso().to_owned(),
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Time(_) => "fixed",
            Self::Lines(..) => "lines",
            Self::Text(text) | Self::Exact(text) if text.is_empty() => "void",
            // A number that is broken in two is read wrongly.
            Self::Exact(text) if text.chars().count() <= EXACT_WHOLE_MAX => "fixed",
            _ => "",
        }
    }

    /// Whether a cell that heads a row needs little room: a number does, a name does not.
    fn is_short(&self) -> bool {
        matches!(self, Self::Link { text, .. } if text.chars().all(|c| c.is_ascii_digit()))
    }
}

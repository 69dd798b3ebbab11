//! What is wrong with a list, where, and what to do about it.

use std::fmt;

/// Why a list cannot be read. Displayed as `FILE:LINE: what is wrong`, or `FILE:LINE:COLUMN: …`
/// where the column is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ListError {
    /// The file's base name, such as `sdn.csv`; never a path.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The byte in the line, from 1, where it is known.
    pub column: Option<u64>,
    /// What is wrong and what to do.
    pub problem: Problem,
}

impl ListError {
    /// A problem at a line whose column is not known.
    pub(crate) fn at(file: &str, line: u64, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column: None,
            problem,
        }
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// What is wrong with a list, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file holds no entry.
    #[error("the list has no entries; fetch it again, and do not replace a list with an empty one")]
    Empty,
    /// The file is larger than is read.
    #[error("the file has more than {limit} bytes; check that it is the right one")]
    FileTooLarge {
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// A row has too few or too many columns.
    #[error(
        "the row has {found} columns and not {expected}; the file is cut off or of another kind, fetch it again"
    )]
    Columns {
        /// How many the row has.
        found: usize,
        /// How many it must have.
        expected: usize,
    },
    /// A quotation mark is opened and never closed.
    #[error("a quoted cell does not end; the file is cut off, fetch it again")]
    OpenQuote,
    /// A cell must be a number and is not.
    #[error(
        "`{text}` in column {column} is not a number; check that the file has no header and is of the right kind"
    )]
    NotANumber {
        /// The column's name in the source.
        column: &'static str,
        /// What stands there, shortened.
        text: String,
    },
    /// Two entries have the same id.
    #[error(
        "the id `{id}` is already used in line {first_line}; fetch the file again, or tell its publisher"
    )]
    DuplicateId {
        /// The id, shortened.
        id: String,
        /// The line that used it first.
        first_line: u64,
    },
    /// A text is longer than is read.
    #[error(
        "a text or line has more than {limit} bytes; the file is damaged or of another kind, fetch it again"
    )]
    TextTooLong {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// Elements or values are nested more deeply, or more numerous, than is read.
    #[error(
        "the entry has more than {limit} levels or parts; the file is damaged or of another kind, fetch it again"
    )]
    TooManyParts {
        /// The most that is read.
        limit: usize,
    },
    /// An entity belongs to so many entries that joining it would fill the memory.
    #[error(
        "the entity belongs to {times} entries, too many for its size; the file is damaged or of another kind, fetch it again"
    )]
    JoinedTooOften {
        /// To how many it belongs.
        times: usize,
    },
    /// The bytes are not UTF-8.
    #[error(
        "the text is not UTF-8; fetch the file again and do not re-save it in another encoding"
    )]
    Encoding,
    /// The file is not well-formed XML.
    #[error("this is not well-formed XML ({detail}); fetch the file again")]
    Xml {
        /// What the XML reader says.
        detail: String,
    },
    /// The file has a document type definition.
    #[error(
        "the file has a DOCTYPE, which is never accepted; the publisher's file has none, check where it comes from"
    )]
    Doctype,
    /// The file uses an entity that XML itself does not define.
    #[error("`&{name};` is not a reference that XML defines; check where the file comes from")]
    Reference {
        /// The entity's name, shortened.
        name: String,
    },
    /// The outermost element is another one.
    #[error(
        "the outermost element is `{found}` and not `CONSOLIDATED_LIST`; check that it is the right file"
    )]
    Root {
        /// The element that stands there, shortened.
        found: String,
    },
    /// The file ends inside an element, or goes on after the outermost one.
    #[error(
        "the document does not end where it should; the file is cut off or joined with another, fetch it again"
    )]
    DocumentEnd,
    /// Text stands where only elements may stand.
    #[error("text stands outside the entries; the file is damaged, fetch it again")]
    StrayText,
    /// A line is not JSON.
    #[error(
        "this is not JSON ({detail}); each line must hold one whole entity, fetch the file again"
    )]
    Json {
        /// What the JSON reader says.
        detail: String,
    },
    /// A required field is missing or empty.
    #[error("the field `{field}` is missing; check that the file is of the right kind")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A field has another type than it must have.
    #[error("`{field}` is not {expected}; check that the file is of the right kind")]
    WrongType {
        /// The field's name, shortened.
        field: String,
        /// What it must be.
        expected: &'static str,
    },
    /// An entity is about a relation or a document, and so cannot be compared by itself.
    #[error(
        "an entity of schema `{schema}` describes no person or thing; give the one that it belongs to"
    )]
    NotComparable {
        /// The schema, shortened.
        schema: String,
    },
    /// The input cannot be read on.
    #[error("the file cannot be read on ({detail}); try again")]
    Read {
        /// What the operating system says.
        detail: String,
    },
}

/// A piece of input, short enough to show in a message.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(32).collect()
}

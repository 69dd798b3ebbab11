//! How texts get onto pages: nothing in them is markup, and nothing in them acts in secret.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};
use egnatia_record::visible;

/// Escapes HTML, and shows characters that turn the direction of a text or control a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown;

impl Escaper for Shown {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &visible(string))
    }
}

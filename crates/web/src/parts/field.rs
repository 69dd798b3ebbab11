//! Form field: label above, error beside it and once more at the top of the form.

use askama::Template;

use crate::Texts;

/// How a field is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Line,
    /// A number of a document: told apart letter by letter.
    Exact,
    /// A password; the text says which, for password managers.
    Password(&'static str),
    /// Several lines.
    Area,
    /// One of these values, each with its words.
    Choice(Vec<(String, String)>),
    /// Any number of these values, each with its words; what is chosen stands a line each.
    Several(Vec<(String, String)>),
    /// A file.
    File,
}

/// A field of a form.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    /// Its name in the form, and its id on the page.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// What helps to fill it.
    pub hint: Option<String>,
    /// What is filled in.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
    /// How it is filled.
    pub kind: FieldKind,
    /// Whether the form is refused without it.
    pub required: bool,
    /// Whether the page opens with it.
    pub first: bool,
    /// What browsers may fill in; `off` unless told.
    pub autocomplete: &'static str,
}

impl Field {
    /// An empty line.
    pub fn new(name: &'static str, label: String) -> Self {
        Self {
            name,
            label,
            hint: None,
            value: String::new(),
            error: None,
            kind: FieldKind::Line,
            required: false,
            first: false,
            autocomplete: "off",
        }
    }

    /// The same, filled in another way.
    pub fn kind(self, kind: FieldKind) -> Self {
        Self { kind, ..self }
    }

    /// The same with a hint.
    pub fn hint(self, hint: String) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// The same with what was filled in before.
    pub fn value(self, value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            ..self
        }
    }

    /// The same with what is wrong.
    pub fn error(self, error: Option<String>) -> Self {
        Self { error, ..self }
    }

    /// The same, needed.
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// The same, in focus when the page opens.
    pub fn first(self) -> Self {
        Self {
            first: true,
            ..self
        }
    }

    /// The same with all that was chosen of several.
    pub fn chosen<'a>(self, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<&str> = values.into_iter().collect();
        self.value(values.join("\n"))
    }

    fn is_chosen(&self, key: &str) -> bool {
        self.value.lines().any(|line| line == key)
    }

    /// What describes the field: its hint and its error.
    fn described(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.name));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.name));
        }
        ids.join(" ")
    }
}

/// All that is wrong with a form, at its top.
#[derive(Debug, Template)]
#[template(path = "parts/form_errors.html")]
pub struct FormErrors {
    t: &'static Texts,
    lines: Vec<(Option<&'static str>, String)>,
}

impl FormErrors {
    /// What is wrong with these fields, and with the form as a whole.
    pub fn new(t: &'static Texts, fields: &[&Field], whole: Option<String>) -> Self {
        let mut lines: Vec<_> = whole.map(|text| (None, text)).into_iter().collect();
        for field in fields {
            if let Some(error) = &field.error {
                lines.push((Some(field.name), format!("{}: {error}", field.label)));
            }
        }
        Self { t, lines }
    }
}

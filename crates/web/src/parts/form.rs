//! Form: one column of fields with its errors at the top and one button.

use askama::Template;

use super::{Field, FormErrors};
use crate::Texts;

/// A form that is sent by POST.
#[derive(Debug, Template)]
#[template(path = "parts/form.html")]
pub struct Form {
    action: String,
    csrf: Option<String>,
    errors: FormErrors,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    submit: String,
    file: bool,
    danger: bool,
}

impl Form {
    /// A form to `action` with these fields. `whole` is what is wrong with it as a whole.
    pub fn new(
        t: &'static Texts,
        action: impl Into<String>,
        fields: Vec<Field>,
        submit: String,
        whole: Option<String>,
    ) -> Self {
        let borrowed: Vec<&Field> = fields.iter().collect();
        Self {
            action: action.into(),
            csrf: None,
            errors: FormErrors::new(t, &borrowed, whole),
            hidden: Vec::new(),
            file: fields.iter().any(|f| f.kind == super::FieldKind::File),
            fields,
            submit,
            danger: false,
        }
    }

    /// The same with the session's token, without which it is refused.
    pub fn csrf(self, token: &str) -> Self {
        Self {
            csrf: Some(token.to_owned()),
            ..self
        }
    }

    /// The same for something that cannot be undone: its button looks different.
    pub fn danger(self) -> Self {
        Self {
            danger: true,
            ..self
        }
    }

    /// The same with a value that nobody fills in.
    pub fn hidden(mut self, name: &'static str, value: String) -> Self {
        self.hidden.push((name, value));
        self
    }
}

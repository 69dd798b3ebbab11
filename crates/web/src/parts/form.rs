//! Form: fields with its errors at the top and one button; one column, or groups of two columns where
//! there is room, of which those that few need are folded.

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
    groups: Vec<FieldGroup>,
    submit: String,
    file: bool,
    danger: bool,
}

/// Fields that belong together.
#[derive(Debug)]
pub struct FieldGroup {
    heading: String,
    /// The fields, in their order.
    pub fields: Vec<Field>,
    fold: Fold,
}

/// Whether a group is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Shown,
    Folded,
}

impl FieldGroup {
    /// A group that is shown.
    pub fn new(heading: String, fields: Vec<Field>) -> Self {
        Self {
            heading,
            fields,
            fold: Fold::Shown,
        }
    }

    /// The same, folded until something is filled in or wrong.
    pub fn folded(self) -> Self {
        Self {
            fold: Fold::Folded,
            ..self
        }
    }

    fn is_folded(&self) -> bool {
        self.fold == Fold::Folded
    }

    fn is_open(&self) -> bool {
        self.fields.iter().any(|field| {
            let first = match &field.kind {
                // A list of choices always has one: the first is as good as nothing.
                super::FieldKind::Choice(choices) => choices.first(),
                _ => None,
            };
            let usual = first.is_some_and(|(key, _)| *key == field.value);
            field.error.is_some() || !(field.value.is_empty() || usual)
        })
    }
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
            groups: Vec::new(),
            submit,
            danger: false,
        }
    }

    /// A form of groups.
    pub fn grouped(
        t: &'static Texts,
        action: impl Into<String>,
        groups: Vec<FieldGroup>,
        submit: String,
        whole: Option<String>,
    ) -> Self {
        let mut form = Self::new(t, action, Vec::new(), submit, None);
        let fields: Vec<&Field> = groups.iter().flat_map(|group| &group.fields).collect();
        form.errors = FormErrors::new(t, &fields, whole);
        form.groups = groups;
        form
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

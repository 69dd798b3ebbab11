//! A page of sections: of a weapon, an incident, a trace, a return.

use askama::Template;
use egnatia_app::{AppError, FASTER};

use super::alert_form::Wrong;
use crate::parts::{Clock, Facts, FieldGroup, Form, Table, Tone};
use crate::problem::Problem;
use crate::words::sentence;
use crate::{Frame, Texts};

/// A page with a heading and sections under it.
#[derive(Debug, Template)]
#[template(path = "firearm_sections.html")]
pub struct SectionsPage {
    /// The frame.
    pub frame: Frame,
    /// Where one comes from, and what it is called.
    pub back: (&'static str, String),
    /// What has to be known first.
    pub notice: Option<String>,
    /// The sections.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug, Default)]
pub struct Section {
    /// Names it on the page.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// What it means.
    pub means: Option<String>,
    /// Until when something is to be done.
    pub clock: Option<Clock>,
    /// What is known.
    pub facts: Facts,
    /// Ways to other pages, by what they are about.
    pub ways: Ways,
    /// The chain of a trace, drawn.
    pub drawing: Option<ChainDrawing>,
    /// Photographs.
    pub pictures: Vec<Picture>,
    /// The session's token, and what the button says that takes a photograph away.
    pub remove: Option<(String, String)>,
    /// Rows.
    pub table: Option<Table>,
    /// What may be done: address and words of a way to another page.
    pub links: Vec<(String, String)>,
    /// What may be filled in.
    pub form: Option<Form>,
}

/// Ways to other pages: what they are about, then address and words of each.
pub type Ways = Vec<(String, Vec<(String, String)>)>;

/// A photograph, small, with the way to the whole one.
#[derive(Debug)]
pub struct Picture {
    /// Address of the small one.
    pub small: String,
    /// Address of the whole one.
    pub whole: String,
    /// What it shows.
    pub shows: String,
    /// Who added it, and when.
    pub by: String,
    /// Where it is taken away, and what that is called.
    pub remove: Option<(String, String)>,
}

/// The chain of a trace: whoever asks on the left, whoever was asked to the right of them. The
/// table under it says the same.
#[derive(Debug)]
pub struct ChainDrawing {
    /// What it shows, for whoever does not see it.
    pub label: String,
    /// Height of the drawing.
    pub height: i32,
    /// Width of the drawing.
    pub width: i32,
    /// Countries.
    pub nodes: Vec<DrawnNode>,
    /// Lines from whoever handed the question over: x1, y1, x2, y2, how it stands.
    pub links: Vec<(i32, i32, i32, i32, &'static str)>,
}

/// A country of the drawing.
#[derive(Debug)]
pub struct DrawnNode {
    /// Horizontal place of its middle.
    pub x: i32,
    /// Vertical place of its middle.
    pub y: i32,
    /// Its code.
    pub code: String,
    /// Whether it is this node.
    pub own: bool,
    /// What it says.
    pub says: String,
    /// How that is meant.
    pub tone: Tone,
}

impl DrawnNode {
    /// The foot of the code.
    pub(super) fn foot(&self) -> i32 {
        self.y + 6
    }

    /// The foot of what it says.
    pub(super) fn below(&self) -> i32 {
        self.y + 44
    }
}

impl Section {
    /// A section with this heading.
    pub fn new(id: &'static str, heading: String) -> Self {
        Self {
            id,
            heading,
            ..Self::default()
        }
    }

    /// The same with what it means.
    pub fn means(self, text: String) -> Self {
        Self {
            means: Some(text),
            ..self
        }
    }

    /// The same with facts.
    pub fn facts(self, facts: Facts) -> Self {
        Self { facts, ..self }
    }

    /// The same with ways to other pages.
    pub fn ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    /// The same with a clock.
    pub fn clock(self, clock: Option<Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The same with a table.
    pub fn table(self, table: Table) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }

    /// The same with a form.
    pub fn form(self, form: Form) -> Self {
        Self {
            form: Some(form),
            ..self
        }
    }

    /// The same with a way to another page.
    pub fn link(mut self, href: impl Into<String>, text: String) -> Self {
        self.links.push((href.into(), text));
        self
    }
}

/// What is wrong with a form, where the use case named a field; the problem otherwise.
pub(super) fn wrong_of(error: AppError) -> Result<Wrong, Problem> {
    let conflict = match &error {
        AppError::Conflict(text) | AppError::Clash { problem: text, .. } => Some(sentence(text)),
        _ => None,
    };
    let problem = Problem::from(error);
    if let Some(text) = conflict {
        return Ok(Wrong::from([(String::new(), text)]));
    }
    if problem.errors.is_empty() {
        return Err(problem);
    }
    let errors = problem.errors.iter();
    Ok(errors
        .map(|error| (error.field.clone(), sentence(&error.detail)))
        .collect())
}

/// The same in the words of the reader's language, where there are any for this refusal.
pub(super) fn wrong_in_words(t: &Texts, error: AppError) -> Result<Wrong, Problem> {
    let named = match &error {
        AppError::Invalid(invalid) => Some((invalid.field, invalid.code)),
        AppError::Clash { code, .. } => Some(("", *code)),
        AppError::Conflict(text) if text == FASTER => Some(("", "faster")),
        _ => None,
    };
    let mut wrong = wrong_of(error)?;
    if let Some((field, code)) = named {
        let about = field.replace('_', "-");
        let keys = [
            format!("firearm-refused-{about}-{code}"),
            format!("firearm-refused-{code}"),
            format!("withheld-{code}"),
        ];
        if let Some(key) = keys.iter().find(|key| t.has(key)) {
            wrong.insert(field.to_owned(), t.text(key));
        }
    }
    Ok(wrong)
}

/// What was wrong with what a person sent in, where something was.
pub(super) fn wrong_in(
    went: Result<Result<(), AppError>, Wrong>,
) -> Result<Option<Wrong>, Problem> {
    match went {
        Ok(Ok(())) => Ok(None),
        Ok(Err(error)) => wrong_of(error).map(Some),
        Err(wrong) => Ok(Some(wrong)),
    }
}

/// What is wrong with a form of groups as a whole.
pub(super) fn whole_of(wrong: &Wrong, groups: &[FieldGroup]) -> Option<String> {
    let names = groups.iter().flat_map(|group| &group.fields);
    about_none(wrong, &names.map(|field| field.name).collect::<Vec<_>>())
}

/// What is wrong with a form as a whole: whatever is about none of these fields.
pub(super) fn whole(wrong: &Wrong, fields: &[crate::parts::Field]) -> Option<String> {
    about_none(
        wrong,
        &fields.iter().map(|field| field.name).collect::<Vec<_>>(),
    )
}

/// What is wrong about none of these fields.
pub(super) fn about_none(wrong: &Wrong, names: &[&str]) -> Option<String> {
    let known = |name: &String| names.contains(&name.as_str());
    let others = wrong.iter().filter(|(name, _)| !known(name));
    let texts: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

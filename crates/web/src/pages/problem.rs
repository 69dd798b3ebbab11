//! What went wrong: what happened, what it means, what to do.

use askama::Template;

use crate::Frame;

/// The page of an error.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    frame: Frame,
    code: String,
    happened: String,
    means: String,
    to_do: String,
    details: Vec<String>,
}

impl ProblemPage {
    /// The page of the problem with this code. `details` say more about this
    /// case.
    pub fn new(frame: Frame, code: &str, details: Vec<String>) -> Self {
        let t = frame.t;
        Self {
            happened: t.text(&format!("problem-{code}")),
            means: t.text(&format!("problem-{code}-means")),
            to_do: t.text(&format!("problem-{code}-do")),
            code: code.to_owned(),
            details,
            frame,
        }
    }
}

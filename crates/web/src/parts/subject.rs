//! Header of a person or thing: the name in the script of the source first.

use askama::Template;

use crate::Texts;

/// Whom or what a page is about.
#[derive(Debug, Template)]
#[template(path = "parts/subject.html")]
pub struct Subject {
    /// The texts.
    pub t: &'static Texts,
    /// Person, organisation, vessel, aircraft.
    pub schema: String,
    /// The name as the source has it.
    pub name: String,
    /// Further names, such as those in other scripts.
    pub others: Vec<String>,
    /// When the person was born, or the thing was built.
    pub born: Option<String>,
    /// Numbers with what they are: in a face that tells 0 from O and 1 from l from I.
    pub numbers: Vec<(String, String)>,
}

//! Users: who may sign in, and as what.

use askama::Template;

use crate::Frame;
use crate::parts::{Facts, Form, Table};

/// The page of all accounts.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub struct UsersPage {
    /// The frame.
    pub frame: Frame,
    /// The accounts, by login.
    pub table: Table,
    /// The form that makes one.
    pub create: Form,
    /// Whether the form is open: somebody filled it in before.
    pub open: bool,
}

/// The page of one account.
#[derive(Debug, Template)]
#[template(path = "user.html")]
pub struct UserPage {
    /// The frame.
    pub frame: Frame,
    /// What is known of it.
    pub facts: Facts,
    /// What may be done with it: a heading, what it means, and the form.
    pub acts: Vec<Act>,
}

/// Something that an administrator may do with an account.
#[derive(Debug)]
pub struct Act {
    /// Names it on the page.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// What it means.
    pub means: String,
    /// The form.
    pub form: Form,
}

//! A weapon is registered: checked first, then written.

use std::collections::BTreeSet;

use axum::response::Response;
use egnatia_app::{Action, AppError, LikeFirearm, NewFirearm, OWN_FIREARMS};
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole_of, wrong_in_words};
use super::{checking, firearm_fields, terms};
use crate::Area;
use crate::parts::{Cell, Empty, FieldGroup, Form, Table};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};

/// Shows the form of a new weapon.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let page = new_page(&signed, (&Posted::default(), &Wrong::new()), &[]).await;
    Ok(show(&page))
}

async fn new_page(
    signed: &Signed,
    (posted, wrong): (&Posted, &Wrong),
    like: &[LikeFirearm],
) -> SectionsPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("firearm-new"), Some(Area::Firearms))
        .await;
    let filler = Filler { t, posted, wrong };
    let mut groups = firearm_fields::groups(&filler);
    // Only in the register: a trace asks after one weapon.
    let more = vec![
        filler.line("reference", "firearm-reference"),
        filler.area("distinguished_by", "firearm-distinguished"),
    ];
    groups.push(FieldGroup::new(t.text("firearm-group-register"), more).folded());
    let mut sections = Vec::new();
    if !like.is_empty() {
        let (section, group) = like_parts(signed, &filler, like);
        sections.push(section);
        groups.push(group);
    }
    let whole = whole_of(wrong, &groups);
    let form = Form::grouped(t, "/firearms", groups, t.text("firearm-new-submit"), whole);
    sections.push(
        Section::new("new", t.text("firearm-what"))
            .means(t.text("firearm-new-means"))
            .form(form.csrf(frame.csrf())),
    );
    SectionsPage {
        back: ("/firearms", t.text("firearms-title")),
        notice: None,
        sections,
        frame,
    }
}

/// What agrees with a weapon, and the choice of what is another one.
pub(super) fn like_parts(
    signed: &Signed,
    filler: &Filler<'_>,
    like: &[LikeFirearm],
) -> (Section, FieldGroup) {
    let t = filler.t;
    let section = Section::new("like", t.text("firearm-like"))
        .means(t.text("firearm-like-means"))
        .table(like_table(signed, like));
    let choices = like.iter().map(|like| {
        let name = format!("{} ({})", like.name, list_of(signed, &like.list));
        (like.record.to_string(), name)
    });
    let different = filler.several("different_from", "firearm-different", choices.collect());
    let group = FieldGroup::new(t.text("firearm-like"), vec![different]);
    (section, group)
}

/// Where something stands that agrees with a weapon.
fn list_of(signed: &Signed, list: &str) -> String {
    terms::own_or_received(&signed.state.app, signed.t(), list)
}

/// What agrees with a weapon, the likest first.
pub(super) fn like_table(signed: &Signed, like: &[LikeFirearm]) -> Table {
    let t = signed.t();
    let columns = &["column-name", "column-list", "column-likelihood"];
    let rows = like.iter().map(|like| {
        let path = match like.list == OWN_FIREARMS {
            true => format!("/firearms/{}", like.record),
            false => format!("/alerts/{}", like.record),
        };
        vec![
            Cell::link(path, like.name.as_str()),
            Cell::Text(list_of(signed, &like.list)),
            checking::likelihood(t, like.assessment.probability),
        ]
    });
    Table::new(t, String::new(), columns, Empty::default()).rows(rows.collect())
}

/// Registers a weapon, after what is like it was shown.
pub(crate) async fn register(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let particulars = match firearm_fields::read(&posted, t) {
        Ok(particulars) => particulars,
        Err(wrong) => {
            return Ok(show_refused(
                &new_page(&signed, (&posted, &wrong), &[]).await,
            ));
        }
    };
    let different: BTreeSet<RecordId> = posted
        .all("different_from")
        .into_iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    let new = NewFirearm {
        particulars: particulars.clone(),
        reference: posted.some("reference"),
        first: None,
        different_from: different,
    };
    let error = match app.register_firearm(caller, new).await {
        Ok(id) => return Ok(done(&format!("/firearms/{id}"), "firearm-registered")),
        Err(error) => error,
    };
    let mut wrong = wrong_in_words(signed.t(), error)?;
    // The mark of the frame or receiver has fields of its own here.
    if let Some(text) = wrong.remove("marks") {
        wrong.insert("unique_mark".to_owned(), text);
    }
    let like = match app.like_firearms(caller, &particulars).await {
        Ok(like) => like,
        // What is wrong with the weapon stands beside its fields.
        Err(AppError::Invalid(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(show_refused(
        &new_page(&signed, (&posted, &wrong), &like).await,
    ))
}

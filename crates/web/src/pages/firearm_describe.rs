//! What a weapon is, corrected: a number that was misread, a model that was taken for another.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::Reason;
use egnatia_app::{Action, AppError, Described, FirearmView, LikeFirearm};
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{self, filled};
use super::firearm_new::like_parts;
use super::firearm_sections::{Section, SectionsPage, whole_of, wrong_in_words};
use super::record_id;
use crate::Area;
use crate::parts::{FieldGroup, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};

/// Shows what the weapon is, to be corrected.
pub(crate) async fn show_description(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    let posted = Posted::of(filled(&view.firearm.particulars));
    let page = describe_page(&signed, (id, &view), (&posted, &Wrong::new()), &[]).await;
    Ok(show(&page))
}

async fn describe_page(
    signed: &Signed,
    (id, view): (RecordId, &FirearmView),
    (posted, wrong): (&Posted, &Wrong),
    like: &[LikeFirearm],
) -> SectionsPage {
    let t = signed.t();
    let name = view.firearm.particulars.display_name();
    let frame = signed
        .frame(
            t.with("firearm-describe-of", "name", name),
            Some(Area::Firearms),
        )
        .await;
    let filler = Filler { t, posted, wrong };
    let mut groups = firearm_fields::groups(&filler);
    let more = vec![filler.area("distinguished_by", "firearm-distinguished")];
    groups.push(FieldGroup::new(t.text("firearm-group-register"), more).folded());
    let mut sections = Vec::new();
    if !like.is_empty() {
        let (section, group) = like_parts(signed, &filler, like);
        sections.push(section);
        groups.push(group);
    }
    let why = vec![filler.area("why", "firearm-correct-reason").required()];
    groups.push(FieldGroup::new(t.text("firearm-describe-why"), why));
    let whole = whole_of(wrong, &groups);
    let submit = t.text("firearm-correct-submit");
    let path = format!("/firearms/{id}/description");
    let form = Form::grouped(t, path, groups, submit, whole);
    let missed = view.firearm.alert.is_some();
    sections.push(
        Section::new("description", t.text("firearm-what"))
            .means(t.text(match missed {
                true => "firearm-describe-missed",
                false => "firearm-describe-means",
            }))
            .form(form.csrf(frame.csrf())),
    );
    SectionsPage {
        back: ("/firearms", t.text("firearms-title")),
        notice: None,
        sections,
        frame,
    }
}

/// Corrects what the weapon is, after what is like it was shown.
pub(crate) async fn describe(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let view = app.view_firearm(caller, id).await?;
    let why = Reason::try_from(posted.text("why"));
    let read = firearm_fields::read(&posted, t);
    let (why, particulars) = match (why, read) {
        (Ok(why), Ok(particulars)) => (why, particulars),
        (why, read) => {
            let mut wrong = read.err().unwrap_or_default();
            if why.is_err() {
                wrong.insert("why".to_owned(), t.text("alert-reason-invalid"));
            }
            let page = describe_page(&signed, (id, &view), (&posted, &wrong), &[]);
            return Ok(show_refused(&page.await));
        }
    };
    let different = posted.all("different_from").into_iter();
    let different: BTreeSet<RecordId> = different.filter_map(|id| id.parse().ok()).collect();
    let described = Described {
        particulars: particulars.clone(),
        why,
        different_from: different,
    };
    let error = match app.describe_firearm(caller, id, described).await {
        Ok(()) => return Ok(done(&format!("/firearms/{id}"), "firearm-described")),
        Err(error) => error,
    };
    let mut wrong = wrong_in_words(t, error)?;
    if let Some(text) = wrong.remove("marks") {
        wrong.insert("unique_mark".to_owned(), text);
    }
    let mut like = match app.like_firearms(caller, &particulars).await {
        Ok(like) => like,
        // What is wrong with the weapon stands beside its fields.
        Err(AppError::Invalid(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    like.retain(|like| like.record != id && Some(like.record) != view.firearm.alert);
    let page = describe_page(&signed, (id, &view), (&posted, &wrong), &like);
    Ok(show_refused(&page.await))
}

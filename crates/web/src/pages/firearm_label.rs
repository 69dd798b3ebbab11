//! The label of a weapon, to be printed: a code that any scanner reads, and the number in letters.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::Action;
use egnatia_firearms::Label;

use super::partner_card::{Qr, qr};
use super::record_id;
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Signed, show};
use crate::{Area, Frame};

/// The page with the label of a weapon.
#[derive(Debug, Template)]
#[template(path = "firearm_label.html")]
pub struct FirearmLabelPage {
    /// The frame.
    pub frame: Frame,
    /// The page of the weapon.
    pub back: String,
    /// What the code holds, and what stands below it.
    pub label: Label,
    /// The code.
    pub qr: Qr,
}

/// Shows the label of a weapon.
pub(crate) async fn show_label(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    let t = signed.t();
    let frame = signed
        .frame(t.text("firearm-label"), Some(Area::Firearms))
        .await;
    let label = Label::of(id, &view.firearm.particulars);
    let name = t.text("firearm-label-code");
    // The texts of a weapon are bounded so that they fit into one code.
    let qr = qr(&label.code(), name).ok_or(Problem::new(ProblemCode::Internal))?;
    Ok(show(&FirearmLabelPage {
        back: format!("/firearms/{id}"),
        label,
        qr,
        frame,
    }))
}

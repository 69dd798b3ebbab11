//! Handler of the reading: how the box of the check page is read, while somebody types.
//!
//! It reads the text that was sent and nothing else; what was sent is kept nowhere.

use axum::response::Response;
use egnatia_app::Action;

use super::checking;
use crate::parts::Reading;
use crate::problem::Problem;
use crate::visit::{Posted, Signed, show};

/// Shows how the box is read: as a part for the script, or on the whole page.
pub(crate) async fn read(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    let state = &signed.state;
    state
        .readings
        .admit(&signed.caller().login, signed.visit.now)?;
    if posted.raw("part") == "reading" {
        let today = signed.visit.today();
        return Ok(show(&Reading::of(signed.t(), &posted.text("q"), today)));
    }
    let input = checking::typed(&signed, &posted);
    Ok(show(&checking::page(&signed, &input).await?))
}

//! A table that somebody gives to be imported is held until they have seen how it is read.

use axum::extract::Request;
use egnatia_app::checksum;

use super::screening_flow::file_of;
use crate::guard;
use crate::problem::{Problem, ProblemCode};
use crate::screens::Busy;
use crate::tables::{Tables, WaitingTable};
use crate::visit::Signed;

/// Holds the table of a form among `tables`. The inner error says what is wrong with it.
pub(super) async fn take(
    signed: &Signed,
    tables: &Tables,
    request: Request,
) -> Result<Result<(), String>, Problem> {
    let (token, name, bytes) = file_of(request).await?;
    if !guard::same_token(&signed.who.csrf, &token) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    if bytes.is_empty() {
        return Ok(Err(signed.t().text("screen-no-file")));
    }
    let sum = checksum(&mut bytes.as_ref());
    let table = WaitingTable {
        name,
        checksum: sum.map_err(|_| Problem::new(ProblemCode::Internal))?,
        bytes,
        since: signed.visit.now,
    };
    let held = tables.hold(&signed.caller().login, table);
    Ok(held.map_err(|Busy| signed.t().text("screen-busy")))
}

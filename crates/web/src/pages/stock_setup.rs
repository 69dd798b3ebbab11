//! A site is set up, and periods are closed.

use axum::response::Response;
use egnatia_app::{Action, NewPlace, NewSite};
use jiff::tz::TimeZone;

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::read_day;
use super::firearm_sections::{Section, SectionsPage, whole, wrong_of};
use super::stock_words::wrong_at;
use crate::Area;
use crate::parts::{Cell, Facts, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};

/// Shows the form of a new site, and that which closes a period.
pub(crate) async fn show_setup(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let nothing = (&Posted::default(), &Wrong::new());
    Ok(show(&page(&signed, "", nothing).await?))
}

async fn page(
    signed: &Signed,
    act: &str,
    (posted, wrong): (&Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let title = t.text("stock-setup");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let closed = signed.state.app.stock_closed_until(signed.caller()).await?;
    let (empty, right) = (Posted::default(), Wrong::new());
    let given = |of: &str| match act == of {
        true => (posted, wrong),
        false => (&empty, &right),
    };
    let (posted, wrong) = given("site");
    let filler = Filler { t, posted, wrong };
    let fields = vec![
        filler.line("name", "stock-site-name").required(),
        filler.area("places", "stock-site-places").required(),
    ];
    let others = whole(wrong, &fields);
    let submit = t.text("stock-site-submit");
    let site = Form::new(t, "/stock-setup/site", fields, submit, others);
    let (posted, wrong) = given("close");
    let filler = Filler { t, posted, wrong };
    let fields = vec![filler.line("until", "stock-close-until").required()];
    let others = whole(wrong, &fields);
    let submit = t.text("stock-close-submit");
    let close = Form::new(t, "/stock-setup/close", fields, submit, others);
    let never = || Cell::Text(t.text("stock-closed-never"));
    let until = closed.map_or_else(never, |at| Cell::Time(frame.moment(at)));
    let facts = Facts::new().with(t.text("stock-closed-until"), until);
    Ok(SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![
            Section::new("site", t.text("stock-site-new"))
                .means(t.text("stock-site-means"))
                .form(site.csrf(frame.csrf())),
            Section::new("close", t.text("stock-close"))
                .means(t.text("stock-close-means"))
                .facts(facts)
                .form(close.csrf(frame.csrf()).danger()),
        ],
        frame,
    })
}

/// Places as a form has them: code; name; the code of what each is in.
fn read_places(text: &str) -> Option<Vec<NewPlace>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut cells = line.split(';').map(str::trim);
            let place = NewPlace {
                code: cells.next()?.to_owned(),
                name: cells.next()?.to_owned(),
                inside: cells
                    .next()
                    .filter(|code| !code.is_empty())
                    .map(str::to_owned),
                licence: None,
            };
            cells.next().is_none().then_some(place)
        })
        .collect()
}

/// Sets up a site.
pub(crate) async fn set_up(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let wrong = match read_places(posted.raw("places")) {
        None => wrong_at("places", signed.t(), "stock-site-places-invalid"),
        Some(places) => {
            let new = NewSite {
                name: posted.text("name"),
                places,
            };
            match signed.state.app.set_up_site(signed.caller(), &new).await {
                Ok(_) => return Ok(done("/stores", "stock-site")),
                Err(error) => wrong_of(error)?,
            }
        }
    };
    Ok(show_refused(
        &page(&signed, "site", (&posted, &wrong)).await?,
    ))
}

/// Closes all periods up to the end of a day.
pub(crate) async fn close(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let zone: &TimeZone = &signed.state.node.zone;
    let day = read_day(&posted.text("until")).and_then(|day| day.tomorrow().ok());
    let end = day.and_then(|next| zone.to_timestamp(next.at(0, 0, 0, 0)).ok());
    let wrong = match end {
        None => wrong_at("until", signed.t(), "day-invalid"),
        Some(end) => {
            // The last moment of that day at the node.
            let moment = jiff::SignedDuration::from_micros(1);
            let until = end.checked_sub(moment).unwrap_or(end);
            let app = &signed.state.app;
            match app.close_stock_period(signed.caller(), until).await {
                Ok(()) => return Ok(done("/stock-setup", "stock-closed")),
                Err(error) => wrong_of(error)?,
            }
        }
    };
    Ok(show_refused(
        &page(&signed, "close", (&posted, &wrong)).await?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_places() {
        let places = read_places("A1; armoury\n\nA1-1; rack 1; A1\n").unwrap();
        assert_eq!(places.len(), 2);
        assert_eq!(places[1].inside.as_deref(), Some("A1"));
        assert!(read_places("A1").is_none() && read_places("a;b;c;d").is_none());
    }
}

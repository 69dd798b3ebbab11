//! An incident is recorded: where, when, what, and how it is handled.

use std::str::FromStr;

use axum::response::Response;
use egnatia_app::Action;
use egnatia_firearms::{
    Ammunition, Context, Country, Explosive, Incident, IncidentKind, InvolvedPerson, Offence, Part,
    Route, SeizedWeapon, Transport, read_position,
};
use egnatia_record::{Handling, HandlingCode, HandlingError, OriginRegime, RecordId, ReleasableTo};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{read_day, words, words_or_none};
use super::firearm_sections::{Section, SectionsPage, whole_of, wrong_in_words};
use super::terms;
use crate::parts::{FieldGroup, FieldKind, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Texts};

/// Shows the form of a new incident.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let page = new_page(&signed, (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

async fn new_page(signed: &Signed, (posted, wrong): (&Posted, &Wrong)) -> SectionsPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("incident-new"), Some(Area::Firearms))
        .await;
    let filler = Filler { t, posted, wrong };
    let kinds = words(
        t,
        "incident-is",
        IncidentKind::ALL.iter().map(|kind| kind.as_str()),
    );
    let border = vec![
        ("yes".to_owned(), t.text("incident-at-border")),
        ("no".to_owned(), t.text("incident-inland")),
    ];
    let contexts = Context::ALL.iter().map(|word| word.as_str());
    let contexts = words_or_none(t, "context", contexts);
    let transports = Transport::ALL.iter().map(|word| word.as_str());
    let transports = words_or_none(t, "transport", transports);
    let offences = Offence::ALL.iter().map(|word| word.as_str());
    let offences = words_or_none(t, "offence", offences);
    let place = vec![
        filler.choice("kind", "incident-kind", kinds),
        filler.line("on", "column-on").required(),
        filler.line("country", "incident-country").required(),
        filler.line("place", "incident-place").required(),
        filler.choice("border", "incident-border", border),
        filler.line("route", "incident-route"),
        filler.choice("context", "incident-context", contexts),
        filler.choice("transport", "incident-transport", transports),
        filler.choice("offence", "incident-offence", offences),
    ];
    let items = vec![
        filler.area("weapons", "incident-weapons"),
        filler.area("parts", "incident-parts"),
        filler.area("ammunition", "incident-ammunition"),
        filler.area("explosives", "incident-explosives"),
    ];
    let more = vec![
        filler.line("position", "incident-position"),
        filler.area("concealment", "incident-concealment"),
        filler.area("persons", "incident-persons"),
        filler.line("note", "incident-note").kind(FieldKind::Area),
    ];
    let handling = vec![
        filler.several("codes", "incident-codes", codes(t)),
        filler.line("restriction", "incident-restriction"),
    ];
    let groups = vec![
        FieldGroup::new(t.text("incident-where"), place),
        FieldGroup::new(t.text("incident-items"), items),
        FieldGroup::new(t.text("incident-group-more"), more).folded(),
        FieldGroup::new(t.text("incident-group-handling"), handling).folded(),
    ];
    let whole = whole_of(wrong, &groups);
    let form = Form::grouped(t, "/incidents", groups, t.text("incident-submit"), whole);
    SectionsPage {
        back: ("/incidents", t.text("incidents-title")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("incident-new-form"))
                .means(t.text("incident-new-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Records an incident.
pub(crate) async fn record(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let wrong = match read(&signed, &posted).await? {
        Ok(incident) => {
            let app = &signed.state.app;
            let handling = match handling(&posted) {
                Ok(handling) => handling,
                Err(error) => {
                    let text = crate::words::sentence(&error.to_string());
                    let wrong = Wrong::from([("restriction".to_owned(), text)]);
                    return Ok(show_refused(&new_page(&signed, (&posted, &wrong)).await));
                }
            };
            match app
                .record_incident(signed.caller(), incident, handling)
                .await
            {
                Ok(id) => return Ok(done(&format!("/incidents/{id}"), "incident-recorded")),
                Err(error) => wrong_in_words(signed.t(), error)?,
            }
        }
        Err(wrong) => wrong,
    };
    Ok(show_refused(&new_page(&signed, (&posted, &wrong)).await))
}

/// What was filled in. Weapons are named by their records in the register: each stands there
/// before, so that it was checked.
async fn read(signed: &Signed, posted: &Posted) -> Result<Result<Incident, Wrong>, Problem> {
    let t = signed.t();
    let mut wrong = Wrong::new();
    let mut say = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let on = read_day(&posted.text("on"));
    if on.is_none() {
        say("on", "day-invalid");
    }
    let country = posted.text("country").parse::<Country>();
    if country.is_err() {
        say("country", "firearm-country-invalid");
    }
    let route = posted.text("route");
    let codes = route
        .split(['>', ',', ' ', '→'])
        .filter(|code| !code.is_empty());
    let countries: Result<Vec<Country>, _> = codes.map(str::parse).collect();
    if countries.is_err() {
        say("route", "incident-route-invalid");
    }
    let position = posted.some("position").map(|text| read_position(&text));
    if position == Some(None) {
        say("position", "incident-position-invalid");
    }
    let parts = items::<Part>(posted, "parts");
    let ammunition = items::<Ammunition>(posted, "ammunition");
    let explosives = items::<Explosive>(posted, "explosives");
    for (field, read) in [
        ("parts", parts.is_some()),
        ("ammunition", ammunition.is_some()),
        ("explosives", explosives.is_some()),
    ] {
        if !read {
            say(field, "incident-line-invalid");
        }
    }
    let persons: Result<Vec<_>, _> = posted
        .lines("persons")
        .iter()
        .map(|line| line.parse().map(|file| InvolvedPerson { file }))
        .collect();
    if persons.is_err() {
        say("persons", "incident-persons-invalid");
    }
    let mut weapons = Vec::new();
    for line in posted.lines("weapons") {
        let id = line
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .parse::<RecordId>();
        let Ok(id) = id else {
            say("weapons", "incident-weapons-invalid");
            continue;
        };
        match signed.state.app.view_firearm(signed.caller(), id).await {
            Ok(view) => weapons.push(SeizedWeapon {
                particulars: view.firearm.particulars,
                firearm: Some(id),
            }),
            Err(egnatia_app::AppError::NotFound(_)) => say("weapons", "incident-weapons-invalid"),
            Err(error) => return Err(error.into()),
        }
    }
    let (Some(on), Ok(country), Ok(countries), Ok(persons), true) =
        (on, country, countries, persons, wrong.is_empty())
    else {
        return Ok(Err(wrong));
    };
    Ok(Ok(Incident {
        kind: IncidentKind::parse(posted.raw("kind")).unwrap_or(IncidentKind::Seizure),
        on,
        country,
        place: posted.text("place"),
        position: position.flatten(),
        at_border: posted.raw("border") == "yes",
        route: Route { countries },
        concealment: posted.text("concealment"),
        context: Context::parse(posted.raw("context")),
        transport: Transport::parse(posted.raw("transport")),
        offence: Offence::parse(posted.raw("offence")),
        weapons,
        parts: parts.unwrap_or_default(),
        ammunition: ammunition.unwrap_or_default(),
        explosives: explosives.unwrap_or_default(),
        persons,
        proceedings: None,
        note: posted.text("note"),
    }))
}

/// Codes that are added to H0.
fn codes(t: &Texts) -> Vec<(String, String)> {
    let codes = ["H1", "H2", "H3"].into_iter();
    codes
        .map(|code| (code.to_owned(), terms::word(t, &["code"], code)))
        .collect()
}

/// The handling of an incident: of this authority only.
fn handling(posted: &Posted) -> Result<Handling, HandlingError> {
    let codes = posted
        .all("codes")
        .into_iter()
        .filter_map(|code| code.parse().ok());
    Handling::new(
        std::iter::once(HandlingCode::H0).chain(codes),
        posted.some("restriction"),
        ReleasableTo::NobodyElse,
        OriginRegime::National,
    )
}

/// The items of a field, one a line; none where a line is none.
fn items<T: FromStr>(posted: &Posted, field: &str) -> Option<Vec<T>> {
    let lines = posted.lines(field);
    lines.iter().map(|line| line.parse().ok()).collect()
}

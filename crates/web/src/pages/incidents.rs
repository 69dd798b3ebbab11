//! Seizures, finds and surrenders: the list with what they have in common, one of them.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, IncidentView};
use egnatia_firearms::{Cluster, Incident};

use super::alert_facts::day;
use super::alert_form::Wrong;
use super::firearm_sections::{Section, SectionsPage};
use super::firearms::{FirearmsPage, tabs};
use super::incident_figures::degrees;
use super::{incident_proceedings, record_id, terms};
use crate::parts::{Cell, Empty, Facts, Table};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, show};
use crate::{Area, Frame, Texts, cursor};

const PAGE: u32 = 50;
/// So many clusters are shown.
const CLUSTERS_MAX: usize = 30;

/// Shows incidents, and what they have in common.
pub(crate) async fn show_incidents(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.incidents(signed.caller(), after, PAGE).await?;
    let mut tables = Vec::new();
    let frame = signed
        .frame(t.text("incidents-title"), Some(Area::Firearms))
        .await;
    let next = page
        .next
        .map(|next| format!("/incidents?after={}", cursor::write(next)));
    tables.push(table(&frame, &page.items).next(next));
    if after.is_none() {
        let clusters = app.incident_clusters(signed.caller()).await?;
        tables.push(clusters_table(t, &clusters));
    }
    let links = match signed.offers(Action::KeepFirearms) {
        true => vec![("/incidents/new", t.text("incident-new"))],
        false => Vec::new(),
    };
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/incidents"),
        lede: t.text("incidents-lede"),
        links,
        filters: Vec::new(),
        tables,
        frame,
    }))
}

fn table(frame: &Frame, incidents: &[IncidentView]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-on",
        "incident-kind",
        "incident-place",
        "incident-items",
        "incident-route",
    ];
    let rows = incidents.iter().map(|item| {
        let incident = &item.incident;
        vec![
            Cell::link(format!("/incidents/{}", item.id), day(incident.on)),
            Cell::Text(terms::word(t, &["incident-is"], incident.kind.as_str())),
            Cell::Text(format!("{}, {}", incident.place, incident.country)),
            Cell::Number(
                incident
                    .weapons
                    .len()
                    .saturating_add(incident.parts.len())
                    .saturating_add(incident.ammunition.len())
                    .saturating_add(incident.explosives.len())
                    .to_string(),
            ),
            Cell::Text(incident.route.text()),
        ]
    });
    Table::new(t, String::new(), columns, Empty::of(t, "incidents")).rows(rows.collect())
}

fn clusters_table(t: &'static Texts, clusters: &[Cluster]) -> Table {
    let columns = &["cluster-what", "cluster-by", "cluster-incidents"];
    let rows = clusters.iter().take(CLUSTERS_MAX).map(|cluster| {
        vec![
            Cell::Text(cluster.name.clone()),
            Cell::Text(terms::word(t, &["cluster-is"], cluster.by.as_str())),
            Cell::Number(cluster.incidents.len().to_string()),
        ]
    });
    let empty = Empty::of(t, "clusters");
    Table::new(t, t.text("clusters-title"), columns, empty).rows(rows.collect())
}

/// Shows an incident.
pub(crate) async fn show_incident(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let app = &signed.state.app;
    let view = app.view_incident(signed.caller(), id).await?;
    let nothing = (Posted::default(), Wrong::new());
    Ok(show(&page(&signed, &view, (&nothing.0, &nothing.1)).await))
}

/// The page of an incident.
pub(super) async fn page(
    signed: &Signed,
    view: &IncidentView,
    filled: (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let incident = &view.incident;
    let title = format!(
        "{}, {}, {}",
        terms::word(t, &["incident-is"], incident.kind.as_str()),
        incident.place,
        day(incident.on)
    );
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let mut sections = vec![
        Section::new("where", t.text("incident-where")).facts(facts(t, view)),
        Section::new("items", t.text("incident-items")).table(items(t, incident)),
    ];
    sections.extend(incident_proceedings::section(&frame, view, filled));
    SectionsPage {
        back: ("/incidents", t.text("incidents-title")),
        notice: None,
        sections,
        frame,
    }
}

fn facts(t: &Texts, view: &IncidentView) -> Facts {
    let incident = &view.incident;
    let text = |text: &str| (!text.is_empty()).then(|| Cell::Text(text.to_owned()));
    let at = match incident.at_border {
        true => "incident-at-border",
        false => "incident-inland",
    };
    let persons = incident
        .persons
        .iter()
        .map(|person| Cell::Exact(person.file.to_string()));
    Facts::new()
        .with(t.text("column-on"), Cell::Text(day(incident.on)))
        .with(
            t.text("incident-place"),
            Cell::Lines(incident.place.clone(), incident.country.to_string()),
        )
        .with_some(
            t.text("incident-position"),
            incident.position.map(|exact| Cell::Exact(degrees(exact))),
        )
        .with(t.text("incident-border"), Cell::Text(t.text(at)))
        .with_some(t.text("incident-route"), text(&incident.route.text()))
        .with_some(t.text("incident-concealment"), text(&incident.concealment))
        .with_some(
            t.text("incident-context"),
            incident
                .context
                .map(|word| Cell::Text(terms::word(t, &["context"], word.as_str()))),
        )
        .with_some(
            t.text("incident-transport"),
            incident
                .transport
                .map(|word| Cell::Text(terms::word(t, &["transport"], word.as_str()))),
        )
        .with_some(
            t.text("incident-offence"),
            incident
                .offence
                .map(|word| Cell::Text(terms::word(t, &["offence"], word.as_str()))),
        )
        .with_all(t.text("incident-persons"), persons.collect())
        .with_some(t.text("incident-note"), text(&incident.note))
        .with(
            t.text("column-by"),
            Cell::Text(view.envelope.author.to_string()),
        )
}

fn items(t: &'static Texts, incident: &Incident) -> Table {
    let columns = &["column-name", "incident-what", "incident-count"];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for weapon in &incident.weapons {
        let what = &weapon.particulars;
        let name = what.display_name();
        rows.push(vec![
            match weapon.firearm {
                Some(id) => Cell::link(format!("/firearms/{id}"), name),
                None => Cell::Text(name),
            },
            Cell::Text(terms::word(t, &["weapon"], what.kind.as_str())),
            Cell::Text("1".to_owned()),
        ]);
    }
    for part in &incident.parts {
        rows.push(vec![
            Cell::Text(part.what.clone()),
            Cell::Text(t.text("incident-parts")),
            Cell::Text(part.count.to_string()),
        ]);
    }
    for rounds in &incident.ammunition {
        let lot = rounds.lot.as_ref().map(|lot| format!(", {lot}"));
        let make = rounds.make.as_ref().map(|make| format!(", {make}"));
        rows.push(vec![
            Cell::Text(format!(
                "{}{}{}",
                rounds.calibre,
                make.unwrap_or_default(),
                lot.unwrap_or_default()
            )),
            Cell::Text(t.text("incident-ammunition")),
            Cell::Text(rounds.rounds.to_string()),
        ]);
    }
    for explosive in &incident.explosives {
        let amount = match explosive.mass_g {
            0 => explosive.count.to_string(),
            grams => format!("{grams} g"),
        };
        rows.push(vec![
            Cell::Text(explosive.what.clone()),
            Cell::Text(t.text("incident-explosives")),
            Cell::Text(amount),
        ]);
    }
    Table::new(t, String::new(), columns, Empty::default()).rows(rows)
}

//! Seizures, finds and surrenders: recorded with what happened to the weapons of the register in
//! the same transaction; seen; brought together.

use egnatia_audit::Operation;
use egnatia_firearms::{
    Cluster, Event, Incident, IncidentFilter, IncidentKind, MonthFigures, PlaceFigures, Precision,
    Proceedings, Recording, clusters, places, series,
};
use egnatia_record::{Envelope, Handling, Kind, RecordId};
use serde_json::json;

use super::{purpose_of, shared_reference, terms};
use crate::port::{Cursor, RecordFilter};
use crate::writing::{Beside, EventAbout, Keep, Terms};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body};

/// The state of an incident.
const RECORDED: &str = "recorded";
/// So many incidents are read at a time, and so many of them at most for figures and clusters.
const PAGE: u32 = 500;
const INCIDENTS_MAX: usize = 100_000;

/// An incident with its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentView {
    /// The record.
    pub id: RecordId,
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub incident: Incident,
    /// Whether the caller may say what became of persons.
    pub may_change: bool,
}

/// A line in the list of incidents.
pub type IncidentSummary = IncidentView;

impl App {
    /// Records an incident, and on each of its weapons that stands in the register what happened
    /// to it, in one transaction. What was missed is missed no longer. The handling codes decide how
    /// exactly its place is shown to others, and on the map.
    ///
    /// # Errors
    /// [`AppError::Invalid`], by the first thing that is wrong; [`AppError::NotFound`] where a
    /// weapon is not in the register; [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn record_incident(
        &self,
        caller: &Caller,
        incident: Incident,
        handling: Handling,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let purpose = purpose_of(caller)?;
        incident
            .validate(self.today())
            .map_err(|error| Invalid::new(error.field(), error.name(), error.to_string()))?;
        let mut writing = self.writing(caller);
        let id = writing.new_id();
        let authority = self.inner.settings.authority.clone();
        let circumstances = format!("incident {id}, {}", incident.place);
        let mut records = Vec::new();
        for weapon in incident.weapons.iter().filter_map(|weapon| weapon.firearm) {
            let (stored, firearm) = self.load_firearm(weapon).await?;
            let taken = egnatia_firearms::Taken {
                authority: authority.clone(),
                circumstances: circumstances.clone(),
            };
            let event = match incident.kind {
                IncidentKind::Seizure => Event::Seizure(taken),
                IncidentKind::Find => Event::Find(taken),
                IncidentKind::Surrender => Event::Surrender(taken),
            };
            let recording = Recording {
                event,
                on: incident.on,
                by: caller.login.clone(),
                at: writing.at,
            };
            self.put_event(&mut writing, caller, (&stored, firearm), recording)
                .await?;
            records.push(weapon);
        }
        let keep = Keep::Erase(self.inner.firearms.keep_days);
        let personal = !incident.persons.is_empty();
        let links: Vec<(&'static str, RecordId)> =
            records.iter().map(|weapon| ("firearm", *weapon)).collect();
        let beside = Beside::new(RECORDED, Operation::Collection)
            .links(links)
            .data(json!({ "kind": incident.kind, "weapons": records }));
        let terms = Terms {
            handling,
            ..terms(Kind::Incident, purpose, personal, keep)
        };
        writing.create(id, terms, &incident, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(id)
    }

    /// Records what became of persons, by number only, in place of what was known of it before.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the numbers cannot be; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn record_proceedings(
        &self,
        caller: &Caller,
        id: RecordId,
        proceedings: Proceedings,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (stored, mut incident) = self.load::<Incident>(id, Kind::Incident).await?;
        proceedings
            .validate(self.today())
            .map_err(|error| Invalid::new(error.field(), error.name(), error.to_string()))?;
        incident.proceedings = Some(proceedings);
        let mut writing = self.writing(caller);
        let beside = Beside::new(RECORDED, Operation::Alteration)
            .data(json!({ "change": "proceedings", "on": proceedings.on }));
        writing.change(&stored, None, &incident, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// An incident.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_incident(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<IncidentView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, incident) = self.load::<Incident>(id, Kind::Incident).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(self.shown(caller, stored.envelope, incident))
    }

    /// The incident as the caller may see it: whoever does not keep firearms sees its position as
    /// exactly as the handling codes allow.
    fn shown(&self, caller: &Caller, envelope: Envelope, mut incident: Incident) -> IncidentView {
        let policy = self.inner.policy;
        let may_change = policy.permits(caller, Action::KeepFirearms, None);
        if !may_change {
            let precision = Precision::of(&envelope.handling);
            incident.position = incident.position.and_then(|exact| precision.coarsen(exact));
        }
        IncidentView {
            id: envelope.id,
            envelope,
            incident,
            may_change,
        }
    }

    /// Incidents by month and kind.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn incident_series(
        &self,
        caller: &Caller,
        filter: &IncidentFilter,
    ) -> Result<Vec<MonthFigures>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let all = self.all_incidents().await?;
        let rows = series(filter, all.iter().map(|view| &view.incident));
        self.log_figures(caller, "incident-series", filter).await?;
        Ok(rows)
    }

    /// Incidents by place, each as exactly as its handling codes allow.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn incident_places(
        &self,
        caller: &Caller,
        filter: &IncidentFilter,
    ) -> Result<Vec<PlaceFigures>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let all = self.all_incidents().await?;
        let each = all
            .iter()
            .map(|view| (&view.envelope.handling, &view.incident));
        let rows = places(filter, each);
        self.log_figures(caller, "incident-places", filter).await?;
        Ok(rows)
    }

    async fn log_figures(
        &self,
        caller: &Caller,
        what: &str,
        filter: &IncidentFilter,
    ) -> Result<(), AppError> {
        let about = EventAbout::subject(what).data(json!({ "filter": filter }));
        self.log_consultation(caller, about).await
    }

    /// Incidents, the newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn incidents(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<IncidentSummary>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let filter = RecordFilter {
            kind: Kind::Incident,
            state: Some(RECORDED.to_owned()),
            created_by: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut items = Vec::with_capacity(stored.len());
        for record in stored {
            if let Some(incident) = read_body(&record)? {
                items.push(self.shown(caller, record.envelope, incident));
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.id).collect();
        let about = EventAbout::subject("incidents").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// Incidents that have weapons, lots, numbers or ways in common.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn incident_clusters(&self, caller: &Caller) -> Result<Vec<Cluster>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let all = self.all_incidents().await?;
        let incidents = all.iter().map(|view| (view.id, &view.incident));
        let found = clusters(incidents, shared_reference()?, &self.inner.firearms);
        let about = EventAbout::subject("incident-clusters")
            .data(json!({ "incidents": all.len(), "clusters": found.len() }));
        self.log_consultation(caller, about).await?;
        Ok(found)
    }

    /// Every incident that is recorded.
    pub(super) async fn all_incidents(&self) -> Result<Vec<IncidentView>, AppError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter {
                kind: Kind::Incident,
                state: Some(RECORDED.to_owned()),
                created_by: None,
                after,
                limit: PAGE,
            };
            let stored = self.store().find(&filter).await?;
            after = next_page(&stored, PAGE);
            for record in stored {
                if let Some(incident) = read_body(&record)? {
                    all.push(IncidentView {
                        id: record.envelope.id,
                        envelope: record.envelope,
                        incident,
                        may_change: false,
                    });
                }
            }
            if all.len() > INCIDENTS_MAX {
                let text = format!("more than {INCIDENTS_MAX} incidents; count a shorter time");
                return Err(Invalid::new("period", "too-many", text).into());
            }
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

//! Seizures, finds and surrenders: recorded with what happened to the weapons of the register in
//! the same transaction; seen; brought together.

use egnatia_audit::Operation;
use egnatia_firearms::{Cluster, Event, Incident, IncidentKind, Recording, clusters};
use egnatia_record::{Envelope, Kind, RecordId};
use serde_json::json;

use super::{purpose_of, shared_reference, terms};
use crate::port::{Cursor, RecordFilter};
use crate::writing::{Beside, EventAbout, Keep};
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
}

/// A line in the list of incidents.
pub type IncidentSummary = IncidentView;

impl App {
    /// Records an incident, and on each of its weapons that stands in the register what happened
    /// to it, in one transaction. What was missed is missed no longer.
    ///
    /// # Errors
    /// [`AppError::Invalid`], by the first thing that is wrong; [`AppError::NotFound`] where a
    /// weapon is not in the register; [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn record_incident(
        &self,
        caller: &Caller,
        incident: Incident,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let purpose = purpose_of(caller)?;
        incident
            .validate(self.today())
            .map_err(|error| Invalid::new(error.field(), "refused", error.to_string()))?;
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
        let terms = terms(Kind::Incident, purpose, personal, keep);
        writing.create(id, terms, &incident, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(id)
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
        Ok(IncidentView {
            id,
            envelope: stored.envelope,
            incident,
        })
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
                items.push(IncidentView {
                    id: record.envelope.id,
                    envelope: record.envelope,
                    incident,
                });
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
        let incidents = all.iter().map(|(id, incident)| (*id, incident));
        let found = clusters(incidents, shared_reference()?, &self.inner.firearms);
        let about = EventAbout::subject("incident-clusters")
            .data(json!({ "incidents": all.len(), "clusters": found.len() }));
        self.log_consultation(caller, about).await?;
        Ok(found)
    }

    /// Every incident that is recorded.
    pub(super) async fn all_incidents(&self) -> Result<Vec<(RecordId, Incident)>, AppError> {
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
            for record in &stored {
                if let Some(incident) = read_body(record)? {
                    all.push((record.envelope.id, incident));
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

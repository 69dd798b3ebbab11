//! Alerts as they are seen, with where each of them went.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, AlertState, Inquiry};
use egnatia_record::{Envelope, Kind, RecordId};
use jiff::civil::Date;
use serde_json::json;

use super::{ACTIVE, RECEIVED, RESTRICTED, RETURNED};
use crate::exchange::Recipient;
use crate::hits::FOLLOWED_UP;
use crate::port::{DeliveryRow, DueFilter, DuePlace, ReceivedRow, RecordFilter, StoredRecord};
use crate::transfers::ToJustify;
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, Enveloped, Invalid, Page, read_body};

/// An alert with all that is known of it.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub alert: Alert,
    /// Its state: `active`, `received`, `withdrawn`, `restricted`.
    pub state: String,
    /// Whether it is the node's own.
    pub is_own: bool,
    /// Where it may go today; empty for a partner's alert.
    pub recipients: Vec<Recipient>,
    /// To whom it, or what is told of it, goes only once somebody justifies it (rule LED-24).
    pub to_justify: Vec<ToJustify>,
    /// What was ever queued about it, oldest first: the ledger of its disclosure.
    pub deliveries: Vec<DeliveryRow>,
    /// How it came, where it is a partner's.
    pub received: Option<ReceivedRow>,
    /// Its versions, oldest first.
    pub versions: Vec<Envelope>,
    /// Matches that it led to, oldest first.
    pub matches: Vec<RecordId>,
    /// Hits of this node's own officers.
    pub hits: Vec<RecordId>,
    /// Questions about it.
    pub inquiries: Vec<RecordId>,
    /// Reports of hits.
    pub hit_reports: Vec<RecordId>,
    /// That its purpose is achieved, where its issuer was told and has not answered (rule SIS-12).
    pub notice: Option<Enveloped<Inquiry>>,
    /// Whether a hit on it was followed up, here or at a partner's.
    pub followed_up: bool,
    /// When whoever entered it is warned of its review date.
    pub warn_on: Date,
    /// Whether the caller may change it.
    pub may_change: bool,
}

/// A line in the list of alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertSummary {
    /// The alert.
    pub alert: RecordId,
    /// Its envelope.
    pub envelope: Envelope,
    /// What it says.
    pub body: Alert,
    /// Its state.
    pub state: String,
}

/// Which alerts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertList {
    /// The node's own, what is due for review first.
    Own,
    /// Those of partners.
    Received,
    /// The node's own that partners have returned after a restore, and on which nobody has decided.
    Returned,
}

impl App {
    /// An alert, with where it went.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn view_alert(&self, caller: &Caller, id: RecordId) -> Result<AlertView, AppError> {
        let (stored, mut alert) = self.load_alert(caller, id, Action::ViewAlert).await?;
        let is_own = stored.envelope.originator == self.inner.settings.authority;
        let may_change = is_own
            && alert.is_active()
            && self.inner.policy.permits(caller, Action::EnterAlert, None);
        if stored.state == RESTRICTED
            && !self.inner.policy.permits(caller, Action::EnterAlert, None)
        {
            return Err(AppError::NotFound("alert"));
        }
        let recipients = if is_own {
            let justified = self.justified(id).await?;
            self.recipients_of(&stored.envelope, &alert, &justified)
        } else {
            Vec::new()
        };
        let to_justify = self.to_justify((&stored, &alert), &recipients).await?;
        let store = self.store();
        let received = store.received(&[id]).await?.into_iter().next();
        let history = store.history(id).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        let mut view = Led::default();
        for relation in ["entry", "alert"] {
            let linked = store.linked(id, relation).await?;
            let mut records = store.records(&linked).await?;
            // Oldest first, as they were linked.
            records.sort_by_key(|record| linked.iter().position(|id| *id == record.envelope.id));
            for record in &records {
                view.add(record);
            }
        }
        alert.links = self.visible_links(caller, &stored.envelope, &alert).await?;
        Ok(AlertView {
            deliveries: store.deliveries_of(id).await?,
            matches: view.matches,
            hits: view.hits,
            followed_up: view.followed_up,
            notice: self.open_notice(id).await?,
            versions: history.into_iter().map(|row| row.envelope).collect(),
            warn_on: self.inner.exchange.profile.warn_on(alert.review_on),
            state: stored.state,
            envelope: stored.envelope,
            alert,
            is_own,
            recipients,
            to_justify,
            received,
            inquiries: view.inquiries,
            hit_reports: view.hit_reports,
            may_change,
        })
    }

    /// Links join alerts of this authority (rule SIS-19).
    pub(super) async fn check_links(&self, links: &BTreeSet<RecordId>) -> Result<(), AppError> {
        let ids: Vec<RecordId> = links.iter().copied().collect();
        let held = if ids.is_empty() {
            Vec::new()
        } else {
            self.store().records(&ids).await?
        };
        let own = held.iter().filter(|stored| {
            stored.envelope.kind == Kind::Alert
                && stored.envelope.originator == self.inner.settings.authority
                && stored.body.is_some()
        });
        if own.count() == links.len() {
            return Ok(());
        }
        let text = "links join alerts of this authority; one of these is none";
        Err(Invalid::new("links", "unknown", text).into())
    }

    /// Those links of an alert whose other end the caller may see: a link to anything else does not
    /// show (rule SIS-19).
    async fn visible_links(
        &self,
        caller: &Caller,
        envelope: &Envelope,
        alert: &Alert,
    ) -> Result<BTreeSet<RecordId>, AppError> {
        if alert.links.is_empty() {
            return Ok(BTreeSet::new());
        }
        let decides = self.inner.policy.permits(caller, Action::EnterAlert, None);
        let ids: Vec<RecordId> = alert.links.iter().copied().collect();
        let held = self.store().records(&ids).await?;
        let visible = held.into_iter().filter(|stored| {
            stored.envelope.kind == Kind::Alert
                && stored.envelope.originator == envelope.originator
                && stored.body.is_some()
                && (stored.state != RESTRICTED || decides)
        });
        Ok(visible.map(|stored| stored.envelope.id).collect())
    }

    /// Alerts, the ones that are due for review first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn alerts(
        &self,
        caller: &Caller,
        list: AlertList,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<AlertSummary, DuePlace>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let filter = DueFilter {
            kind: Kind::Alert,
            open: match list {
                AlertList::Own => ACTIVE,
                AlertList::Received => RECEIVED,
                AlertList::Returned => RETURNED,
            },
            about: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == filter.limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let own = &self.inner.settings.authority;
        let decides = self.inner.policy.permits(caller, Action::EnterAlert, None);
        let mut items = Vec::with_capacity(found.len());
        for due in found {
            let stored = due.record;
            let is_own = stored.envelope.originator == *own;
            let hidden = (stored.state == RESTRICTED && !decides)
                || (list == AlertList::Returned && stored.state != RETURNED);
            if hidden || is_own == (list == AlertList::Received) {
                continue;
            }
            if let Some(mut body) = read_body::<Alert>(&stored)? {
                body.links = self.visible_links(caller, &stored.envelope, &body).await?;
                items.push(AlertSummary {
                    alert: stored.envelope.id,
                    envelope: stored.envelope,
                    body,
                    state: stored.state,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.alert).collect();
        let about = EventAbout::subject("alerts").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// Alerts of partners, the newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn arrived_alerts(
        &self,
        caller: &Caller,
        limit: u32,
    ) -> Result<Vec<AlertSummary>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let filter = RecordFilter {
            kind: Kind::Alert,
            state: Some(RECEIVED.to_owned()),
            created_by: None,
            after: None,
            limit: limit.clamp(1, 100),
        };
        let mut items = Vec::new();
        for stored in self.store().find(&filter).await? {
            if let Some(mut body) = read_body::<Alert>(&stored)? {
                body.links = self.visible_links(caller, &stored.envelope, &body).await?;
                items.push(AlertSummary {
                    alert: stored.envelope.id,
                    envelope: stored.envelope,
                    body,
                    state: stored.state,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.alert).collect();
        let about = EventAbout::subject("alerts").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(items)
    }
}

/// What an alert led to.
#[derive(Default)]
struct Led {
    matches: Vec<RecordId>,
    hits: Vec<RecordId>,
    inquiries: Vec<RecordId>,
    hit_reports: Vec<RecordId>,
    followed_up: bool,
}

impl Led {
    fn add(&mut self, record: &StoredRecord) {
        let id = record.envelope.id;
        match record.envelope.kind {
            Kind::Match => self.matches.push(id),
            Kind::Hit => self.hits.push(id),
            Kind::Inquiry => self.inquiries.push(id),
            Kind::HitReport => self.hit_reports.push(id),
            _ => return,
        }
        self.followed_up |= record.state == FOLLOWED_UP;
    }
}

impl AlertView {
    /// Whether the caller's own node still has to do something before the review date.
    pub fn is_review_near(&self, today: Date) -> bool {
        self.is_own && self.alert.state == AlertState::Active && self.warn_on <= today
    }
}

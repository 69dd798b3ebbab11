//! Transfers by a derogation: each needs a justification, which is kept and shown; without one nothing
//! leaves (Directive (EU) 2016/680 Art. 38; rules LED-24, LED-25).

use std::collections::{BTreeSet, HashMap, HashSet};

use egnatia_alerts::{Alert, FollowUpState, Hit, Inquiry};
use egnatia_audit::Operation;
use egnatia_record::{
    AuthorityId, Derogation, Envelope, Gate, Kind, Outgoing, RecordId, Transfer, Withheld,
};
use serde_json::{Value, json};

use crate::alerts::RESTRICTED;
use crate::exchange::Recipient;
use crate::port::{Change, Cursor, DeliveryRow, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body};

/// The state of a transfer that somebody has justified.
const JUSTIFIED: &str = "justified";

/// Why something is handed over in an individual case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    /// To whom.
    pub to: AuthorityId,
    /// On which ground.
    pub derogation: Derogation,
    /// Why it is necessary.
    pub justification: String,
    /// Why the person's rights do not override it.
    pub rights: Option<String>,
}

/// A transfer with all that left under it.
#[derive(Debug, Clone)]
pub struct TransferView {
    /// The record.
    pub id: RecordId,
    /// Whose it is, for what, until when.
    pub envelope: Envelope,
    /// Date, recipient, justification, data.
    pub transfer: Transfer,
    /// What was queued for the recipient about that record, oldest first, with when it arrived.
    pub deliveries: Vec<DeliveryRow>,
}

impl App {
    /// Justifies that an alert, or what is told to the issuer of a partner's alert, goes to somebody
    /// by a derogation; it leaves at once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the justification lacks something, or where no derogation is what
    /// is missing; [`AppError::Conflict`] where it is justified already, or the alert is restricted or
    /// withdrawn; [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn justify_transfer(
        &self,
        caller: &Caller,
        id: RecordId,
        new: NewTransfer,
    ) -> Result<RecordId, AppError> {
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        self.authorise(caller, Action::EnterAlert, None)?;
        self.authorise(caller, Action::Exchange, None)?;
        let (stored, alert) = self.load::<Alert>(id, Kind::Alert).await?;
        if stored.state == RESTRICTED || !alert.is_active() {
            let text = "the alert is restricted or withdrawn".to_owned();
            return Err(AppError::Conflict(text));
        }
        let is_own = stored.envelope.originator == self.inner.settings.authority;
        let instrument = if is_own {
            self.by_derogation(&stored, &alert, &new.to)?
        } else {
            self.answers_by_derogation(&stored, &new.to)?
        };
        let mut writing = self.writing(caller);
        let transfer = Transfer {
            record: id,
            version: stored.envelope.version,
            to: new.to.clone(),
            instrument,
            derogation: new.derogation,
            justification: new.justification.trim().to_owned(),
            rights: new.rights.filter(|text| !text.trim().is_empty()),
            by: caller.login.clone(),
            at: writing.at,
        };
        transfer
            .validate()
            .map_err(|error| Invalid::new(error.field(), "missing", error.to_string()))?;
        let transfer_id = writing.new_id();
        let beside = Beside::new(JUSTIFIED, Operation::Disclosure)
            .links([("transfer", id)])
            .claims(vec![format!("transfer:{id}:{}", new.to)])
            .data(json!({ "to": new.to, "derogation": new.derogation }));
        let keep = self.inner.settings.keep_hits_days;
        let terms = Terms::own(Kind::Transfer, stored.envelope.purpose, keep);
        writing.create(transfer_id, terms, &transfer, beside)?;
        if is_own {
            let row = DeliveryRow {
                ground: format!("{}: {}", Gate::Derogation, transfer.instrument),
                ..DeliveryRow::queued(new.to, "record", writing.at)
                    .about(id, stored.envelope.version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        } else {
            self.tell_hits_of(&mut writing, id, &alert).await?;
        }
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(transfer_id)
    }

    /// The instrument of the derogation that is all that keeps an own alert from somebody.
    fn by_derogation(
        &self,
        stored: &StoredRecord,
        alert: &Alert,
        to: &AuthorityId,
    ) -> Result<String, AppError> {
        let directory = self.directory();
        let partner = directory.accepted(to).ok_or_else(|| unknown(to))?;
        let outgoing = Outgoing {
            envelope: &stored.envelope,
            category: alert.category,
            own: true,
            permitted: false,
        };
        let today = self.today();
        match directory.release(&outgoing, partner, today) {
            Ok(_) => {
                let text = "it goes there without a derogation: nothing is to be justified";
                Err(Invalid::new("to", "not-needed", text).into())
            }
            Err(Withheld::NotJustified) => {
                let ground = directory
                    .release_justified(&outgoing, partner, (today, true))
                    .map_err(|held| Invalid::new("to", held.as_str(), held.to_string()))?;
                let instrument = ground.split_once(": ").map(|(_, instrument)| instrument);
                Ok(instrument.unwrap_or(&ground).to_owned())
            }
            Err(held) => Err(Invalid::new("to", held.as_str(), held.to_string()).into()),
        }
    }

    /// The same for hits and answers to the issuer of a partner's alert.
    fn answers_by_derogation(
        &self,
        stored: &StoredRecord,
        to: &AuthorityId,
    ) -> Result<String, AppError> {
        let directory = self.directory();
        let partner = directory.accepted(to).ok_or_else(|| unknown(to))?;
        if stored.envelope.originator != *to {
            let text = "a partner's alert is passed on with its issuer's permission only";
            return Err(Invalid::new("to", "not-permitted", text).into());
        }
        if !directory.is_only_by_derogation(partner.code(), self.today()) {
            let text = "what is told goes there without a derogation: nothing is to be justified";
            return Err(Invalid::new("to", "not-needed", text).into());
        }
        let instrument = directory
            .arrangements()
            .find(|held| held.partner == partner.code() && held.holds_on(self.today()))
            .map(|held| held.instrument.clone());
        instrument.ok_or_else(|| unknown(to))
    }

    /// Queues again what was withheld of the hits on a partner's alert.
    async fn tell_hits_of(
        &self,
        writing: &mut Writing<'_>,
        alert_id: RecordId,
        alert: &Alert,
    ) -> Result<(), AppError> {
        let linked = self.store().linked(alert_id, "entry").await?;
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind != Kind::Hit {
                continue;
            }
            let Some(hit) = read_body::<Hit>(&stored)? else {
                continue;
            };
            let id = stored.envelope.id;
            let follow_up = self.follow_up_of(id).await?.map(|(_, follow_up)| follow_up);
            let report = follow_up.and_then(|follow_up| match follow_up.state {
                FollowUpState::Done { report, .. } => Some(report),
                FollowUpState::Open => None,
            });
            let fields = std::collections::BTreeMap::new();
            let report = report.as_ref().map(|report| (report, &fields));
            self.tell_hit(writing, (id, &hit), alert, report)?;
        }
        Ok(())
    }

    /// To whom transfers of a record are justified.
    pub(crate) async fn justified(
        &self,
        record: RecordId,
    ) -> Result<BTreeSet<AuthorityId>, AppError> {
        let linked = self.store().linked(record, "transfer").await?;
        if linked.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut justified = BTreeSet::new();
        for stored in self.store().records(&linked).await? {
            if let Some(transfer) = read_body::<Transfer>(&stored)? {
                justified.insert(transfer.to);
            }
        }
        Ok(justified)
    }

    /// To whom an alert, or what is told of it, would go if somebody justified it.
    pub(crate) async fn to_justify(
        &self,
        stored: &StoredRecord,
        recipients: &[Recipient],
    ) -> Result<Vec<AuthorityId>, AppError> {
        let originator = &stored.envelope.originator;
        if *originator == self.inner.settings.authority {
            let missing = recipients
                .iter()
                .filter(|recipient| recipient.outcome == Err(Withheld::NotJustified));
            return Ok(missing
                .map(|recipient| recipient.authority.clone())
                .collect());
        }
        let directory = self.directory();
        let is_missing = match directory.accepted(originator) {
            Some(issuer) => directory.is_only_by_derogation(issuer.code(), self.today()),
            None => false,
        };
        let is_missing = is_missing
            && !self
                .justified(stored.envelope.id)
                .await?
                .contains(originator);
        Ok(is_missing.then(|| originator.clone()).into_iter().collect())
    }

    /// The positions of those rows for a partner whose transfer is justified.
    pub(crate) async fn justified_rows(
        &self,
        rows: &[DeliveryRow],
        to: &AuthorityId,
    ) -> Result<HashSet<u64>, AppError> {
        let mut known: HashMap<RecordId, bool> = HashMap::new();
        let mut found = HashSet::new();
        for row in rows {
            let Some(about) = self.about(row).await? else {
                continue;
            };
            let is_justified = match known.get(&about) {
                Some(is_justified) => *is_justified,
                None => self.justified(about).await?.contains(to),
            };
            known.insert(about, is_justified);
            if is_justified {
                found.insert(row.position);
            }
        }
        Ok(found)
    }

    /// The alert that a row is about.
    async fn about(&self, row: &DeliveryRow) -> Result<Option<RecordId>, AppError> {
        let field = match row.kind.as_str() {
            "record" => return Ok(row.record),
            "hit" => "alert",
            "request" => "about",
            "answer" => {
                let Some(inquiry) = row.record else {
                    return Ok(None);
                };
                return match self.load::<Inquiry>(inquiry, Kind::Inquiry).await {
                    Ok((_, inquiry)) => Ok(Some(inquiry.about)),
                    Err(AppError::NotFound(_)) => Ok(None),
                    Err(error) => Err(error),
                };
            }
            _ => return Ok(None),
        };
        let said = row.payload.as_deref().and_then(|payload| {
            let statement: Value = serde_json::from_slice(payload).ok()?;
            statement.get(field)?.as_str()?.parse().ok()
        });
        Ok(said)
    }

    /// Transfers by a derogation, newest first, each with what left under it.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn transfers(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<TransferView>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let filter = RecordFilter {
            kind: Kind::Transfer,
            state: Some(JUSTIFIED.to_owned()),
            created_by: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find(&filter).await?;
        let next = next_page(&found, filter.limit);
        let mut items = Vec::with_capacity(found.len());
        for stored in found {
            let Some(transfer) = read_body::<Transfer>(&stored)? else {
                continue;
            };
            let rows = self.store().deliveries_of(transfer.record).await?;
            let deliveries = rows.into_iter().filter(|row| row.to == transfer.to);
            items.push(TransferView {
                id: stored.envelope.id,
                deliveries: deliveries
                    .map(|row| DeliveryRow {
                        payload: None,
                        ..row
                    })
                    .collect(),
                envelope: stored.envelope,
                transfer,
            });
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.id).collect();
        let about = EventAbout::subject("transfers").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }
}

fn unknown(to: &AuthorityId) -> AppError {
    Invalid::new(
        "to",
        "unknown",
        format!("`{to}` is not an accepted partner"),
    )
    .into()
}

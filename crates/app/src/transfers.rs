//! Transfers by an own assessment of the safeguards or by a derogation: each needs a justification,
//! which is kept and shown; without one nothing leaves (Directive (EU) 2016/680 Art. 37(1)(b), 38; rules
//! LED-24, LED-25).

use std::collections::{BTreeMap, HashMap};

use egnatia_alerts::{Alert, FollowUpState, Hit, Inquiry};
use egnatia_audit::Operation;
use egnatia_record::{
    Arrangement, AuthorityId, Envelope, Gate, Kind, Outgoing, RecordId, Told, Transfer,
    TransferGround, Withheld,
};
use serde_json::{Value, json};

use crate::alerts::RESTRICTED;
use crate::exchange::{Gates, Recipient};
use crate::port::{Change, Cursor, DeliveryRow, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body};

/// The state of a transfer that somebody has justified.
const JUSTIFIED: &str = "justified";

/// Why something is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    /// To whom.
    pub to: AuthorityId,
    /// On which ground.
    pub ground: TransferGround,
    /// Why it is necessary, or which safeguards there are.
    pub justification: String,
    /// Why the person's rights do not override it.
    pub rights: Option<String>,
}

/// Somebody to whom something goes once it is justified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToJustify {
    /// To whom.
    pub to: AuthorityId,
    /// Through which gate: it decides what has to be stated.
    pub gate: Gate,
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
    /// by an own assessment of the safeguards or by a derogation; it leaves at once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the justification lacks something, or where none is missing; [`AppError::Conflict`] where it is justified already, or the alert is restricted or
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
        let directory = self.directory();
        let partner = directory
            .accepted(&new.to)
            .ok_or_else(|| unknown(&new.to))?;
        let arrangement = if is_own {
            let outgoing = Outgoing {
                envelope: &stored.envelope,
                category: alert.category,
                own: true,
                permitted: false,
            };
            if directory.release(&outgoing, partner, self.today()).is_ok() {
                return Err(not_needed().into());
            }
            let found = directory.to_be_justified(&outgoing, partner, self.today());
            found.map_err(|held| Invalid::new("to", held.as_str(), held.to_string()))?
        } else {
            if stored.envelope.originator != new.to {
                let text = "a partner's alert is passed on with its issuer's permission only";
                return Err(Invalid::new("to", "not-permitted", text).into());
            }
            let found = directory.answers_to_be_justified(partner.code(), self.today());
            found.ok_or_else(not_needed)?
        };
        fits(arrangement, &new.ground)?;
        let gate = arrangement.gate;
        let (derogation, told) = match new.ground {
            TransferGround::Derogation(derogation) => (Some(derogation), None),
            TransferGround::Assessment(told) => (None, Some(trimmed(&told))),
        };
        let mut writing = self.writing(caller);
        let transfer = Transfer {
            record: id,
            version: stored.envelope.version,
            to: new.to.clone(),
            instrument: arrangement.instrument.clone(),
            derogation,
            told,
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
            .claims(vec![claim(id, &new.to, gate)])
            .data(json!({
                "to": new.to, "gate": gate, "derogation": derogation, "told": transfer.told,
            }));
        let keep = self.inner.settings.keep_hits_days;
        let terms = Terms::own(Kind::Transfer, stored.envelope.purpose, keep);
        writing.create(transfer_id, terms, &transfer, beside)?;
        if is_own {
            let row = DeliveryRow {
                ground: format!("{gate}: {}", transfer.instrument),
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
            let fields = BTreeMap::new();
            let report = report.as_ref().map(|report| (report, &fields));
            self.tell_hit(writing, (id, &hit), alert, report)?;
        }
        Ok(())
    }

    /// To whom transfers of a record are justified, and through which gates.
    pub(crate) async fn justified(
        &self,
        record: RecordId,
    ) -> Result<BTreeMap<AuthorityId, Gates>, AppError> {
        let linked = self.store().linked(record, "transfer").await?;
        if linked.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut justified: BTreeMap<AuthorityId, Gates> = BTreeMap::new();
        for stored in self.store().records(&linked).await? {
            if let Some(transfer) = read_body::<Transfer>(&stored)? {
                let gate = transfer.gate();
                justified.entry(transfer.to).or_default().insert(gate);
            }
        }
        Ok(justified)
    }

    /// To whom an alert, or what is told of it, would go if somebody justified it.
    pub(crate) async fn to_justify(
        &self,
        (stored, alert): (&StoredRecord, &Alert),
        recipients: &[Recipient],
    ) -> Result<Vec<ToJustify>, AppError> {
        let originator = &stored.envelope.originator;
        let (directory, today) = (self.directory(), self.today());
        if *originator == self.inner.settings.authority {
            let outgoing = Outgoing {
                envelope: &stored.envelope,
                category: alert.category,
                own: true,
                permitted: false,
            };
            let missing = recipients.iter().filter_map(|recipient| {
                if recipient.outcome != Err(Withheld::NotJustified) {
                    return None;
                }
                let partner = directory.accepted(&recipient.authority)?;
                let found = directory.to_be_justified(&outgoing, partner, today).ok()?;
                Some(ToJustify {
                    to: recipient.authority.clone(),
                    gate: found.gate,
                })
            });
            return Ok(missing.collect());
        }
        let issuer = directory.accepted(originator);
        let found = issuer.and_then(|one| directory.answers_to_be_justified(one.code(), today));
        let Some(found) = found else {
            return Ok(Vec::new());
        };
        let open = self.justified(stored.envelope.id).await?;
        if open
            .get(originator)
            .is_some_and(|open| open.contains(&found.gate))
        {
            return Ok(Vec::new());
        }
        Ok(vec![ToJustify {
            to: originator.clone(),
            gate: found.gate,
        }])
    }

    /// The positions of those rows for a partner whose transfer is justified, with the gates.
    pub(crate) async fn justified_rows(
        &self,
        rows: &[DeliveryRow],
        to: &AuthorityId,
    ) -> Result<HashMap<u64, Gates>, AppError> {
        let mut known: HashMap<RecordId, Option<Gates>> = HashMap::new();
        let mut found = HashMap::new();
        for row in rows {
            let Some(about) = self.about(row).await? else {
                continue;
            };
            let open = match known.get(&about) {
                Some(open) => open.clone(),
                None => self.justified(about).await?.remove(to),
            };
            known.insert(about, open.clone());
            if let Some(open) = open {
                found.insert(row.position, open);
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

    /// Transfers that somebody has justified, newest first, each with what left under it.
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

/// The name that a justification holds, so that there is one.
fn claim(record: RecordId, to: &AuthorityId, gate: Gate) -> String {
    match gate {
        Gate::Derogation => format!("transfer:{record}:{to}"),
        gate => format!("transfer:{record}:{to}:{gate}"),
    }
}

/// Refuses a ground that is not that of the arrangement.
fn fits(arrangement: &Arrangement, ground: &TransferGround) -> Result<(), Invalid> {
    if arrangement.gate == ground.gate() {
        return Ok(());
    }
    let (field, what) = match arrangement.gate {
        Gate::OwnAssessment => (
            "told_category",
            "it rests on your own assessment of the safeguards (Art. 37(1)(b)): state of which \
             category of transfers the supervisory authority was told, and when",
        ),
        _ => (
            "derogation",
            "it rests on a derogation (Art. 38): state which one",
        ),
    };
    let text = format!("`{}`: {what}", arrangement.instrument);
    Err(Invalid::new(field, "other-ground", text))
}

fn trimmed(told: &Told) -> Told {
    Told {
        category: told.category.trim().to_owned(),
        on: told.on,
    }
}

fn not_needed() -> Invalid {
    let text = "it goes there without a justification: nothing is to be justified";
    Invalid::new("to", "not-needed", text)
}

fn unknown(to: &AuthorityId) -> AppError {
    Invalid::new(
        "to",
        "unknown",
        format!("`{to}` is not an accepted partner"),
    )
    .into()
}

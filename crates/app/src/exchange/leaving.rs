//! The exit: may this row leave now, and in which signed words?

use std::collections::{HashMap, HashSet};

use egnatia_alerts::Alert;
use egnatia_protocol::{Body, SharedRecord, Signed, SigningKey, Statement, StatementKind};
use egnatia_record::{
    AuthorityId, Category, Envelope, Gate, Kind, Outgoing, RecordId, Version, Withheld,
};
use jiff::civil::Date;

use super::{Directory, Exchange, Gates, Partner};
use crate::alerts::RESTRICTED;
use crate::firearms::CATEGORY as TRACES;
use crate::port::{DeliveryRow, StoredRecord};
use crate::{AppError, read_body};

/// What stands before each row.
pub(super) enum Ready {
    Send(Signed),
    Withhold(&'static str),
}

/// May it leave, and is it signed already?
enum Checked {
    Ready(Ready),
    /// This node's own words, with the record and the version that they are about.
    Unsigned(Unsigned, Option<(RecordId, Version)>),
}

/// The type of a payload, and the payload.
type Unsigned = (String, Vec<u8>);

impl Checked {
    const fn send(signed: Signed) -> Self {
        Self::Ready(Ready::Send(signed))
    }

    const fn withhold(reason: &'static str) -> Self {
        Self::Ready(Ready::Withhold(reason))
    }
}

fn unsigned(error: &dyn std::fmt::Display) -> AppError {
    AppError::Internal(format!("a statement cannot be signed: {error}"))
}

/// What decides whether a row may leave, and signs it.
pub(super) struct Leaving<'a> {
    pub records: &'a HashMap<(RecordId, Version), StoredRecord>,
    /// The newest envelopes of records of which an older version is queued: they decide who may
    /// have it.
    pub newest: &'a HashMap<RecordId, Envelope>,
    /// Which records are restricted by now.
    pub restricted: &'a HashSet<RecordId>,
    pub directory: &'a Directory,
    pub partner: &'a Partner,
    pub keys: Vec<&'a SigningKey>,
    pub own: &'a AuthorityId,
    pub exchange: &'a Exchange,
    pub today: Date,
    /// The gate that somebody has to open before anything personal goes there.
    pub only_through: Option<Gate>,
    /// Rows that somebody has justified, each with the gates that this opens.
    pub justified: HashMap<u64, Gates>,
}

impl Leaving<'_> {
    /// The exit, for each of these rows: what the partner may not have any more does not leave
    /// (invariant 3), and what this node says itself is signed together.
    pub fn ready(&self, rows: &[DeliveryRow]) -> Result<Vec<Ready>, AppError> {
        let mut places = Vec::with_capacity(rows.len());
        let mut payloads = Vec::new();
        let mut about = Vec::new();
        for row in rows {
            match self.check(row)? {
                Checked::Ready(ready) => places.push(Some(ready)),
                Checked::Unsigned(payload, key) => {
                    payloads.push(payload);
                    about.push(key);
                    places.push(None);
                }
            }
        }
        let signed =
            Signed::sign_together(payloads, &self.keys).map_err(|error| unsigned(&error))?;
        for (key, signed) in about.into_iter().zip(&signed) {
            if let Some(key) = key {
                self.exchange.remember_signed(key, signed);
            }
        }
        let mut signed = signed.into_iter().map(Ready::Send);
        let ready = places
            .into_iter()
            .map(|place| place.or_else(|| signed.next()));
        ready
            .collect::<Option<_>>()
            .ok_or_else(|| unsigned(&"one is missing"))
    }

    /// Whether a row may leave, in which words.
    fn check(&self, row: &DeliveryRow) -> Result<Checked, AppError> {
        let kind = StatementKind::ALL
            .iter()
            .find(|kind| kind.as_str() == row.kind)
            .ok_or_else(|| unsigned(&"its kind is unknown"))?;
        let open = self.justified.get(&row.position);
        let open = open.unwrap_or(const { &Gates::new() });
        let is_closed = self.only_through.is_some_and(|gate| !open.contains(&gate));
        if is_closed && tells_of_persons(*kind) {
            return Ok(Checked::withhold(Withheld::NotJustified.as_str()));
        }
        match (kind, row.payload.clone()) {
            // Somebody else's statement, or a card: it keeps its own signatures. What this node
            // signs itself is JSON.
            (_, Some(payload)) if payload.first() != Some(&b'{') => {
                let signed = Signed::parse(&payload).map_err(|error| unsigned(&error))?;
                return match kind {
                    StatementKind::Record => self.onward(row, signed, open).map(Checked::Ready),
                    _ => Ok(Checked::send(signed)),
                };
            }
            (StatementKind::Record, _) => {}
            (_, None) => return Ok(Checked::withhold("erased")),
            (kind, Some(payload)) => {
                return Ok(Checked::Unsigned((kind.payload_type(), payload), None));
            }
        }
        let stored = row
            .record
            .zip(row.version)
            .and_then(|key| self.records.get(&key))
            .filter(|stored| is_shared(stored.envelope.kind));
        let Some(stored) = stored else {
            return Ok(Checked::withhold("erased"));
        };
        let Some((body, _)) = &stored.body else {
            return Ok(Checked::withhold("erased"));
        };
        let Some(category) = category_of(stored)? else {
            return Ok(Checked::withhold("erased"));
        };
        let newest = self.newest.get(&stored.envelope.id);
        let outgoing = Outgoing {
            envelope: newest.unwrap_or(&stored.envelope),
            category,
            own: stored.envelope.originator == *self.own,
            permitted: false,
        };
        let released =
            self.directory
                .release_justified(&outgoing, self.partner, (self.today, open));
        if let Err(withheld) = released {
            return Ok(Checked::withhold(withheld.as_str()));
        }
        let key = (stored.envelope.id, stored.envelope.version);
        if let Some(signed) = self.exchange.signed_before(key) {
            return Ok(Checked::send(signed));
        }
        let body = String::from_utf8(body.clone())
            .ok()
            .and_then(|json| Body::from_json(json).ok())
            .ok_or_else(|| unsigned(&"its body is not JSON"))?;
        let statement = Statement::Record(Box::new(SharedRecord {
            envelope: stored.envelope.clone(),
            body,
            keep_until: Some(stored.envelope.retention.review_on),
        }));
        let payload = statement.to_payload().map_err(|error| unsigned(&error))?;
        Ok(Checked::Unsigned(payload, Some(key)))
    }
}

impl Leaving<'_> {
    /// A partner's record in its originator's words: back to the originator, or to whoever may have
    /// it with the originator's permission, asked again at this moment.
    fn onward(&self, row: &DeliveryRow, signed: Signed, open: &Gates) -> Result<Ready, AppError> {
        let Ok(Statement::Record(shared)) = Statement::read(&signed) else {
            return Ok(Ready::Withhold("erased"));
        };
        let envelope = &shared.envelope;
        if envelope.originator == self.partner.row.authority {
            return Ok(Ready::Send(signed));
        }
        let held = row
            .record
            .zip(row.version)
            .and_then(|key| self.records.get(&key));
        let Some(category) = held.map(category_of).transpose()?.flatten() else {
            return Ok(Ready::Withhold("erased"));
        };
        // Whoever gets it now would not hear that it is contested.
        if self.restricted.contains(&envelope.id) {
            return Ok(Ready::Withhold(RESTRICTED));
        }
        let newest = self.newest.get(&envelope.id);
        let outgoing = Outgoing {
            envelope: newest.unwrap_or(envelope),
            category,
            own: false,
            permitted: true,
        };
        let released =
            self.directory
                .release_justified(&outgoing, self.partner, (self.today, open));
        Ok(match released {
            Ok(_) => Ready::Send(signed),
            Err(withheld) => Ready::Withhold(withheld.as_str()),
        })
    }
}

/// Whether a statement of this kind may hold personal data.
const fn tells_of_persons(kind: StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Record | StatementKind::Hit | StatementKind::Request | StatementKind::Answer
    )
}

/// Whether records of this kind go to partners.
fn is_shared(kind: Kind) -> bool {
    matches!(kind, Kind::Alert | Kind::Trace | Kind::TraceAnswer)
}

/// Under which category of an arrangement a record goes; `None` once it is erased.
fn category_of(stored: &StoredRecord) -> Result<Option<Category>, AppError> {
    match stored.envelope.kind {
        Kind::Alert => {
            let alert = read_body::<Alert>(stored)?;
            Ok(alert.map(|alert| alert.category))
        }
        _ => Ok(stored.body.as_ref().map(|_| TRACES)),
    }
}

//! What looks for a missing weapon: the alert that partners have, and the event in the life of the
//! weapon of the register. Both begin and end together.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, AlertDraft, ObjectKind, Reason};
use egnatia_firearms::{Event, EventKind, Firearm, Recording, Report, Taken};
use egnatia_matching::{Description, Identifier, IdentifierKind, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::{
    AuthorityId, Category, Evaluation, Handling, HandlingCode, LegalBasis, Nature, OriginRegime,
    Purpose, RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_stockpile::{Goods, LossKind, Remark, Sought, StockCase};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::custody::{BOOKS, day_in};
use super::invalid;
use crate::alerts::Entering;
use crate::exchange::Recipient;
use crate::port::StoredRecord;
use crate::writing::Writing;
use crate::{App, AppError, Caller, Entered, Invalid, NewAlert};

/// Why nobody looks for something any more.
pub(super) enum Ending {
    /// It is there again.
    Found(String),
    /// It was never gone.
    Mistake(String),
}

/// A weapon that is missing.
pub(super) struct Missing<'a> {
    pub case: RecordId,
    pub body: &'a StockCase,
    pub goods: &'a Goods,
    pub kind: LossKind,
    pub reason: &'a Remark,
}

/// The name under which an alert of a case is entered: twice at the same moment is refused.
fn claim_of(case: RecordId, nth: u32) -> String {
    match nth {
        1 => format!("theft-of:{case}"),
        nth => format!("theft-of:{case}:{nth}"),
    }
}

/// What an alert says of goods of which the register says nothing.
fn described(goods: &Goods) -> Description {
    Description {
        schema: Schema::Unknown,
        // With the number: lists of hits show the name alone.
        names: vec![Name::new(format!(
            "{}, {}",
            goods.nomenclature,
            goods.number()
        ))],
        identifiers: vec![Identifier {
            kind: IdentifierKind::Serial,
            value: goods.number().to_owned(),
            country: None,
        }],
        ..Description::default()
    }
}

/// The same with what the register knows of it: other marks, make, model, calibre.
fn described_by(goods: &Goods, firearm: Option<&Firearm>) -> Description {
    let from_goods = described(goods);
    let Some(firearm) = firearm else {
        return from_goods;
    };
    let mut known = firearm.particulars.description();
    let of_goods = from_goods.identifiers.iter();
    let is_known = |number: &Identifier| {
        let key = Goods::key_of(&number.value);
        let mut held = known.identifiers.iter();
        held.any(|held| Goods::key_of(&held.value) == key)
    };
    let further: Vec<Identifier> = of_goods
        .filter(|number| !is_known(number))
        .cloned()
        .collect();
    known.identifiers.extend(further);
    known.names = from_goods.names;
    known
}

impl App {
    /// Puts into a transaction that a weapon is missing: the alert, and the event in the life of the
    /// weapon of the register. What is looked for already stays looked for.
    pub(super) async fn put_missing(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        missing: &Missing<'_>,
        nth: u32,
    ) -> Result<(Sought, Vec<Recipient>), AppError> {
        if let Some(sought) = &missing.body.sought {
            return Ok((sought.clone(), Vec::new()));
        }
        let (goods, kind) = (missing.goods, missing.kind);
        let linked = match goods.register_record() {
            Some(id) => self.firearm_of(id).await?,
            None => None,
        };
        let Some((stored, firearm)) = linked else {
            let entered = self.put_theft(writing, missing, None, nth)?;
            let sought = Sought {
                alert: Some(entered.alert),
                ..Sought::default()
            };
            return Ok((sought, entered.recipients));
        };
        let id = Some(stored.envelope.id);
        // What lies in a store is somewhere, whether or not anybody told the register.
        let times = (missing.body.opened_at, writing.at);
        let firearm = self.begun_in_books(firearm, caller, BOOKS, times);
        let standing = firearm.standing();
        if standing.is_ok_and(|standing| standing.custody.is_missing())
            && let Some(alert) = firearm.alert
        {
            // The register knew before: its alert looks for it.
            let sought = Sought {
                alert: Some(alert),
                firearm: id,
                register_refused: None,
            };
            return Ok((sought, Vec::new()));
        }
        let report = Report {
            discovered_at: missing.body.opened_at,
            circumstances: missing.reason.as_str().to_owned(),
        };
        let event = match kind {
            LossKind::Lost => Event::Loss(report),
            LossKind::Stolen => Event::Theft(report),
        };
        let recording = recording(
            &firearm,
            event,
            caller,
            (missing.body.opened_at, writing.at),
        );
        let entered = self.put_theft(writing, missing, Some(&firearm), nth)?;
        let mut sought = Sought {
            alert: Some(entered.alert),
            firearm: id,
            register_refused: None,
        };
        let stored = (&stored, firearm);
        match self.put_missed(writing, stored, recording, entered.alert) {
            Ok(()) => {}
            // A theft is told to partners whatever an older mistake in the register says.
            Err(AppError::Invalid(refused)) => {
                sought.firearm = None;
                sought.register_refused = Some(refused.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok((sought, entered.recipients))
    }

    /// The weapon of the register; nothing where there is none, or where it was erased.
    pub(super) async fn firearm_of(
        &self,
        id: RecordId,
    ) -> Result<Option<(StoredRecord, Firearm)>, AppError> {
        match self.load_firearm(id).await {
            Ok(found) => Ok(Some(found)),
            Err(AppError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts an alert on a missing weapon into a transaction, by the use case of alerts.
    fn put_theft(
        &self,
        writing: &mut Writing<'_>,
        missing: &Missing<'_>,
        firearm: Option<&Firearm>,
        nth: u32,
    ) -> Result<Entered, AppError> {
        let (case, kind) = (missing.case, missing.kind);
        let reason = Reason::try_from(missing.reason.as_str().to_owned())
            .map_err(|error| invalid("reason", &error))?;
        let subject = described_by(missing.goods, firearm);
        let like = self.find_like(&subject)?;
        if let Some(own) = like.iter().find(|like| like.issuer.is_none()) {
            let text = format!("there is an alert on it already: {}", own.alert);
            return Err(Invalid::new("case", "duplicate", text).into());
        }
        let distinguished_by =
            firearm.and_then(|firearm| firearm.particulars.distinguished_by.clone());
        let new = NewAlert {
            draft: AlertDraft {
                category: Category::ObjectSeizure,
                subject,
                object: Some(ObjectKind::Firearm),
                reason,
                action: String::new(),
                decision: format!("stock case {case}, {}", kind.as_str()),
                proportionality: None,
                warnings: BTreeSet::new(),
                offence: (kind == LossKind::Stolen).then(|| "theft of a firearm".to_owned()),
                characteristics: firearm.map(crate::firearms::characteristics),
                distinguished_by,
                links: BTreeSet::new(),
            },
            // Every partner with an arrangement about it may have it.
            handling: Handling::new(
                [HandlingCode::H0],
                None,
                ReleasableTo::Anybody,
                OriginRegime::National,
            )
            .map_err(|error| invalid("handling", &error))?,
            legal_basis: LegalBasis::NationalLaw,
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::NoPerson,
            nature: Nature::Fact,
            different_from: BTreeSet::new(),
        };
        let alert: Alert = self.draft(writing, &new)?;
        // Partners look for it to stop traffic in firearms, whatever it was kept for here.
        let terms = crate::alerts::terms(&new, Purpose::FirearmsTrafficking, &alert);
        let entering = Entering {
            alert: &alert,
            terms,
            claims: vec![claim_of(case, nth)],
            like: &like,
        };
        self.put_alert(writing, entering)
    }

    /// Puts the end of the search into a transaction: the event in the life of the weapon, and the
    /// end of the alert.
    pub(super) async fn put_sought_end(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        sought: &Sought,
        ending: &Ending,
    ) -> Result<(), AppError> {
        let mut alert = sought.alert;
        let linked = match sought.firearm {
            Some(id) => self.firearm_of(id).await?,
            None => None,
        };
        if let Some((stored, firearm)) = linked
            && let Ok(standing) = firearm.standing()
            && standing.custody.is_missing()
        {
            if firearm.alert == alert {
                // It ends with the event.
                alert = None;
            }
            let event = ended_event(&firearm, ending, self.inner.settings.authority.clone());
            let times = (writing.at, writing.at);
            let recording = recording(&firearm, event, caller, times);
            self.put_life(writing, caller, (&stored, firearm), recording)
                .await?;
        }
        let Some(alert) = alert else {
            return Ok(());
        };
        let (Ending::Found(why) | Ending::Mistake(why)) = ending;
        let why =
            Reason::try_from(why.clone()).map_err(|error| AppError::Internal(error.to_string()))?;
        let ended = self.put_end_of_own(writing, caller, (alert, why), RecallReason::Withdrawn);
        match ended.await {
            // It has ended before, by itself or by hand.
            Ok(()) | Err(AppError::NotFound(_) | AppError::Conflict(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// An event, on the day on which it happened, or on that of the last one where the register has a later
/// one.
fn recording(
    firearm: &Firearm,
    event: Event,
    caller: &Caller,
    (happened_at, at): (Timestamp, Timestamp),
) -> Recording {
    let day = happened_at.to_zoned_datetime(TimeZone::UTC).date();
    Recording {
        event,
        on: day_in(firearm, day),
        by: caller.login.clone(),
        at,
    }
}

/// The event that ends that a weapon is missed.
fn ended_event(firearm: &Firearm, ending: &Ending, authority: AuthorityId) -> Event {
    let missed = |kind: EventKind| matches!(kind, EventKind::Loss | EventKind::Theft);
    match ending {
        Ending::Found(how) => Event::Find(Taken {
            authority,
            circumstances: how.clone(),
        }),
        Ending::Mistake(why) => {
            let numbered = (1_u32..).zip(&firearm.life);
            let last = numbered
                .filter(|(_, entry)| missed(entry.event.kind()))
                .last();
            match last {
                Some((of, entry)) => Event::Correction {
                    of,
                    instead: None,
                    on: entry.on,
                    reason: why.clone(),
                    first: None,
                },
                // What made it missed is itself a correction: a find says what is true.
                None => Event::Find(Taken {
                    authority,
                    circumstances: why.clone(),
                }),
            }
        }
    }
}

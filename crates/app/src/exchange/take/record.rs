//! A record of a partner: may it come, is it new, and does anything of one's own agree with it?

use egnatia_alerts::{Alert, AlertState};
use egnatia_audit::{Hash, Operation};
use egnatia_protocol::{RefusalGround, SharedRecord, Signed};
use egnatia_record::{
    AuthorityId, Crossing, Envelope, Kind, OriginRegime, Purpose, RecordId, Retention,
    SubjectCategory, Withheld,
};
use jiff::SignedDuration;
use serde_json::json;

use super::{Looked, Taken, Taking};
use crate::alerts::{RECEIVED, WITHDRAWN, alert_keys};
use crate::catalogue::RECEIVED_ALERTS;
use crate::checks::Asked;
use crate::exchange::inbox::{Held, Refused, TakeError, append, because_of};
use crate::index::Search;
use crate::port::{Change, KeyChange, ReceivedRow};
use crate::writing::{Beside, Writing};
use crate::{App, AppError};

/// Candidates that are looked at when a record arrives.
const CANDIDATES_MAX: u16 = 10;
/// What is done where an alert is flagged for this authority and nothing else was agreed.
const FLAGGED_ACTION: &str = "Flagged for this authority: the action is not carried out here. Tell the issuer where the \
     person or object was found.";
/// A partner's clock may be ahead by so much.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);

/// What is like a record that arrives, where it can be read.
pub(super) fn like(app: &App, shared: &SharedRecord) -> Option<Search> {
    let alert: Alert = serde_json::from_str(shared.body.as_str()).ok()?;
    if !alert.is_active() || crate::question::validate(&alert.subject).is_err() {
        return None;
    }
    search_beside(app, &alert, &shared.envelope.originator).ok()
}

/// What is like an alert, but for the other alerts of its issuer.
fn search_beside(app: &App, alert: &Alert, issuer: &AuthorityId) -> Result<Search, AppError> {
    let of_issuer = format!("{RECEIVED_ALERTS}{issuer}");
    let index = &app.inner.index;
    index.search_beside(&alert.subject, CANDIDATES_MAX, Some(&of_issuer))
}

/// A record that may come.
struct Arrived<'a> {
    shared: &'a SharedRecord,
    alert: &'a Alert,
    signed: &'a Signed,
    digest: Hash,
}

impl Taking<'_> {
    pub(super) async fn take_record(
        &mut self,
        shared: &SharedRecord,
        signed: &Signed,
        looked: &mut Looked,
    ) -> Result<Taken, TakeError> {
        let envelope = &shared.envelope;
        let (id, version) = (envelope.id, envelope.version);
        let refuse = |ground| Refused::new(ground).about(id, version);
        let own = &self.app.inner.settings.authority;
        if envelope.originator == *own {
            return self.take_returned(shared, signed).await;
        }
        // Whoever passes it on, its originator has signed it.
        let directory = std::sync::Arc::clone(&self.directory);
        let originator = directory
            .accepted(&envelope.originator)
            .ok_or_else(|| refuse(RefusalGround::NotTheOriginator))?;
        if !looked.verified {
            self.verify(signed, originator)?;
        }
        if matches!(envelope.kind, Kind::Trace | Kind::TraceAnswer) {
            return self
                .take_firearms_record(shared, signed, looked.digest)
                .await;
        }
        if envelope.kind != Kind::Alert {
            return Err(refuse(RefusalGround::UnknownKind).into());
        }
        let alert: Alert = serde_json::from_str(shared.body.as_str())
            .map_err(|_| refuse(RefusalGround::NotValid).hint(&"the body is not an alert"))?;
        self.may_come(envelope, &alert)
            .map_err(|refused| refused.about(id, version))?;
        let hash = Hash::from_bytes(*looked.digest.as_bytes());
        if let Some(held) = self.held.get(&id) {
            if held.originator != envelope.originator {
                return Err(self.taken_by_another(held, envelope).into());
            }
            if held.version == version && held.digest == Some(hash) {
                return Ok(Taken::stored(Some((id, version))));
            }
            // What was recalled, or erased when its time came, may be given out again.
            if held.version >= version {
                let ground = match held.erased {
                    true => RefusalGround::ErasedHere,
                    false => RefusalGround::OlderThanHeld,
                };
                return Err(refuse(ground).into());
            }
        }
        if self.recalled_before_it_came(id, &envelope.originator) >= Some(version) {
            return Err(refuse(RefusalGround::ErasedHere).into());
        }
        let like = looked.search.take();
        let arrived = Arrived {
            shared,
            alert: &alert,
            signed,
            digest: hash,
        };
        self.put_record(arrived, like).await?;
        Ok(Taken::stored(Some((id, version))))
    }

    /// What the arrangement, the handling and the profile say of a record that comes in.
    fn may_come(&self, envelope: &Envelope, alert: &Alert) -> Result<(), Refused> {
        let refuse = |ground| Refused::new(ground);
        let personal = envelope.subject != SubjectCategory::NoPerson || alert.is_on_person();
        let crossing = Crossing {
            partner: self.partner.code(),
            category: alert.category,
            purpose: envelope.purpose,
            personal,
        };
        let arrangements = self.directory.arrangements();
        crossing
            .covered(arrangements, self.app.today())
            .map_err(|withheld| match withheld {
                Withheld::PersonalData => refuse(RefusalGround::PersonalDataNotAllowed),
                Withheld::CategoryNotCovered | Withheld::PurposeNotCovered => {
                    refuse(RefusalGround::CategoryNotAllowed)
                }
                _ => refuse(RefusalGround::NoArrangement),
            })?;
        let sis = envelope.handling.origin() == OriginRegime::Sis;
        let takes_part = self.app.inner.settings.partner;
        if sis && !takes_part.is_some_and(|partner| partner.takes_part_in_sis()) {
            return Err(refuse(RefusalGround::HandlingForbids));
        }
        let ahead = envelope.recorded_at.duration_since(self.now);
        if ahead > AHEAD_MAX {
            return Err(refuse(RefusalGround::NotValid).hint(&"it is dated in the future"));
        }
        // Nothing larger than what is entered here.
        crate::question::validate(&alert.subject)
            .map_err(|error| refuse(RefusalGround::NotValid).hint(&error))?;
        alert
            .validate(&self.app.inner.exchange.profile)
            .map_err(|error| refuse(RefusalGround::NotValid).hint(&error))
    }

    async fn put_record(
        &mut self,
        arrived: Arrived<'_>,
        like: Option<Search>,
    ) -> Result<(), TakeError> {
        let Arrived {
            shared,
            alert,
            signed,
            digest,
        } = arrived;
        let mut envelope = shared.envelope.clone();
        let (id, version) = (envelope.id, envelope.version);
        // The sender's limit holds by itself (rule PR-12).
        let until = shared
            .keep_until
            .unwrap_or(envelope.retention.review_on)
            .min(envelope.retention.review_on)
            .min(alert.review_on);
        let today = self.app.today();
        let not_kept = |_| {
            Refused::new(RefusalGround::NotValid)
                .hint(&"its time has passed")
                .about(id, version)
        };
        envelope.retention = Retention::erase_on(until, today).map_err(not_kept)?;
        let purpose = envelope.purpose;
        let originator = envelope.originator.clone();
        let caller = self.caller_for(purpose)?;
        let compared = self.compare(id, alert, &originator, like)?;
        let mut writing = self.app.writing(&caller);
        let state = match alert.state {
            AlertState::Active => RECEIVED,
            AlertState::Withdrawn { .. } => WITHDRAWN,
        };
        let keys = if alert.is_active() {
            alert_keys(id, &self.as_done_here(alert), Some(&originator))?
        } else {
            KeyChange::Remove
        };
        let beside = Beside::new(state, Operation::Collection)
            .keys(keys)
            .data(json!({
                "from": self.from(), "category": alert.category,
                "agrees": compared.as_ref().map_or(0, |search| search.found.len()),
            }));
        writing.put_foreign(envelope, shared.body.as_str().as_bytes().to_vec(), beside)?;
        writing.batch.changes.push(Change::PutReceived(ReceivedRow {
            record: id,
            version,
            from: self.from().clone(),
            received_at: self.now,
            digest,
            statement: Some(signed.to_bytes()),
            keep_until: shared.keep_until,
        }));
        if let Some(search) = compared {
            self.propose(&mut writing, alert, search).await?;
        }
        if self.held.contains_key(&id) {
            let passed = self.app.pass_version_on(&mut writing, (shared, signed));
            self.queues |= passed.await?;
        }
        append(&mut self.batch, writing.batch);
        self.held.insert(
            id,
            Held {
                stored: None,
                version,
                originator,
                erased: false,
                digest: Some(digest),
            },
        );
        Ok(())
    }

    /// The alert with what is done on this node's territory: another action where the issuer has
    /// flagged it for this authority (rule SIS-15).
    fn as_done_here(&self, alert: &Alert) -> Alert {
        let own = &self.app.inner.settings.authority;
        let mut here = alert.clone();
        if let Some(flag) = alert.flag_of(own) {
            here.action = flag
                .alternative_action
                .clone()
                .unwrap_or_else(|| FLAGGED_ACTION.to_owned());
        }
        here
    }

    /// What of the node's own agrees with what arrived; nothing for an alert that is not active.
    fn compare(
        &self,
        id: RecordId,
        alert: &Alert,
        originator: &AuthorityId,
        like: Option<Search>,
    ) -> Result<Option<Search>, AppError> {
        if !alert.is_active() {
            return Ok(None);
        }
        let mut search = match like {
            Some(search) => search,
            None => search_beside(self.app, alert, originator)?,
        };
        search.found.retain(|found| found.record != id);
        Ok(Some(search).filter(|search| !search.found.is_empty()))
    }

    /// Puts what agrees to the officers, as a check that the node itself has made.
    async fn propose(
        &self,
        writing: &mut Writing<'_>,
        alert: &Alert,
        search: Search,
    ) -> Result<(), TakeError> {
        let Search { found, lists } = search;
        let (open, settled) = self
            .app
            .split_settled(&alert.subject, found, &lists)
            .await?;
        if open.is_empty() {
            return Ok(());
        }
        let why = self.why(writing)?;
        let asked = Asked {
            query: alert.subject.clone(),
            zone: None,
            lists,
            open,
            settled,
        };
        self.app.put_check(writing, &why, asked, Vec::new())?;
        Ok(())
    }

    fn why(&self, writing: &Writing<'_>) -> Result<egnatia_record::Justification, AppError> {
        let purpose = writing.purpose().unwrap_or(Purpose::Supervision);
        because_of(self.from(), purpose)
    }
}

//! What a partner tells and asks: hits, questions, answers.

use egnatia_alerts::{Alert, Direction, HitReport, Inquiry, InquiryAnswer, InquiryState};
use egnatia_audit::Operation;
use egnatia_protocol::{Answer, Decision, Hit, RefusalGround, Request};
use egnatia_record::{Kind, Purpose, RecordId, Version};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Taken, Taking};
use crate::exchange::inbox::{Refused, TakeError, append};
use crate::writing::{Beside, Terms};
use crate::{AppError, read_body};

/// So many open questions about one alert a partner may have here: more of them are no questions.
const QUESTIONS_MAX: usize = 50;
/// So many of its hits on one alert may wait for follow-up.
const HITS_MAX: usize = 200;
/// So often it may tell more of one hit.
const REPORTS_MAX: u32 = 100;

/// What a person has to deal with.
const WAITING: &str = "open";

/// Terrorism and other urgent things are followed up within so many hours ("at once").
const URGENT_HOURS: i64 = 1;

impl Taking<'_> {
    /// An alert of this node that a partner speaks of, where the partner was given it. One that it
    /// was not given and one that does not exist are refused in the same words (invariant 10).
    async fn own_alert(
        &self,
        id: RecordId,
        version: Version,
    ) -> Result<(Alert, Purpose), TakeError> {
        let unknown = || Refused::new(RefusalGround::NotTheOriginator).about(id, version);
        if self.came_back.contains(&id) {
            return Err(TakeError::WriteFirst);
        }
        let held = self.held.get(&id).ok_or_else(unknown)?;
        let own = &self.app.inner.settings.authority;
        let stored = held
            .stored
            .as_ref()
            .filter(|stored| held.originator == *own && stored.envelope.kind == Kind::Alert)
            .ok_or_else(unknown)?;
        if !self.app.was_given(id, self.from()).await? {
            return Err(unknown().into());
        }
        let alert = read_body::<Alert>(stored)?
            .ok_or_else(|| Refused::new(RefusalGround::ErasedHere).about(id, version))?;
        Ok((alert, stored.envelope.purpose))
    }

    pub(super) async fn take_hit(&mut self, hit: Hit) -> Result<Taken, TakeError> {
        let about = (hit.alert, hit.version);
        let (alert, purpose) = self.own_alert(hit.alert, hit.version).await?;
        let claim = format!("hit-report:{}:{}", self.from(), hit.hit);
        self.claim(&claim)?;
        let report = self.report_of(&hit, &alert)?;
        let caller = self.caller_for(purpose)?;
        let mut writing = self.app.writing(&caller);
        let keep = self.app.inner.settings.keep_hits_days;
        let beside = Beside::new(report.state(), Operation::Collection)
            .due(report.due_at)
            .links([("alert", hit.alert)])
            .claims(vec![claim.clone()])
            .data(json!({ "from": self.from() }));
        let holder = self
            .app
            .store()
            .claims(std::slice::from_ref(&claim))
            .await?;
        match holder.first() {
            // The finder tells more of a hit that it has told before.
            Some((_, id)) => {
                let (stored, before) = self.app.load::<HitReport>(*id, Kind::HitReport).await?;
                if before.action_taken == report.action_taken && before.report == report.report {
                    return Ok(Taken::stored(Some(about)));
                }
                if stored.envelope.version.number() > REPORTS_MAX {
                    return Err(too_many("reports of this hit")
                        .about(about.0, about.1)
                        .into());
                }
                let merged = HitReport {
                    received_at: before.received_at,
                    due_at: before.due_at,
                    followed_up: before.followed_up,
                    ..report
                };
                let beside = Beside {
                    state: merged.state(),
                    ..beside
                };
                writing.change(&stored, None, &merged, beside)?;
            }
            None => {
                if !self.one_more(hit.alert, Kind::HitReport, HITS_MAX).await? {
                    return Err(too_many("hits on this alert")
                        .about(about.0, about.1)
                        .into());
                }
                let id = writing.new_id();
                let terms = Terms::own(Kind::HitReport, purpose, keep);
                writing.create(id, terms, &report, beside)?;
            }
        }
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(Some(about)))
    }

    /// A hit as it is put to whoever follows it up.
    fn report_of(&self, hit: &Hit, alert: &Alert) -> Result<HitReport, AppError> {
        let hours = if hit.urgent {
            URGENT_HOURS
        } else {
            i64::from(self.app.inner.exchange.profile.answer_hours)
        };
        Ok(HitReport {
            from: self.from().clone(),
            alert: hit.alert,
            alert_version: hit.version,
            name: alert.display_name().to_owned(),
            hit: hit.hit,
            confirmed_at: hit.confirmed_at,
            action_taken: hit.action_taken.as_str().to_owned(),
            report: hit
                .report
                .iter()
                .map(|(field, text)| (field.as_str().to_owned(), text.as_str().to_owned()))
                .collect(),
            urgent: hit.urgent,
            received_at: self.now,
            due_at: self.after_hours(hours)?,
            followed_up: None,
        })
    }

    pub(super) async fn take_request(&mut self, request: Request) -> Result<Taken, TakeError> {
        let claim = format!("inquiry:{}:{}", self.from(), request.id);
        self.claim(&claim)?;
        let held = self
            .app
            .store()
            .claims(std::slice::from_ref(&claim))
            .await?;
        if !held.is_empty() {
            return Ok(Taken::stored(None));
        }
        let (_, purpose) = self.own_alert(request.about, Version::FIRST).await?;
        if !self
            .one_more(request.about, Kind::Inquiry, QUESTIONS_MAX)
            .await?
        {
            return Err(too_many("questions about this alert").into());
        }
        // The clock starts at receipt (rule R977-04).
        let hours = if request.urgent.is_some() {
            URGENT_HOURS
        } else {
            i64::from(self.app.inner.exchange.profile.answer_hours)
        };
        let inquiry = Inquiry {
            with: self.from().clone(),
            direction: Direction::Received,
            question: request.id,
            about: request.about,
            matter: request.matter.as_str().to_owned(),
            recipient: request.recipient.clone(),
            text: request.text.as_str().to_owned(),
            urgent: request.urgent.map(|text| text.as_str().to_owned()),
            since: self.now,
            due_at: self.after_hours(hours)?,
            state: InquiryState::Open,
        };
        let caller = self.caller_for(purpose)?;
        let mut writing = self.app.writing(&caller);
        let keep = self.app.inner.settings.keep_hits_days;
        let beside = Beside::new(inquiry.state.as_str(), Operation::Collection)
            .due(inquiry.due_at)
            .links([("alert", request.about)])
            .claims(vec![claim])
            .data(json!({ "from": self.from(), "matter": inquiry.matter }));
        let id = writing.new_id();
        writing.create(
            id,
            Terms::own(Kind::Inquiry, purpose, keep),
            &inquiry,
            beside,
        )?;
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }

    pub(super) async fn take_answer(&mut self, answer: Answer) -> Result<Taken, TakeError> {
        let unknown = || Refused::new(RefusalGround::NotValid).hint(&"no such question was asked");
        let found = self.app.load::<Inquiry>(answer.to, Kind::Inquiry).await;
        let (stored, inquiry) = match found {
            Ok(found) => found,
            Err(AppError::NotFound(_)) => return Err(unknown().into()),
            Err(error) => return Err(error.into()),
        };
        if inquiry.with != *self.from() || inquiry.direction != Direction::Asked {
            return Err(unknown().into());
        }
        if inquiry.state != InquiryState::Open {
            return Ok(Taken::stored(None));
        }
        let decision = answer.decision.map(decision_as_text);
        let about = inquiry.about;
        let taken = InquiryAnswer {
            decision,
            text: answer.text.as_str().to_owned(),
            by: None,
            at: self.now,
        };
        let answered = inquiry
            .answer(taken)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let caller = self.caller_for(stored.envelope.purpose)?;
        let mut writing = self.app.writing(&caller);
        let beside = Beside::new(answered.state.as_str(), Operation::Alteration)
            .links([("alert", about)])
            .data(json!({ "from": self.from() }));
        writing.change(&stored, None, &answered, beside)?;
        if answer.decision == Some(Decision::Granted)
            && let Some(to) = &answered.recipient
        {
            let passed = self
                .app
                .pass_on_permitted(&mut writing, &answered, to)
                .await?;
            self.queues |= passed;
        }
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }

    /// Counts one more of what a partner tells or asks about an alert and what waits for a person;
    /// `false` where there are as many as there may be.
    async fn one_more(
        &mut self,
        alert: RecordId,
        kind: Kind,
        most: usize,
    ) -> Result<bool, TakeError> {
        let waiting = match self.waiting_about.get(&(alert, kind)) {
            Some(count) => *count,
            None => self.waiting_about(alert, kind).await?,
        };
        let is_room = waiting < most;
        let waiting = waiting + usize::from(is_room);
        self.waiting_about.insert((alert, kind), waiting);
        Ok(is_room)
    }

    /// How much this partner has told or asked about an alert that nobody has dealt with.
    async fn waiting_about(&self, alert: RecordId, kind: Kind) -> Result<usize, TakeError> {
        let store = self.app.store();
        let linked = store.linked(alert, "alert").await?;
        let open = store.records(&linked).await?.into_iter();
        let open = open.filter(|stored| stored.envelope.kind == kind && stored.state == WAITING);
        let mut count = 0;
        for stored in open {
            let from = match kind {
                Kind::Inquiry => read_body::<Inquiry>(&stored)?.map(|inquiry| inquiry.with),
                _ => read_body::<HitReport>(&stored)?.map(|report| report.from),
            };
            count += usize::from(from.as_ref() == Some(self.from()));
        }
        Ok(count)
    }

    fn after_hours(&self, hours: i64) -> Result<Timestamp, AppError> {
        self.now
            .checked_add(SignedDuration::from_hours(hours))
            .map_err(|error| AppError::Internal(format!("no such due time: {error}")))
    }
}

fn too_many(what: &str) -> Refused {
    let text = format!("too many open {what}: wait until somebody has dealt with some");
    Refused::new(RefusalGround::TooLarge).hint(&text)
}

fn decision_as_text(decision: Decision) -> String {
    match decision {
        Decision::Granted => "granted".to_owned(),
        Decision::Refused { ground } => format!("refused: {ground}"),
        Decision::Same => "same".to_owned(),
        Decision::Different => "different".to_owned(),
    }
}

//! Questions between authorities, with their clock, and reports of hits that came from partners.

use egnatia_alerts::{
    Alert, Direction, FollowedUp, HitReport, Inquiry, InquiryAnswer, InquiryState, Reason,
};
use egnatia_audit::Operation;
use egnatia_protocol::{Answer, Decision, Hint, Matter, Request, Statement, Text};
use egnatia_record::{AuthorityId, Envelope, Kind, Purpose, RecordId};
use jiff::SignedDuration;
use serde_json::json;

use crate::alerts::{AlertPurpose, RECEIVED, TOLD};
use crate::port::{Change, Cursor, DeliveryRow, DueFilter, DuePlace, DueRecord};
use crate::writing::{Beside, EventAbout, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, NewFlag, Page, read_body};

/// The state of a question or a report for which nobody has done anything yet.
const OPEN: &str = "open";
/// The state of a question of this node's own that the partner has not answered.
const ASKED: &str = "asked";

/// A question to whoever issued an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    /// The alert.
    pub about: RecordId,
    /// What kind of question.
    pub matter: Matter,
    /// To whom the alert would be given, where that is what is asked.
    pub recipient: Option<AuthorityId>,
    /// In words.
    pub text: Reason,
    /// Why it is urgent, where it is.
    pub urgent: Option<String>,
}

/// Something with its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Enveloped<B> {
    /// The record.
    pub id: RecordId,
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub body: B,
}

impl App {
    /// Asks whoever issued an alert.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such alert, [`AppError::Invalid`] where the partner
    /// is not known or the text says nothing, [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn ask(&self, caller: &Caller, question: NewQuestion) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::Exchange, None)?;
        if question.matter == Matter::OnwardTransfer && question.recipient.is_none() {
            let text = "say to whom the alert is to be passed on";
            return Err(Invalid::new("recipient", "missing", text).into());
        }
        let (stored, _) = self.load::<Alert>(question.about, Kind::Alert).await?;
        let own = &self.inner.settings.authority;
        let issuer = &stored.envelope.originator;
        if issuer == own {
            let text = "questions go to whoever issued the alert; this one is your own";
            return Err(Invalid::new("about", "own", text).into());
        }
        if self.directory().accepted(issuer).is_none() {
            let text = format!("`{issuer}` is not an accepted partner");
            return Err(Invalid::new("with", "unknown", text).into());
        }
        let mut writing = self.writing(caller);
        let id = self.put_inquiry(&mut writing, stored.envelope.purpose, issuer, &question)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(id)
    }

    /// Puts a question into a transaction, and queues it.
    pub(crate) fn put_inquiry(
        &self,
        writing: &mut Writing<'_>,
        purpose: Purpose,
        with: &AuthorityId,
        question: &NewQuestion,
    ) -> Result<RecordId, AppError> {
        let NewQuestion {
            about,
            matter,
            recipient,
            text,
            urgent,
        } = question;
        let (about, matter) = (*about, *matter);
        let too_long = |field: &'static str| {
            move |error: egnatia_protocol::TooLong| {
                Invalid::new(field, "too-long", error.to_string())
            }
        };
        let profile = &self.inner.exchange.profile;
        let hours = match (matter, urgent) {
            (_, Some(_)) => 1,
            (Matter::DuplicateQuestion, None) => i64::from(profile.duplicate_hours),
            _ => i64::from(profile.answer_hours),
        };
        let due_at = writing
            .at
            .checked_add(SignedDuration::from_hours(hours))
            .map_err(|error| AppError::Internal(format!("no such due time: {error}")))?;
        let id = writing.new_id();
        let request = Statement::Request(Request {
            id,
            about,
            matter,
            recipient: recipient.clone(),
            text: Text::new(text.as_str()).map_err(too_long("text"))?,
            urgent: urgent
                .clone()
                .map(Hint::new)
                .transpose()
                .map_err(too_long("urgent"))?,
            sent_at: writing.at,
            due_at,
        });
        let (_, payload) = request
            .to_payload()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let inquiry = Inquiry {
            with: with.clone(),
            direction: Direction::Asked,
            question: id,
            about,
            matter: matter.as_str().to_owned(),
            recipient: recipient.clone(),
            text: text.to_string(),
            urgent: urgent.clone(),
            since: writing.at,
            due_at,
            state: InquiryState::Open,
        };
        let keep = self.inner.settings.keep_hits_days;
        let beside = Beside::new(ASKED, Operation::Disclosure)
            .due(due_at)
            .links([("alert", about)])
            .data(json!({ "with": with, "matter": inquiry.matter }));
        writing.create(
            id,
            Terms::own(Kind::Inquiry, purpose, keep),
            &inquiry,
            beside,
        )?;
        let row = DeliveryRow {
            payload: Some(payload),
            record: Some(id),
            ..DeliveryRow::queued(with.clone(), "request", writing.at)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(id)
    }

    /// Questions, what is due first first: those to this node and its own. Answered ones follow.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn inquiries(
        &self,
        caller: &Caller,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<Enveloped<Inquiry>, DuePlace>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let limit = limit.clamp(1, 100);
        let found = self.due_inquiries(after, limit).await?;
        self.page_of(caller, "inquiries", found, limit).await
    }

    /// Open questions of all directions merged by what is due, then answered ones.
    async fn due_inquiries(
        &self,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Vec<DueRecord>, AppError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let filter = |open, after| DueFilter {
            kind: Kind::Inquiry,
            open,
            about: None,
            after,
            limit,
        };
        let mut found: Vec<DueRecord> = Vec::new();
        let mut place = match after {
            Some(closed @ DuePlace::Closed(_)) => closed,
            _ => {
                for state in [OPEN, ASKED, TOLD] {
                    let due = self.store().find_due(&filter(state, after)).await?;
                    found.extend(due.into_iter().filter(|due| due.record.state == state));
                }
                found.sort_by_key(|due| match due.place {
                    DuePlace::Open { due_us, id } => (due_us, id),
                    DuePlace::Closed(cursor) => (i64::MAX, cursor.id),
                });
                DuePlace::Closed(Cursor {
                    at_us: i64::MAX,
                    id: RecordId::from_bytes([u8::MAX; 16]),
                })
            }
        };
        while found.len() < most {
            let due = self.store().find_due(&filter(OPEN, Some(place))).await?;
            let is_last = due.len() < most;
            if let Some(last) = due.last() {
                place = last.place;
            }
            let waits = |due: &DueRecord| [ASKED, TOLD].contains(&due.record.state.as_str());
            found.extend(due.into_iter().filter(|due| !waits(due)));
            if is_last {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// Reports of hits on the node's own alerts, what is due first first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn hit_reports(
        &self,
        caller: &Caller,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<Enveloped<HitReport>, DuePlace>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let filter = DueFilter {
            kind: Kind::HitReport,
            open: OPEN,
            about: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        self.page_of(caller, "hit-reports", found, filter.limit)
            .await
    }

    async fn page_of<B: serde::de::DeserializeOwned>(
        &self,
        caller: &Caller,
        subject: &str,
        found: Vec<DueRecord>,
        limit: u32,
    ) -> Result<Page<Enveloped<B>, DuePlace>, AppError> {
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let mut items = Vec::with_capacity(found.len());
        for due in found {
            if let Some(body) = read_body(&due.record)? {
                items.push(Enveloped {
                    id: due.record.envelope.id,
                    envelope: due.record.envelope,
                    body,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.id).collect();
        let about = EventAbout::subject(subject).data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// How many questions to this node, notices within it and reports of hits nobody has acted on: for the counter in
    /// the navigation. Touches nothing personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn to_answer(&self) -> Result<u64, AppError> {
        let store = self.store();
        let mut count = store.count(Kind::HitReport, OPEN).await?;
        for state in [OPEN, TOLD] {
            count += store.count(Kind::Inquiry, state).await?;
        }
        Ok(count)
    }

    /// How many alerts of partners are compared at present. Touches nothing personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn received_alerts(&self) -> Result<u64, AppError> {
        Ok(self.store().count(Kind::Alert, RECEIVED).await?)
    }

    /// A question with its answer.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_inquiry(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<Enveloped<Inquiry>, AppError> {
        self.view_enveloped(caller, id, Kind::Inquiry).await
    }

    /// A report of a hit.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_hit_report(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<Enveloped<HitReport>, AppError> {
        self.view_enveloped(caller, id, Kind::HitReport).await
    }

    async fn view_enveloped<B: serde::de::DeserializeOwned>(
        &self,
        caller: &Caller,
        id: RecordId,
        kind: Kind,
    ) -> Result<Enveloped<B>, AppError> {
        self.authorise(caller, Action::ViewAlert, None)?;
        let (stored, body) = self.load::<B>(id, kind).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        Ok(Enveloped {
            id,
            envelope: stored.envelope,
            body,
        })
    }

    /// Answers a partner's question. Granting a flag sets it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], [`AppError::NoJustification`];
    /// [`AppError::Conflict`] where it is answered, or this node has asked it.
    pub async fn answer(
        &self,
        caller: &Caller,
        id: RecordId,
        decision: Option<Decision>,
        text: &Reason,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::Exchange, None)?;
        let (stored, inquiry) = self.load::<Inquiry>(id, Kind::Inquiry).await?;
        if inquiry.direction != Direction::Received {
            let text =
                "a partner does not ask this: its question is answered by whom it was put to";
            return Err(AppError::Conflict(text.to_owned()));
        }
        let grants_flag =
            decision == Some(Decision::Granted) && inquiry.matter == Matter::Flag.as_str();
        let mut writing = self.writing(caller);
        let statement = Statement::Answer(Answer {
            to: inquiry.question,
            decision,
            text: Text::new(text.as_str())
                .map_err(|error| Invalid::new("text", "too-long", error.to_string()))?,
            at: writing.at,
        });
        let (_, payload) = statement
            .to_payload()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let with = inquiry.with.clone();
        let about = inquiry.about;
        let answer = InquiryAnswer {
            decision: decision.map(|decision| match decision {
                Decision::Granted => "granted".to_owned(),
                Decision::Refused { ground } => format!("refused: {ground}"),
                Decision::Same => "same".to_owned(),
                Decision::Different => "different".to_owned(),
            }),
            text: text.to_string(),
            by: Some(caller.login.clone()),
            at: writing.at,
        };
        let answered = inquiry
            .answer(answer)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        // In the same transaction: no flag without the answer that grants it.
        if grants_flag {
            let flag = NewFlag {
                authority: with.clone(),
                reason: text.clone(),
                alternative_action: None,
            };
            self.put_flag(&mut writing, caller, (about, flag)).await?;
        }
        let beside = Beside::new(answered.state.as_str(), Operation::Disclosure)
            .links([("alert", about)])
            .data(json!({ "with": with }));
        writing.change(&stored, None, &answered, beside)?;
        let row = DeliveryRow {
            payload: Some(payload),
            record: Some(id),
            ..DeliveryRow::queued(with, "answer", writing.at)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// States what was done about a partner's report of a hit.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], [`AppError::NoJustification`];
    /// [`AppError::Conflict`] where somebody has.
    pub async fn follow_up_report(
        &self,
        caller: &Caller,
        id: RecordId,
        report: Reason,
    ) -> Result<(), AppError> {
        let lasts = AlertPurpose::Lasts;
        self.follow_up_report_with(caller, id, report, lasts).await
    }

    /// The same; where the alert's purpose is achieved, its issuer is told in the same transaction
    /// (rule SIS-12).
    ///
    /// # Errors
    /// As [`App::follow_up_report`] and [`App::tell_achieved`].
    pub async fn follow_up_report_with(
        &self,
        caller: &Caller,
        id: RecordId,
        report: Reason,
        purpose: AlertPurpose,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::Exchange, None)?;
        let (stored, held) = self.load::<HitReport>(id, Kind::HitReport).await?;
        if held.followed_up.is_some() {
            let text = "somebody has followed it up already".to_owned();
            return Err(AppError::Conflict(text));
        }
        let mut writing = self.writing(caller);
        if purpose == AlertPurpose::Achieved {
            self.put_achieved(&mut writing, caller, held.alert, &report)
                .await?;
        }
        let done = HitReport {
            followed_up: Some(FollowedUp {
                report,
                by: caller.login.clone(),
                at: writing.at,
            }),
            ..held
        };
        let beside =
            Beside::new(done.state(), Operation::Alteration).links([("alert", done.alert)]);
        writing.change(&stored, None, &done, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }
}

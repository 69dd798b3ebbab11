//! Somebody or something is checked: search, remember what was settled, log, answer.

use std::collections::HashMap;

use egnatia_alerts::{
    Check, ConsultedList, Decision, EntryRef, ListEntry, Match, MatchState, ScannedZone, Settled,
};
use egnatia_audit::{Hash, Operation};
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{Assessment, Description};
use egnatia_record::{Envelope, Justification, Kind, RecordId, UserId};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::index::{Found, Search};
use crate::port::{CommitError, Conflict, Cursor, RecordFilter};
use crate::question::{asked, entry_ref, fingerprint, settled_claim, validate};
use crate::writing::{Beside, EventAbout, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body, read_entry};

/// What is asked. Purpose and case come with the caller.
#[derive(Debug, Clone, Default)]
pub struct CheckRequest {
    /// Whom or what.
    pub query: Description,
    /// The machine-readable zone that it was read from, where it was: it is kept with the check.
    pub zone: Option<Box<Mrz>>,
    /// At most so many candidates; `None` for the node's setting.
    pub limit: Option<u16>,
    /// A client's own id of the request, 1 to 64 characters: the same one gets the same answer.
    pub idempotency_key: Option<String>,
}

/// A match that waits for a decision. It has one JSON form, on the command line and over the API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The record of the match.
    #[serde(rename = "match")]
    pub matched: RecordId,
    /// The entry that agrees.
    #[serde(flatten)]
    pub entry: EntryRef,
    /// How far, feature by feature.
    #[serde(flatten)]
    pub assessment: Assessment,
    /// What is done if it is confirmed.
    pub action: String,
    /// Whether somebody has decided.
    #[serde(serialize_with = "state_as_text")]
    pub state: MatchState,
}

/// The answer to a check: the same shape whether anything was found or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckAnswer {
    /// The record of the check.
    pub check: RecordId,
    /// When, UTC.
    pub at: Timestamp,
    /// The machine-readable zone that was asked, with its check digits; absent where there was
    /// none.
    #[serde(rename = "mrz", skip_serializing_if = "Option::is_none")]
    pub zone: Option<Box<Mrz>>,
    /// Matches, best first.
    pub candidates: Vec<Candidate>,
    /// Candidates that an officer rejected before.
    pub settled: Vec<Settled>,
    /// Which lists were compared, in which version.
    pub lists: Vec<ConsultedList>,
}

/// A check as it is shown later.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckView {
    /// Who, when, why.
    pub envelope: Envelope,
    /// What was asked.
    pub check: Check,
    /// Its answer, with what has been decided since.
    pub answer: CheckAnswer,
    /// What the candidates' entries say at present, by their records; erased ones are left out.
    pub entries: HashMap<RecordId, ListEntry>,
}

/// A question that was searched, before it is written.
pub(crate) struct Asked {
    pub query: Description,
    /// The zone that it was read from.
    pub zone: Option<ScannedZone>,
    pub lists: Vec<ConsultedList>,
    /// What waits for a decision.
    pub open: Vec<Found>,
    pub settled: Vec<Settled>,
}

/// A line in the list of one's own checks.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckSummary {
    /// The record of the check.
    pub check: RecordId,
    /// When, UTC.
    pub at: Timestamp,
    /// The first name or number that was asked.
    pub asked: String,
    /// In which case.
    pub case: String,
    /// How many matches it found.
    pub matches: usize,
}

impl App {
    /// Checks somebody or something. The check, its matches and the log entry are durable before
    /// the answer leaves.
    ///
    /// # Errors
    /// [`AppError::NoJustification`] without purpose and case; [`AppError::Invalid`] where the
    /// query is empty or out of bounds.
    pub async fn check(
        &self,
        caller: &Caller,
        request: CheckRequest,
    ) -> Result<CheckAnswer, AppError> {
        self.authorise(caller, Action::Check, None)?;
        let justification = caller
            .justification
            .as_ref()
            .ok_or(AppError::NoJustification)?;
        let claim = idempotency_claim(caller, "request", request.idempotency_key.as_deref())?;
        validate(&request.query)?;
        let most = self.inner.settings.candidates_max;
        let limit = request.limit.map_or(most, |limit| limit.clamp(1, most));
        let Search { found, lists } = self.inner.index.search(&request.query, limit)?;
        let (open, settled) = self.split_settled(&request.query, found, &lists).await?;

        let mut writing = self.writing(caller);
        let asked = Asked {
            query: request.query,
            zone: request.zone.as_deref().map(scanned),
            lists,
            open,
            settled,
        };
        let claims = claim.iter().cloned().collect();
        let (check_id, check, candidates) =
            self.put_check(&mut writing, justification, asked, claims)?;
        let at = writing.at;
        match self.store().commit(writing.batch).await {
            Ok(_) => Ok(CheckAnswer {
                check: check_id,
                at,
                zone: request.zone,
                candidates,
                settled: check.settled,
                lists: check.lists,
            }),
            Err(CommitError::Conflict(Conflict::Claim(name))) if claim.as_ref() == Some(&name) => {
                self.answer_again(caller, &name).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts a check and its matches into a transaction.
    pub(crate) fn put_check(
        &self,
        writing: &mut Writing<'_>,
        why: &Justification,
        asked: Asked,
        claims: Vec<String>,
    ) -> Result<(RecordId, Check, Vec<Candidate>), AppError> {
        let check_id = writing.new_local_id();
        let candidates: Vec<Candidate> = asked
            .open
            .into_iter()
            .map(|found| Candidate {
                matched: writing.new_local_id(),
                action: (found.action.clone())
                    .unwrap_or_else(|| self.terms(&found.list).action.clone()),
                entry: entry_ref(&found, &asked.lists),
                assessment: found.assessment,
                state: MatchState::Waiting,
            })
            .collect();
        let check = Check {
            case: why.case.clone(),
            query: asked.query,
            zone: asked.zone,
            lists: asked.lists,
            matches: candidates.iter().map(|c| c.matched).collect(),
            settled: asked.settled,
        };
        let keep = self.inner.settings.keep_checks_days;
        let beside = Beside::new("answered", Operation::Consultation)
            .claims(claims)
            .data(json!({ "matches": check.matches.len(), "settled": check.settled.len() }));
        let terms = |kind| Terms::own(kind, why.purpose, keep);
        writing.create(check_id, terms(Kind::Check), &check, beside)?;
        for candidate in &candidates {
            put_match(writing, terms(Kind::Match), check_id, &check, candidate)?;
        }
        Ok((check_id, check, candidates))
    }

    /// A check with its answer and what has been decided since.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn view_check(&self, caller: &Caller, id: RecordId) -> Result<CheckView, AppError> {
        let (envelope, check) = self.load_check(caller, id).await?;
        let answer = self.rebuild_answer(&envelope, &check).await?;
        let entries = answer.candidates.iter().map(|c| c.entry.record);
        let ids: Vec<RecordId> = entries.collect();
        let entries = self.entries_of(&ids).await?;
        let seen = EventAbout::seen(id, envelope.version)
            .data(json!({ "matches": check.matches, "entries": ids }));
        self.log_consultation(caller, seen).await?;
        Ok(CheckView {
            envelope,
            check,
            answer,
            entries,
        })
    }

    /// What these entries say at present, in one question to the store. Whoever shows it names
    /// the records in the log.
    pub(crate) async fn entries_of(
        &self,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, ListEntry>, AppError> {
        let mut entries = HashMap::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(entries);
        }
        for stored in self.store().records(ids).await? {
            if let Some(entry) = read_entry(&stored)? {
                entries.insert(stored.envelope.id, entry);
            }
        }
        Ok(entries)
    }

    /// The caller's own checks, newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn own_checks(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<CheckSummary>, AppError> {
        self.authorise(caller, Action::ViewCheck, Some(&caller.login))?;
        let filter = RecordFilter {
            kind: Kind::Check,
            state: None,
            created_by: Some(caller.login.clone()),
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut items = Vec::with_capacity(stored.len());
        for record in &stored {
            let Some(check) = read_body::<Check>(record)? else {
                continue;
            };
            items.push(CheckSummary {
                check: record.envelope.id,
                at: record.envelope.recorded_at,
                asked: asked(&check.query),
                case: check.case.to_string(),
                matches: check.matches.len(),
            });
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.check).collect();
        let about = EventAbout::subject("own-checks").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    async fn load_check(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(Envelope, Check), AppError> {
        // Without a justification nothing is said, not even whether there is such a record.
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        let (stored, check) = self.load::<Check>(id, Kind::Check).await?;
        self.authorise(caller, Action::ViewCheck, Some(&stored.envelope.author))
            .map_err(|_| AppError::NotFound("check"))?;
        Ok((stored.envelope, check))
    }

    async fn answer_again(&self, caller: &Caller, claim: &str) -> Result<CheckAnswer, AppError> {
        let holders = self.store().claims(&[claim.to_owned()]).await?;
        let (_, id) = holders
            .into_iter()
            .next()
            .ok_or(AppError::NotFound("check"))?;
        self.view_check(caller, id).await.map(|view| view.answer)
    }

    async fn rebuild_answer(
        &self,
        envelope: &Envelope,
        check: &Check,
    ) -> Result<CheckAnswer, AppError> {
        let stored = self.store().records(&check.matches).await?;
        let mut by_id: HashMap<RecordId, Match> = HashMap::new();
        for record in &stored {
            if let Some(body) = read_body(record)? {
                by_id.insert(record.envelope.id, body);
            }
        }
        let candidates = check
            .matches
            .iter()
            .filter_map(|id| by_id.remove(id).map(|matched| (*id, matched)))
            .map(|(id, matched)| Candidate {
                matched: id,
                entry: matched.entry,
                assessment: matched.assessment,
                action: matched.action,
                state: matched.state,
            })
            .collect();
        Ok(CheckAnswer {
            check: envelope.id,
            at: envelope.recorded_at,
            zone: check.zone.as_ref().and_then(read_again),
            candidates,
            settled: check.settled.clone(),
            lists: check.lists.clone(),
        })
    }

    /// Parts the candidates that an officer rejected before, for the same query and the same
    /// version of the entry, from those that wait for a decision.
    pub(crate) async fn split_settled(
        &self,
        query: &Description,
        found: Vec<Found>,
        lists: &[ConsultedList],
    ) -> Result<(Vec<Found>, Vec<Settled>), AppError> {
        if found.is_empty() {
            return Ok((found, Vec::new()));
        }
        let fingerprint = fingerprint(query);
        let names: Vec<String> = found
            .iter()
            .map(|found| settled_claim(fingerprint, found.record, found.version.number()))
            .collect();
        let holders: HashMap<String, RecordId> =
            self.store().claims(&names).await?.into_iter().collect();
        let (mut open, mut settled) = (Vec::new(), Vec::new());
        for (found, name) in found.into_iter().zip(names) {
            let Some(&decision_id) = holders.get(&name) else {
                open.push(found);
                continue;
            };
            match self.load::<Decision>(decision_id, Kind::Decision).await {
                Ok((_, decision)) => settled.push(Settled {
                    entry: entry_ref(&found, lists),
                    decision: decision_id,
                    by: decision.by,
                    at: decision.at,
                    reason: decision.reason.to_string(),
                    probability: found.assessment.probability,
                }),
                // The decision has been erased since: the pair is put again.
                Err(AppError::NotFound(_)) => open.push(found),
                Err(error) => return Err(error),
            }
        }
        Ok((open, settled))
    }
}

fn scanned(zone: &Mrz) -> ScannedZone {
    ScannedZone {
        lines: zone.lines.clone(),
        read_on: zone.read_on,
    }
}

/// The zone as it was read at the time.
fn read_again(zone: &ScannedZone) -> Option<Box<Mrz>> {
    let read = Mrz::read(&zone.lines.join("\n"), zone.read_on);
    read.ok().map(Box::new)
}

fn state_as_text<S: Serializer>(state: &MatchState, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(state.as_str())
}

fn put_match(
    writing: &mut Writing<'_>,
    terms: Terms,
    check_id: RecordId,
    check: &Check,
    candidate: &Candidate,
) -> Result<(), AppError> {
    let matched = Match {
        check: check_id,
        case: check.case.clone(),
        query: check.query.clone(),
        entry: candidate.entry.clone(),
        assessment: candidate.assessment.clone(),
        action: candidate.action.clone(),
        state: MatchState::Waiting,
    };
    let beside = Beside::new(matched.state.as_str(), Operation::Combination)
        .links([("check", check_id), ("entry", candidate.entry.record)]);
    writing.create(candidate.matched, terms, &matched, beside)
}

/// The name by which a request is known again; `what` tells apart what is asked for.
pub(crate) fn idempotency_claim(
    caller: &Caller,
    what: &str,
    key: Option<&str>,
) -> Result<Option<String>, AppError> {
    let Some(key) = key else { return Ok(None) };
    let readable = key.chars().all(|c| c.is_ascii_graphic());
    if key.is_empty() || key.len() > 64 || !readable {
        let text = "an idempotency key has 1 to 64 visible ASCII characters";
        return Err(Invalid::new("idempotency_key", "invalid", text).into());
    }
    // Hashed: a claim is a name in the store, and a client may put anything into its key.
    let login: &UserId = &caller.login;
    Ok(Some(format!(
        "{what}:{}",
        Hash::of(format!("{login}\n{key}").as_bytes())
    )))
}

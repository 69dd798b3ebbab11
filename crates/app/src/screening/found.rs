//! What a screening has found, read back from the store.

use std::collections::{HashMap, VecDeque};

use egnatia_alerts::{Check, EntryRef, Match, RowOutcome, ScreenedRow, ScreenedRows};
use egnatia_formats::hits::HitLine;
use egnatia_matching::{Band, Feature, Verdict};
use egnatia_record::{Kind, RecordId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::task::JoinHandle;

use super::FOUND_IN;
use crate::question::asked;
use crate::writing::EventAbout;
use crate::{App, AppError, Caller, read_body};

/// A page ends behind the part with which it has so many lines.
const PAGE: usize = 100;
/// How many records are read at a time.
const RECORDS: usize = 500;

/// A match of a row, or a row that could not be checked.
#[derive(Debug, Clone, PartialEq)]
pub enum RowRead<B = Match> {
    /// A match.
    Matched {
        /// The row in the input.
        row: u64,
        /// The first name or number of the row.
        asked: String,
        /// The record of the match.
        matched: RecordId,
        /// What agrees and what does not, and whether somebody has decided since.
        body: Box<B>,
    },
    /// The row says nothing that can be compared.
    NotChecked {
        /// The row in the input.
        row: u64,
        /// What it would have been shown as.
        asked: String,
        /// Why.
        why: String,
    },
}

/// Of a [`Match`] what a line of a file says: a file has millions, and the words of the evidence
/// are most of a record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Brief {
    /// The check that found it.
    pub check: RecordId,
    /// The entry that agrees.
    pub entry: EntryRef,
    /// How far it agrees.
    pub assessment: BriefAssessment,
}

/// Of an assessment the same.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BriefAssessment {
    /// How likely it is the same.
    pub probability: f64,
    /// The band of that.
    pub band: Band,
    /// What was compared.
    pub evidence: Vec<BriefEvidence>,
}

/// Of an evidence the same.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BriefEvidence {
    /// What was compared.
    pub feature: Feature,
    /// What it says.
    pub verdict: Verdict,
    /// What was asked.
    #[serde(default)]
    pub query: Option<String>,
    /// What the entry states.
    #[serde(default)]
    pub entry: Option<String>,
}

impl<B> RowRead<B> {
    /// The record of the match, where it is one.
    pub fn matched(&self) -> Option<RecordId> {
        match self {
            Self::Matched { matched, .. } => Some(*matched),
            Self::NotChecked { .. } => None,
        }
    }
}

impl RowRead<Brief> {
    /// The same as a line of a file.
    pub fn line(&self) -> HitLine {
        match self {
            Self::Matched {
                row, asked, body, ..
            } => HitLine {
                row: *row,
                input_name: asked.clone(),
                record: body.entry.record.to_string(),
                list: body.entry.list.clone(),
                name: body.entry.name.clone(),
                probability: Some(body.assessment.probability),
                band: band(body.assessment.band).to_owned(),
                check: body.check.to_string(),
                evidence: first_evidence(&body.assessment),
            },
            Self::NotChecked { row, asked, why } => not_checked(*row, asked.clone(), why),
        }
    }
}

/// So many parts are read while one is being written.
const AHEAD: usize = 4;

/// Gives what a screening has found, part after part.
pub struct Export {
    app: App,
    parts: std::vec::IntoIter<RecordId>,
    ahead: VecDeque<AbortOnDrop>,
}

/// A part that is being read. Nobody waits for it once the export is given up.
struct AbortOnDrop(JoinHandle<Result<Vec<RowRead<Brief>>, AppError>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Export {
    /// What the next part has found; `None` at the end.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn next(&mut self) -> Result<Option<Vec<RowRead<Brief>>>, AppError> {
        while self.ahead.len() < AHEAD
            && let Some(part) = self.parts.next()
        {
            let app = self.app.clone();
            let reading = tokio::spawn(async move { app.found_in(part).await });
            self.ahead.push_back(AbortOnDrop(reading));
        }
        let Some(mut first) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let read = (&mut first.0).await;
        let ended = |_| AppError::Internal("the reading of a part broke off".to_owned());
        read.map_err(ended)?.map(Some)
    }
}

impl App {
    /// What a screening has found, to be given away. It is in the log before anything of it is.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn export_screening(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<Export, AppError> {
        let (stored, _) = self.load_screening(caller, id).await?;
        let place = self.place(&stored, false).await?;
        let parts = self.store().linked(id, FOUND_IN).await?;
        let about = EventAbout::seen(id, stored.envelope.version).data(json!({
            "export": true, "rows": place.so_far.rows, "matches": place.so_far.matches,
        }));
        self.log_consultation(caller, about).await?;
        Ok(Export {
            app: self.clone(),
            parts: parts.into_iter(),
            ahead: VecDeque::new(),
        })
    }

    /// A page of what a screening has found, behind so many of its parts; and where the next one
    /// starts.
    pub(super) async fn found_page(
        &self,
        id: RecordId,
        after: usize,
    ) -> Result<(Vec<RowRead>, Option<usize>), AppError> {
        let parts = self.store().linked(id, FOUND_IN).await?;
        let mut found = Vec::new();
        let mut read = after;
        for &part in parts.iter().skip(after) {
            if found.len() >= PAGE {
                return Ok((found, Some(read)));
            }
            found.extend(self.found_in(part).await?);
            read = read.saturating_add(1);
        }
        Ok((found, None))
    }

    async fn found_in<B: DeserializeOwned>(
        &self,
        part: RecordId,
    ) -> Result<Vec<RowRead<B>>, AppError> {
        let part = match self.load::<ScreenedRows>(part, Kind::ScreenedRows).await {
            Ok((_, part)) => part,
            // Erased since: its matches stay in the inbox as long as they are kept.
            Err(AppError::NotFound(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let checked = |row: &ScreenedRow| match row.outcome {
            RowOutcome::Checked(check) => Some(check),
            _ => None,
        };
        let checks: Vec<RecordId> = part.rows.iter().filter_map(checked).collect();
        let checks: HashMap<RecordId, Check> = self.bodies(&checks).await?;
        let ids: Vec<RecordId> = checks.values().flat_map(|c| c.matches.clone()).collect();
        let mut matches: HashMap<RecordId, B> = self.bodies(&ids).await?;
        let mut found = Vec::new();
        for row in &part.rows {
            match &row.outcome {
                RowOutcome::Nobody => {}
                RowOutcome::NotChecked(why) => found.push(RowRead::NotChecked {
                    row: row.row,
                    asked: asked(&row.query),
                    why: why.clone(),
                }),
                RowOutcome::Checked(check) => {
                    let ids = checks.get(check).map(|check| check.matches.as_slice());
                    for id in ids.unwrap_or_default() {
                        found.extend(matches.remove(id).map(|body| RowRead::Matched {
                            row: row.row,
                            asked: asked(&row.query),
                            matched: *id,
                            body: Box::new(body),
                        }));
                    }
                }
            }
        }
        Ok(found)
    }

    async fn bodies<B: DeserializeOwned>(
        &self,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, B>, AppError> {
        let mut bodies = HashMap::with_capacity(ids.len());
        for page in ids.chunks(RECORDS) {
            for stored in self.store().records(page).await? {
                if let Some(body) = read_body(&stored)? {
                    bodies.insert(stored.envelope.id, body);
                }
            }
        }
        Ok(bodies)
    }
}

/// The line of a row that says nothing to compare.
pub(super) fn not_checked(row: u64, asked: String, why: &str) -> HitLine {
    HitLine {
        row,
        input_name: asked,
        record: String::new(),
        list: String::new(),
        name: String::new(),
        probability: None,
        band: "not-checked".to_owned(),
        check: String::new(),
        evidence: format!("not checked: {why}"),
    }
}

pub(super) const fn band(band: Band) -> &'static str {
    match band {
        Band::Match => "match",
        Band::Possible => "possible",
        Band::None => "none",
    }
}

/// The first feature that both sides state, in words.
fn first_evidence(assessment: &BriefAssessment) -> String {
    let stated = |evidence: &&BriefEvidence| is_stated(evidence.verdict);
    let first = assessment.evidence.iter().find(stated);
    first
        .map(|one| in_words(one.feature, one.verdict, [&one.query, &one.entry]))
        .unwrap_or_default()
}

pub(super) fn is_stated(verdict: Verdict) -> bool {
    verdict != Verdict::Absent
}

/// A line of evidence, with what both sides state.
pub(super) fn in_words(feature: Feature, verdict: Verdict, sides: [&Option<String>; 2]) -> String {
    let feature = match feature {
        Feature::Name => "name",
        Feature::BirthDate => "birth date",
        Feature::Gender => "gender",
        Feature::Nationality => "nationality",
        Feature::Place => "place",
        Feature::Identifier => "number",
        Feature::Schema => "kind",
        Feature::Make => "make",
        Feature::Model => "model",
        Feature::Calibre => "calibre",
        Feature::WeaponKind => "kind of weapon",
    };
    let verdict = match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Similar => "is similar",
        Verdict::Contradicts => "contradicts",
        Verdict::Absent => "is not compared",
    };
    let [query, entry] = sides.map(|text| text.as_deref().unwrap_or("not stated"));
    format!("{feature} {verdict}: {query} | {entry}")
}

//! What was agreed with partners: records of the node, which administrators write and end.

use std::collections::BTreeSet;

use egnatia_audit::Operation;
use egnatia_record::{
    Arrangement, Category, Evaluation, Gate, Handling, Kind, LegalBasis, Nature, PartnerCode,
    Purpose, RecordId, SubjectCategory,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::exchange::AGREED;
use crate::writing::{Beside, Keep, Terms};
use crate::{Action, App, AppError, Caller, Invalid};

const MATRIX: &str = include_str!("../data/arrangements.toml");
/// The state of an arrangement that was ended.
pub(crate) const ENDED: &str = "ended";
/// A reviewer looks at an arrangement again after so many days.
const REVIEW_DAYS: u16 = 365;

/// The shipped matrix: between whom what kind of arrangement stands, as far as is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Matrix {
    rows: Vec<MatrixRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MatrixRow {
    /// The parties. Each of `from` has it with each of `to`.
    from: Vec<PartnerCode>,
    to: Vec<PartnerCode>,
    /// Whether it holds in both directions.
    both: bool,
    instrument: String,
    gate: Gate,
    personal_data: bool,
    /// Absent: all.
    #[serde(default)]
    categories: Option<BTreeSet<Category>>,
    purposes: BTreeSet<Purpose>,
    valid_from: Date,
    source: String,
}

/// What stands with whom by the shipped matrix, for the node of `own`: to be confirmed by a lawyer.
///
/// # Errors
/// [`AppError::Internal`]: a mistake in the program.
pub fn shipped_arrangements(own: PartnerCode) -> Result<Vec<Arrangement>, AppError> {
    let matrix: Matrix = toml::from_str(MATRIX)
        .map_err(|error| AppError::Internal(format!("the matrix of arrangements: {error}")))?;
    let mut found = Vec::new();
    for row in matrix.rows {
        let mut with: BTreeSet<PartnerCode> = BTreeSet::new();
        if row.from.contains(&own) {
            with.extend(&row.to);
        }
        if row.both && row.to.contains(&own) {
            with.extend(&row.from);
        }
        with.remove(&own);
        for partner in with {
            let all = || Category::ALL.iter().copied().collect();
            found.push(Arrangement {
                partner,
                instrument: row.instrument.clone(),
                gate: row.gate,
                personal_data: row.personal_data,
                categories: row.categories.clone().unwrap_or_else(all),
                purposes: row.purposes.clone(),
                profile: "sis-like".to_owned(),
                valid_from: row.valid_from,
                valid_to: None,
                source: row.source.clone(),
                confirmed: false,
            });
        }
    }
    Ok(found)
}

impl App {
    /// What was agreed with whom.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn arrangements(&self, caller: &Caller) -> Result<Vec<(RecordId, Arrangement)>, AppError> {
        self.authorise(caller, Action::ListPartners, None)?;
        let mut all = self.directory().arrangement_records().to_vec();
        all.sort_by(|(_, a), (_, b)| (a.partner, &a.instrument).cmp(&(b.partner, &b.instrument)));
        Ok(all)
    }

    /// Writes an arrangement, or a new version of one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where it cannot be; [`AppError::NotFound`], [`AppError::Forbidden`].
    pub async fn put_arrangement(
        &self,
        caller: &Caller,
        id: Option<RecordId>,
        arrangement: Arrangement,
    ) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        arrangement
            .validate()
            .map_err(|error| Invalid::new("arrangement", "invalid", error.to_string()))?;
        let data = json!({ "partner": arrangement.partner, "gate": arrangement.gate });
        let mut writing = self.writing(caller);
        let id = match id {
            Some(id) => {
                let (stored, _) = self.load::<Arrangement>(id, Kind::Arrangement).await?;
                let beside = Beside::new(AGREED, Operation::Administration).data(data);
                let keep = Some(Keep::Review(REVIEW_DAYS));
                writing.change(&stored, keep, &arrangement, beside)?;
                id
            }
            None => {
                let id = writing.new_id();
                let beside = Beside::new(AGREED, Operation::Administration).data(data);
                writing.create(id, terms(), &arrangement, beside)?;
                id
            }
        };
        self.store().commit(writing.batch).await?;
        self.reload_directory().await?;
        Ok(id)
    }

    /// Writes those of the shipped matrix that this node does not have yet. Returns how many.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the configuration does not say of which partner the node is;
    /// [`AppError::Forbidden`].
    pub async fn adopt_shipped_arrangements(&self, caller: &Caller) -> Result<usize, AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let own = self.inner.settings.partner.ok_or_else(|| {
            let text =
                "the configuration does not say of which partner the node is: [node] partner";
            Invalid::new("partner", "missing", text)
        })?;
        let held = self.directory();
        let mut writing = self.writing(caller);
        let mut count = 0;
        for arrangement in shipped_arrangements(own)? {
            let is_held = held.arrangements().any(|a| {
                a.partner == arrangement.partner && a.instrument == arrangement.instrument
            });
            if is_held {
                continue;
            }
            let id = writing.new_id();
            let data = json!({ "partner": arrangement.partner, "gate": arrangement.gate });
            let beside = Beside::new(AGREED, Operation::Administration).data(data);
            writing.create(id, terms(), &arrangement, beside)?;
            count += 1;
        }
        if count > 0 {
            self.store().commit(writing.batch).await?;
            self.reload_directory().await?;
        }
        Ok(count)
    }

    /// Ends an arrangement: from now on nothing flows under it.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`].
    pub async fn end_arrangement(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let (stored, arrangement) = self.load::<Arrangement>(id, Kind::Arrangement).await?;
        if stored.state == ENDED {
            return Err(AppError::Conflict(
                "the arrangement is ended already".to_owned(),
            ));
        }
        let mut writing = self.writing(caller);
        let beside = Beside::new(ENDED, Operation::Administration);
        writing.change(
            &stored,
            Some(Keep::Review(REVIEW_DAYS)),
            &arrangement,
            beside,
        )?;
        self.store().commit(writing.batch).await?;
        self.reload_directory().await
    }
}

fn terms() -> Terms {
    Terms {
        kind: Kind::Arrangement,
        purpose: Purpose::Administration,
        legal_basis: LegalBasis::Agreement,
        handling: Handling::national(),
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::NoPerson,
        nature: Nature::Fact,
        keep: Keep::Review(REVIEW_DAYS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(own: &str) -> Vec<(String, bool, bool)> {
        shipped_arrangements(own.parse().unwrap())
            .unwrap()
            .into_iter()
            .map(|a| {
                assert_eq!(a.validate(), Ok(()), "{} {}", own, a.partner);
                (a.partner.to_string(), a.personal_data, a.confirmed)
            })
            .collect()
    }

    #[test]
    fn the_matrix_has_all_seven_sides_and_nothing_is_confirmed() {
        for own in ["AL", "BA", "XK", "ME", "MK", "RS", "EU"] {
            let rows = with(own);
            assert!(!rows.is_empty(), "{own}");
            assert!(rows.iter().all(|(_, _, confirmed)| !confirmed));
            assert!(rows.iter().all(|(partner, ..)| partner != own));
        }
    }

    #[test]
    fn europol_and_kosovo_exchange_no_personal_data_and_others_do() {
        let of_the_union = with("EU");
        assert!(of_the_union.contains(&("XK".into(), false, false)));
        for partner in ["AL", "BA", "ME", "MK", "RS"] {
            assert!(
                of_the_union.contains(&(partner.into(), true, false)),
                "{partner}"
            );
        }
        assert!(with("XK").contains(&("EU".into(), false, false)));
        // No instrument is known between these.
        assert!(with("RS").iter().all(|(partner, ..)| partner != "XK"));
        assert!(with("BA").iter().all(|(partner, ..)| partner != "XK"));
    }
}

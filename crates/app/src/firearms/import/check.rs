//! Every row is checked before anything is written: whether it can be registered, and what it
//! agrees with.

use std::collections::{HashMap, HashSet};

use egnatia_audit::Hash;
use egnatia_firearms::{Firearm, Mark, Reference};
use egnatia_formats::rows::firearms::{FirearmField, FirearmRow, FirearmRowError, FirearmTable};
use egnatia_record::RecordId;

use super::{
    EarlierRow, FirearmImportError, FirearmImportReport, FirearmImporting, ImportStep,
    LikeFirearmRow, LikeState, PART_ROWS, Parts, STRIDE, SameFirearm, TOLD_MAX, unreadable,
};
use crate::firearms::shared_reference;
use crate::{App, AppError, Caller};

/// What the rows of a file came to.
pub(super) struct Checked {
    pub report: FirearmImportReport,
    /// Known weapons and alerts with which a row agrees, by row.
    pub looked: HashMap<u64, Vec<RecordId>>,
}

struct Checking<'a> {
    app: &'a App,
    caller: &'a Caller,
    table: &'a FirearmTable,
    reference: &'static Reference,
    importing: &'a FirearmImporting<'a>,
    /// The first row of each number and make, both of them hashed: a file has many.
    first: HashMap<Hash, u64>,
    /// Identities of those that somebody has: no two are the same.
    held: HashSet<Hash>,
    checked: Checked,
}

impl App {
    /// Checks all rows but those that are registered already.
    pub(super) async fn check_firearms(
        &self,
        caller: &Caller,
        table: &FirearmTable,
        importing: &FirearmImporting<'_>,
        held: &Parts,
    ) -> Result<Checked, AppError> {
        let mut checking = Checking {
            app: self,
            caller,
            table,
            reference: shared_reference()?,
            importing,
            first: HashMap::new(),
            held: HashSet::new(),
            checked: Checked {
                report: FirearmImportReport {
                    rows: table.row_count,
                    dry_run: importing.dry_run,
                    ..FirearmImportReport::default()
                },
                looked: HashMap::new(),
            },
        };
        let mut rows = table.rows().map_err(|error| unreadable(&error))?;
        let mut done = 0_u64;
        while let Some(row) = rows.next_row().map_err(|error| unreadable(&error))? {
            let is_held = held.contains(&(done / PART_ROWS));
            match row {
                Ok(row) => checking.row(row, is_held).await?,
                Err(errors) => checking.unread(&errors),
            }
            done = done.saturating_add(1);
            if done.is_multiple_of(STRIDE) {
                (importing.progress)(ImportStep::Checking, done);
                tokio::task::yield_now().await;
            }
        }
        (importing.progress)(ImportStep::Checking, done);
        checking.name_earlier()?;
        Ok(checking.checked)
    }
}

impl Checking<'_> {
    async fn row(&mut self, row: FirearmRow, is_held: bool) -> Result<(), AppError> {
        let number = row.row;
        let row = self.importing.decided(row);
        let different = row.different;
        if self.importing.leaves_out(number) {
            return self.left_out(row);
        }
        let firearm = match self.app.weapon_of(self.caller, row) {
            Ok(firearm) => firearm,
            Err(wrong) => {
                self.wrong(number, Some(&wrong.field), (wrong.code, wrong.problem));
                return Ok(());
            }
        };
        let earlier = self.earlier(&firearm, number);
        if is_held {
            let report = &mut self.checked.report;
            report.already = report.already.saturating_add(1);
            return Ok(());
        }
        let known = self.known(&firearm)?;
        let is_like = earlier.is_some() || !known.is_empty();
        if is_like && !different {
            let problem = ("agrees", describe(&known, earlier));
            self.wrong(number, Some("different"), problem);
        } else if let Some(problem) = self.held_twice(&firearm, is_like).await? {
            self.wrong(number, Some("distinguished-by"), ("held-twice", problem));
        } else {
            let report = &mut self.checked.report;
            report.registered = report.registered.saturating_add(1);
        }
        if is_like {
            let state = match different {
                true => LikeState::Different,
                false => LikeState::Open,
            };
            self.like(like_row((number, &firearm), (known, earlier), state));
        }
        Ok(())
    }

    /// A row that somebody left out is shown with what it agrees with, and is not counted with
    /// those that come.
    fn left_out(&mut self, row: FirearmRow) -> Result<(), AppError> {
        let number = row.row;
        let report = &mut self.checked.report;
        report.left_out = report.left_out.saturating_add(1);
        let Ok(firearm) = self.app.weapon_of(self.caller, row) else {
            return Ok(());
        };
        let known = self.known(&firearm)?;
        let earlier = self
            .first_of(&firearm)
            .map(|key| self.first.get(&key).copied());
        let found = (known, earlier.flatten());
        self.like(like_row((number, &firearm), found, LikeState::LeftOut));
        Ok(())
    }

    fn known(&self, firearm: &Firearm) -> Result<Vec<SameFirearm>, AppError> {
        let known = self.app.find_same_firearms(&firearm.particulars)?;
        let known = known.into_iter().map(|like| SameFirearm {
            percent: percent(like.assessment.probability),
            record: like.record,
            list: like.list,
            name: like.name,
        });
        Ok(known.collect())
    }

    /// Number and make, hashed; absent where no number was read wholly.
    fn first_of(&self, firearm: &Firearm) -> Option<Hash> {
        let what = &firearm.particulars;
        let serial = what.unique_mark().and_then(Mark::serial)?;
        let make = self.reference.make_name(&what.make);
        Some(Hash::of(format!("{make}|{}", serial.normal()).as_bytes()))
    }

    /// The first row with the same number and make, where there is one.
    fn earlier(&mut self, firearm: &Firearm, number: u64) -> Option<u64> {
        match self.first.entry(self.first_of(firearm)?) {
            std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(number);
                None
            }
        }
    }

    /// Whether somebody else has the same weapon, by the file or by the register.
    async fn held_twice(
        &mut self,
        firearm: &Firearm,
        is_like: bool,
    ) -> Result<Option<String>, AppError> {
        let what = &firearm.particulars;
        let is_open = firearm
            .standing()
            .is_ok_and(|standing| standing.custody.is_open());
        if !is_open || what.unique_mark().and_then(Mark::serial).is_none() {
            return Ok(None);
        }
        // Its own record plays no part: the number was read wholly.
        let identity = self.app.identity_of(RecordId::from_bytes([0; 16]), what)?;
        let new = self.held.insert(Hash::of(identity.as_bytes()));
        let taken = !new
            || (is_like && {
                let store = self.app.store();
                store.firearm_in_custody(&identity).await?.is_some()
            });
        Ok(taken.then(|| {
            "another weapon of the same make, model and number is in somebody's hands; state what \
             tells the two apart"
                .to_owned()
        }))
    }

    fn like(&mut self, like: LikeFirearmRow) {
        let report = &mut self.checked.report;
        report.like_count = report.like_count.saturating_add(1);
        if !like.known.is_empty() && like.state != LikeState::LeftOut {
            let ids = like.known.iter().map(|known| known.record).collect();
            self.checked.looked.insert(like.row, ids);
        }
        if report.like.len() < TOLD_MAX {
            report.like.push(like);
        }
    }

    /// What the earlier rows say stands beside the later ones. The file is read once more, and
    /// only where there are any.
    fn name_earlier(&mut self) -> Result<(), AppError> {
        let like = &mut self.checked.report.like;
        let earlier = like.iter().filter_map(|like| like.earlier.as_ref());
        let wanted: HashSet<u64> = earlier.map(|earlier| earlier.row).collect();
        let Some(last) = wanted.iter().max().copied() else {
            return Ok(());
        };
        let mut names: HashMap<u64, String> = HashMap::new();
        let mut rows = self.table.rows().map_err(|error| unreadable(&error))?;
        while let Some(row) = rows.next_row().map_err(|error| unreadable(&error))? {
            match row {
                Ok(row) if row.row > last => break,
                Ok(row) if wanted.contains(&row.row) => {
                    names.insert(row.row, row.particulars.display_name());
                }
                _ => {}
            }
        }
        for earlier in like.iter_mut().filter_map(|like| like.earlier.as_mut()) {
            earlier.name = names.get(&earlier.row).cloned().unwrap_or_default();
        }
        Ok(())
    }

    fn unread(&mut self, errors: &[FirearmRowError]) {
        for error in errors {
            let field = error.field.map(FirearmField::as_str);
            let problem = (error.problem.name(), error.problem.to_string());
            self.wrong(error.row, field, problem);
        }
    }

    fn wrong(&mut self, row: u64, field: Option<&str>, (code, problem): (&'static str, String)) {
        let report = &mut self.checked.report;
        report.error_count = report.error_count.saturating_add(1);
        if report.errors.len() >= TOLD_MAX {
            return;
        }
        let column = field
            .and_then(FirearmField::parse)
            .and_then(|field| self.table.column(field));
        report.errors.push(FirearmImportError {
            row,
            column: column.map(|column| column.number),
            field: field.map(str::to_owned),
            code,
            problem,
        });
    }
}

fn like_row(
    (row, firearm): (u64, &Firearm),
    (known, earlier): (Vec<SameFirearm>, Option<u64>),
    state: LikeState,
) -> LikeFirearmRow {
    LikeFirearmRow {
        row,
        name: firearm.particulars.display_name(),
        calibre: firearm.particulars.calibre.clone(),
        known,
        earlier: earlier.map(|row| EarlierRow {
            row,
            name: String::new(),
        }),
        state,
    }
}

/// A probability in whole percent.
fn percent(probability: f64) -> u8 {
    let share = |percent: &u8| f64::from(*percent) / 100.0 <= probability;
    (0..=100).rev().find(share).unwrap_or(0)
}

/// Which ones they are stands in the report beside.
fn describe(known: &[SameFirearm], earlier: Option<u64>) -> String {
    let known = match known.len() {
        0 => None,
        1 => Some("a weapon or alert that is known".to_owned()),
        count => Some(format!("{count} weapons or alerts that are known")),
    };
    let earlier = earlier.map(|row| format!("row {row} of the file"));
    let what: Vec<String> = known.into_iter().chain(earlier).collect();
    format!(
        "it agrees with {}; look at both, then leave the row out, or state that it is another \
         weapon: `yes` in the column `different`, or `--like-are-different`",
        what.join(" and ")
    )
}

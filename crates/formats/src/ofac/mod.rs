//! The SDN list of the US Office of Foreign Assets Control, in its comma-separated files.
//!
//! The layout is that of the OFAC "SDN data specification": `sdn.csv` holds the entries,
//! `alt.csv` their aliases, `add.csv` their addresses, `sdn_comments.csv` remarks that go on
//! beyond 1,000 characters. `-0-` stands for "nothing". A file may end with the byte 0x1A.

mod labels;
mod names;
mod places;
mod remarks;
mod rows;

use std::collections::BTreeMap;

use egnatia_alerts::{Document, ListEntry, NameQuality, Place};
use egnatia_matching::{IdentifierKind, NameKind, Schema};

use crate::collect::{add, add_place, add_remark, keep};
use crate::error::shorten;
use crate::progress::Progress;
use crate::{ListError, Orphan, ParsedList, Problem};
use rows::{Row, Table};

/// The name of the list.
const LIST: &str = "ofac-sdn";

/// The most bytes of one file that are read. The real files have about 4 MB.
const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

const SDN: Table = Table {
    file: "sdn.csv",
    columns: 12,
};
const ALT: Table = Table {
    file: "alt.csv",
    columns: 5,
};
const ADD: Table = Table {
    file: "add.csv",
    columns: 6,
};
const COMMENTS: Table = Table {
    file: "sdn_comments.csv",
    columns: 2,
};

/// The files of the list, as bytes in UTF-8 or Windows-1252.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// `sdn.csv`.
    pub sdn: &'a [u8],
    /// `alt.csv`; may be empty.
    pub alt: &'a [u8],
    /// `add.csv`; may be empty.
    pub add: &'a [u8],
    /// `sdn_comments.csv`, where there is one.
    pub comments: Option<&'a [u8]>,
}

/// Reads the list and tells `progress` how many bytes of all files are read so far.
///
/// Aliases, addresses and comments that belong to no entry are returned as orphans.
///
/// # Errors
///
/// The first row that cannot be read, by file and line: a wrong number of columns, a key that is
/// no number, an id used twice, a quotation that does not end; or a list without entries.
pub fn parse(files: &Files<'_>, progress: &mut dyn FnMut(u64)) -> Result<ParsedList, ListError> {
    let mut list = Reading {
        drafts: BTreeMap::new(),
        orphans: Vec::new(),
    };
    let mut progress = Progress::new(progress);
    rows::each(&SDN, files.sdn, &mut progress, &mut |row| list.entry(row))?;
    if list.drafts.is_empty() {
        return Err(ListError::at(SDN.file, 1, Problem::Empty));
    }
    rows::each(&ALT, files.alt, &mut progress, &mut |row| list.alias(row))?;
    rows::each(&ADD, files.add, &mut progress, &mut |row| list.address(row))?;
    if let Some(comments) = files.comments {
        rows::each(&COMMENTS, comments, &mut progress, &mut |row| {
            list.comment(row)
        })?;
    }
    Ok(list.finish())
}

/// An entry whose rows are still being read.
struct Draft {
    line: u64,
    entry: ListEntry,
    /// Untrimmed: where a remark is cut, the white space at the cut belongs to the text.
    remarks: String,
}

struct Reading {
    drafts: BTreeMap<u64, Draft>,
    orphans: Vec<Orphan>,
}

impl Reading {
    fn entry(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let id = row.number(0, "ent_num")?;
        if let Some(known) = self.drafts.get(&id) {
            return Err(Problem::DuplicateId {
                id: shorten(&id.to_string()),
                first_line: known.line,
            });
        }
        let draft = Draft {
            line: row.line,
            entry: entry(id, row),
            remarks: row.untrimmed(11).unwrap_or_default(),
        };
        self.drafts.insert(id, draft);
        Ok(())
    }

    fn alias(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let Some(entry) = self.holder(row, &ALT)? else {
            return Ok(());
        };
        let number = row.number(1, "alt_num")?;
        let alias_type = row.cell(2).unwrap_or_default();
        let Some(written) = row.cell(3) else {
            keep(entry, format!("alt {number}"), &row.text());
            return Ok(());
        };
        let kind = match alias_type.as_str() {
            "fka" => NameKind::Former,
            _ => NameKind::Alias,
        };
        let mut name = names::listed(entry.schema, &written, kind, NameQuality::Unstated);
        name.note = row.cell(4);
        entry.names.push(name);
        // The row as it is filed: its number, its type, and the order of the name.
        keep(
            entry,
            format!("alt {number}"),
            &format!("{alias_type} {written}"),
        );
        Ok(())
    }

    fn address(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let Some(entry) = self.holder(row, &ADD)? else {
            return Ok(());
        };
        let number = row.number(1, "Add_num")?;
        let place = Place {
            street: row.cell(2),
            city: row.cell(3),
            country: row.cell(4),
            note: row.cell(5),
            ..Place::default()
        };
        add_place(&mut entry.addresses, place);
        keep(entry, "Add_num", &number.to_string());
        Ok(())
    }

    fn comment(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let id = row.number(0, "ent_num")?;
        let text = row.untrimmed(1).unwrap_or_default();
        match self.drafts.get_mut(&id) {
            Some(draft) => draft.remarks.push_str(&text),
            None => self.orphan(row, &COMMENTS, id),
        }
        Ok(())
    }

    /// The entry that a row belongs to; a row that belongs to none becomes an orphan.
    fn holder(&mut self, row: &Row<'_>, table: &Table) -> Result<Option<&mut ListEntry>, Problem> {
        let id = row.number(0, "ent_num")?;
        if !self.drafts.contains_key(&id) {
            self.orphan(row, table, id);
        }
        Ok(self.drafts.get_mut(&id).map(|draft| &mut draft.entry))
    }

    fn orphan(&mut self, row: &Row<'_>, table: &Table, id: u64) {
        self.orphans.push(Orphan {
            file: table.file.to_owned(),
            line: row.line,
            source_id: id.to_string(),
            text: row.text(),
        });
    }

    fn finish(self) -> ParsedList {
        let mut entries: Vec<ListEntry> = self
            .drafts
            .into_values()
            .map(|mut draft| {
                remarks::read(&mut draft.entry, &draft.remarks);
                add_remark(&mut draft.entry, &draft.remarks);
                draft.entry
            })
            .collect();
        entries.sort_by(|a, b| a.source_id.cmp(&b.source_id));
        ParsedList {
            list: LIST.to_owned(),
            // The comma-separated files do not state their date.
            source_version: String::new(),
            entries,
            orphans: self.orphans,
        }
    }
}

/// What a row of `sdn.csv` states, but for its remarks.
fn entry(id: u64, row: &Row<'_>) -> ListEntry {
    let mut entry = ListEntry {
        source_id: id.to_string(),
        ..ListEntry::default()
    };
    let sdn_type = row.cell(2);
    entry.schema = match sdn_type.as_deref() {
        Some("individual") => Schema::Person,
        Some("vessel") => Schema::Vessel,
        Some("aircraft") => Schema::Aircraft,
        // Bodies have no type in the file.
        None => Schema::Organization,
        Some(_) => Schema::Unknown,
    };
    if let Some(written) = row.cell(1) {
        let name = names::listed(
            entry.schema,
            &written,
            NameKind::Primary,
            NameQuality::Unstated,
        );
        if name.text != written {
            keep(&mut entry, "SDN_Name", &written);
        }
        entry.names.push(name);
    }
    keep(
        &mut entry,
        "SDN_Type",
        sdn_type.as_deref().unwrap_or_default(),
    );
    for programme in row.cell(3).unwrap_or_default().split("] [") {
        let programme = programme.trim_matches(|bracket| matches!(bracket, '[' | ']' | ' '));
        add(&mut entry.programmes, programme);
    }
    add(&mut entry.positions, &row.cell(4).unwrap_or_default());
    if let Some(number) = row.cell(5) {
        entry.documents.push(Document {
            kind: IdentifierKind::CallSign,
            label: "Call_Sign".to_owned(),
            number,
            country: None,
            note: None,
        });
    }
    for (index, column) in [
        (6, "Vess_type"),
        (7, "Tonnage"),
        (8, "GRT"),
        (10, "Vess_owner"),
    ] {
        keep(&mut entry, column, &row.cell(index).unwrap_or_default());
    }
    match row.cell(9) {
        Some(flag) if flag == "None Identified" => keep(&mut entry, "Vess_flag", &flag),
        flag => add(&mut entry.nationalities, &flag.unwrap_or_default()),
    }
    entry
}

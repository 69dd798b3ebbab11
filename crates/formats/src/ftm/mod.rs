//! FollowTheMoney entities, one JSON object a line, as OpenSanctions publishes them.
//!
//! Schemas and properties are those of the FollowTheMoney model. Entities that describe no thing
//! but a document, an address, a sanction or a relation are joined to the entries that they refer
//! to, or that refer to them; those that join none are orphans.

mod attached;
mod entity;
mod properties;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, Read};

use egnatia_alerts::ListEntry;
use egnatia_matching::Description;
use serde_json::Value;

use crate::error::shorten;
use crate::progress::Progress;
use crate::{ListError, Orphan, ParsedList, Problem};
use entity::Entity;

/// The name by which errors call the input.
const FILE: &str = "entities.ftm.json";

/// The most bytes of one line.
const LINE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most bytes of the input that are read. The largest published collection has about 4 GiB,
/// of which no list of sanctions is more than a tenth.
const INPUT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// How many times the input's own size joined entities may take. In real collections an address
/// or a relation belongs to one or two entries; a long one that belongs to very many would fill
/// the memory.
const JOINED_TIMES_MAX: u64 = 16;

/// Joined entities that are always taken, in bytes, however small the input is.
const JOINED_BYTES_MIN: u64 = 1024 * 1024;

/// Reads entities, one a line, into the list that is named `list`, and tells `progress` how many
/// bytes are read so far. Blank lines are allowed.
///
/// # Errors
///
/// The first line that cannot be read: no JSON, no `id` or `schema`, an id used before, too long;
/// or a list without entries.
pub fn parse(
    list: &str,
    input: &mut dyn BufRead,
    progress: &mut dyn FnMut(u64),
) -> Result<ParsedList, ListError> {
    let mut progress = Progress::new(progress);
    let mut reading = Reading::default();
    let mut buffer = Vec::new();
    let mut bytes: u64 = 0;
    let mut line: u64 = 0;
    loop {
        line = line.saturating_add(1);
        let at = |problem| ListError::at(FILE, line, problem);
        let read = read_line(input, &mut buffer).map_err(at)?;
        if read == 0 {
            break;
        }
        bytes = bytes.saturating_add(read);
        if bytes > INPUT_BYTES_MAX {
            let limit = INPUT_BYTES_MAX;
            return Err(at(Problem::FileTooLarge { limit }));
        }
        reading.line(line, &buffer).map_err(at)?;
        progress.at(bytes);
    }
    if reading.entries.is_empty() {
        return Err(ListError::at(FILE, 1, Problem::Empty));
    }
    progress.end_of_file(bytes);
    reading.finish(list, bytes)
}

/// One FollowTheMoney entity as it is compared; used for queries. It needs no `id`.
///
/// # Errors
///
/// Where it is no entity, or describes a document or a relation and no person or thing.
pub fn describe(entity: &Value) -> Result<Description, Problem> {
    let entity = Entity::read(entity.clone())?;
    if attached::is_attached(&entity.schema) {
        return Err(Problem::NotComparable {
            schema: shorten(&entity.schema),
        });
    }
    Ok(properties::entry(entity).describe())
}

/// A line as JSON.
pub(crate) fn json(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        // The JSON reader sees one line only, so that its "line 1" would mislead.
        let detail = error.to_string().replace("at line 1 column", "at column");
        Problem::Json {
            detail: detail.chars().take(120).collect(),
        }
    })
}

/// Reads a line into the buffer and gives its length in bytes; 0 at the end.
pub(crate) fn read_line(input: &mut dyn BufRead, buffer: &mut Vec<u8>) -> Result<u64, Problem> {
    buffer.clear();
    let limit = LINE_BYTES_MAX;
    let bounded = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = input
        .take(bounded)
        .read_until(b'\n', buffer)
        .map_err(|error| Problem::Read {
            detail: error.to_string(),
        })?;
    if read > limit {
        return Err(Problem::TextTooLong { limit });
    }
    Ok(u64::try_from(read).unwrap_or(u64::MAX))
}

/// An attached entity, to be joined when all entries are known.
struct Attached {
    line: u64,
    bytes: u64,
    entity: Entity,
}

/// What is read so far.
#[derive(Default)]
struct Reading {
    lines: HashMap<String, u64>,
    entries: BTreeMap<String, ListEntry>,
    attached: Vec<Attached>,
    /// By the id of an attached entity, the entries that refer to it.
    referring: HashMap<String, Vec<String>>,
}

impl Reading {
    fn line(&mut self, line: u64, bytes: &[u8]) -> Result<(), Problem> {
        let text = std::str::from_utf8(bytes).map_err(|_not_utf8| Problem::Encoding)?;
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if text.is_empty() {
            return Ok(());
        }
        let value = json(text)?;
        let entity = Entity::read(value)?;
        if entity.id.is_empty() {
            return Err(Problem::Missing { field: "id" });
        }
        if let Some(first_line) = self.lines.insert(entity.id.clone(), line) {
            return Err(Problem::DuplicateId {
                id: shorten(&entity.id),
                first_line,
            });
        }
        if attached::is_attached(&entity.schema) {
            let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
            self.attached.push(Attached {
                line,
                bytes,
                entity,
            });
            return Ok(());
        }
        for id in attached::referred(&entity) {
            self.referring
                .entry(id)
                .or_default()
                .push(entity.id.clone());
        }
        let entry = properties::entry(entity);
        self.entries.insert(entry.source_id.clone(), entry);
        Ok(())
    }

    fn finish(mut self, list: &str, bytes_read: u64) -> Result<ParsedList, ListError> {
        let mut budget = bytes_read
            .saturating_mul(JOINED_TIMES_MAX)
            .max(JOINED_BYTES_MIN);
        let mut orphans = Vec::new();
        for attached in std::mem::take(&mut self.attached) {
            let holders = self.holders(&attached.entity);
            let mut is_orphan = true;
            for holder in &holders {
                let Some(entry) = self.entries.get_mut(holder) else {
                    continue;
                };
                budget = budget.checked_sub(attached.bytes).ok_or_else(|| {
                    let times = holders.len();
                    ListError::at(FILE, attached.line, Problem::JoinedTooOften { times })
                })?;
                attached::join(entry, &attached.entity);
                is_orphan = false;
            }
            if is_orphan {
                orphans.push(Orphan {
                    file: FILE.to_owned(),
                    line: attached.line,
                    source_id: holders.into_iter().next().unwrap_or_default(),
                    text: attached.entity.text(),
                });
            }
        }
        Ok(ParsedList {
            list: list.to_owned(),
            // Entities state when they changed, the collection does not.
            source_version: String::new(),
            entries: self.entries.into_values().collect(),
            orphans,
        })
    }

    /// The ids of the entries to which an attached entity belongs, each once.
    fn holders(&self, entity: &Entity) -> BTreeSet<String> {
        let referring = self.referring.get(&entity.id).into_iter().flatten();
        attached::holders(entity)
            .into_iter()
            .chain(referring.cloned())
            .collect()
    }
}

//! The consolidated list of the United Nations Security Council, in its XML form.
//!
//! A document type definition, and with it every external or defined entity, is refused. Depth,
//! size and the length of texts are bounded.

mod entry;
mod reading;
mod tree;

use std::collections::BTreeMap;

use egnatia_alerts::ListEntry;

use crate::error::shorten;
use crate::progress::Progress;
use crate::{ListError, ParsedList, Problem};
use reading::Reading;
use tree::Element;

/// The name of the list.
const LIST: &str = "un-sc";

/// The name by which errors call the file.
const FILE: &str = "consolidated.xml";

/// The most bytes of the file that are read. The real file has about 2 MB.
const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Reads the list and tells `progress` how many bytes are read so far. There are never orphans.
///
/// A date that says no day, month or year of the Gregorian calendar is kept as text.
///
/// # Errors
///
/// The first thing that is not as it must be, by line and column: XML that is not well-formed, a
/// DOCTYPE, too deep or too long content, an entry without `DATAID` or with one used before; or a
/// list without entries.
pub fn parse(xml: &[u8], progress: &mut dyn FnMut(u64)) -> Result<ParsedList, ListError> {
    let length = u64::try_from(xml.len()).unwrap_or(u64::MAX);
    if xml.len() > FILE_BYTES_MAX {
        let limit = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
        return Err(ListError::at(FILE, 1, Problem::FileTooLarge { limit }));
    }
    let mut progress = Progress::new(progress);
    let mut reading = Reading::new(text(xml)?);
    let mut entries: BTreeMap<String, (u64, ListEntry)> = BTreeMap::new();
    while let Some((group, element)) = reading.next_record()? {
        let line = element.line;
        let entry =
            read_entry(&group, element).map_err(|problem| ListError::at(FILE, line, problem))?;
        if let Some((first_line, _)) = entries.get(&entry.source_id) {
            let problem = Problem::DuplicateId {
                id: shorten(&entry.source_id),
                first_line: *first_line,
            };
            return Err(ListError::at(FILE, line, problem));
        }
        entries.insert(entry.source_id.clone(), (line, entry));
        progress.at(reading.position());
    }
    if entries.is_empty() {
        return Err(ListError::at(FILE, 1, Problem::Empty));
    }
    progress.end_of_file(length);
    Ok(ParsedList {
        list: LIST.to_owned(),
        source_version: reading.version(),
        entries: entries.into_values().map(|(_, entry)| entry).collect(),
        orphans: Vec::new(),
    })
}

fn read_entry(group: &str, element: Element) -> Result<ListEntry, Problem> {
    let entry = entry::read(group, element);
    if entry.source_id.is_empty() {
        return Err(Problem::Missing { field: "DATAID" });
    }
    Ok(entry)
}

/// The document as text, without a byte order mark.
fn text(xml: &[u8]) -> Result<&str, ListError> {
    let text = std::str::from_utf8(xml).map_err(|error| {
        let before = xml.get(..error.valid_up_to()).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let line = u64::try_from(lines).unwrap_or(u64::MAX).saturating_add(1);
        ListError::at(FILE, line, Problem::Encoding)
    })?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

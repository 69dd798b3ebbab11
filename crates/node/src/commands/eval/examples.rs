//! Files of examples: pairs and queries, line by line.

use std::fs;
use std::path::Path;

use anyhow::Context;
use egnatia_formats::ftm;
use egnatia_matching::Description;
use serde_json::{Map, Value, json};

use crate::failure::InputError;

/// The most bytes of a file of examples.
const BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Two descriptions, and whether they mean the same.
pub struct Pair {
    /// The line in the file, from 1.
    pub line: u64,
    pub left: Description,
    pub right: Description,
    pub is_match: bool,
}

/// A search, and what it should find.
pub struct Query {
    pub query: Description,
    /// Ids in the corpus; none where nothing should be found.
    pub gold: Vec<String>,
    pub category: String,
}

/// A file of examples in memory.
struct Examples<'a> {
    name: std::borrow::Cow<'a, str>,
    text: String,
}

/// The pairs of a CSV file or of a file of JSON lines, by its ending.
pub fn pairs(file: &Path) -> anyhow::Result<Vec<Pair>> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let examples = Examples::read(file)?;
    let pairs = match ending {
        Some("csv") => examples.csv_pairs()?,
        Some("jsonl" | "json" | "ndjson") => examples.json_lines(pair_of)?,
        _ => {
            let text = format!(
                "`{}` ends neither in .csv nor in .jsonl; give it the ending of its format",
                examples.name
            );
            return Err(InputError(text).into());
        }
    };
    examples.some(pairs, "pairs")
}

/// The queries of a file of JSON lines.
pub fn queries(file: &Path) -> anyhow::Result<Vec<Query>> {
    let examples = Examples::read(file)?;
    let queries = examples.json_lines(query_of)?;
    examples.some(queries, "queries")
}

impl<'a> Examples<'a> {
    fn read(file: &'a Path) -> anyhow::Result<Self> {
        let read = || -> Result<String, InputError> {
            let wrong = |error: std::io::Error| InputError(error.to_string());
            if fs::metadata(file).map_err(wrong)?.len() > BYTES_MAX {
                let text = format!("it has more than {BYTES_MAX} bytes; divide it");
                return Err(InputError(text));
            }
            let bytes = fs::read(file).map_err(wrong)?;
            String::from_utf8(bytes)
                .map_err(|_| InputError("it is not UTF-8; save it as UTF-8".to_owned()))
        };
        let name = file.file_name().unwrap_or(file.as_os_str());
        Ok(Self {
            name: name.to_string_lossy(),
            text: read().with_context(|| format!("cannot read `{}`", file.display()))?,
        })
    }

    fn at(&self, line: u64, wrong: &str) -> InputError {
        InputError(format!("{}:{line}: {wrong}", self.name))
    }

    fn some<T>(&self, examples: Vec<T>, what: &str) -> anyhow::Result<Vec<T>> {
        if examples.is_empty() {
            return Err(self.at(1, &format!("the file has no {what}")).into());
        }
        Ok(examples)
    }

    /// The line of a record, from 1. The CSV reader counts from before the second character of
    /// the line break `\r\n`, and from before blank lines.
    fn line_at(&self, at: &csv::Position) -> u64 {
        let from = usize::try_from(at.byte()).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes().iter().skip(from);
        let blank = rest.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let breaks = blank.filter(|byte| **byte == b'\n').count();
        at.line().saturating_add(u64::try_from(breaks).unwrap_or(0))
    }

    fn csv_pairs(&self) -> Result<Vec<Pair>, InputError> {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let malformed = |error: csv::Error| {
            let line = error.position().map_or(1, |at| self.line_at(at));
            let wrong = match error.kind() {
                csv::ErrorKind::UnequalLengths {
                    expected_len, len, ..
                } => format!("the row has {len} columns and the header {expected_len}"),
                _ => error.to_string(),
            };
            self.at(line, &wrong)
        };
        let header = reader.headers().map_err(malformed)?.clone();
        let column = |name: &str| {
            header
                .iter()
                .position(|column| column.trim() == name)
                .ok_or_else(|| {
                    let wrong = format!(
                        "there is no column `{name}`; the first line names schema, name1, name2, is_match"
                    );
                    self.at(1, &wrong)
                })
        };
        let columns = [
            column("schema")?,
            column("name1")?,
            column("name2")?,
            column("is_match")?,
        ];
        let mut pairs = Vec::new();
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            let line = record.position().map_or(1, |at| self.line_at(at));
            let [schema, left, right, is_match] =
                columns.map(|column| record.get(column).unwrap_or_default().trim());
            let described = |name: &str| {
                ftm::describe(&entity(schema, name))
                    .map_err(|problem| self.at(line, &problem.to_string()))
            };
            pairs.push(Pair {
                line,
                left: described(left)?,
                right: described(right)?,
                is_match: truth(is_match).map_err(|wrong| self.at(line, &wrong))?,
            });
        }
        Ok(pairs)
    }

    /// One example a line; blank lines are passed over.
    fn json_lines<T>(
        &self,
        example: impl Fn(u64, &Map<String, Value>) -> Result<T, String>,
    ) -> Result<Vec<T>, InputError> {
        let text = self.text.trim_start_matches('\u{FEFF}');
        let mut examples = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim().is_empty() {
                continue;
            }
            let read = serde_json::from_str(text)
                .map_err(|error| {
                    // The JSON reader sees one line only, so that its "line 1" would mislead.
                    let error = error.to_string();
                    let error = error.replace("at line 1 column", "at column");
                    format!("this is not a JSON object ({error})")
                })
                .and_then(|fields: Map<String, Value>| example(line, &fields));
            examples.push(read.map_err(|wrong| self.at(line, &wrong))?);
        }
        Ok(examples)
    }
}

/// A FollowTheMoney entity of one name. Schemas are accepted in small letters, as `check` has them.
fn entity(schema: &str, name: &str) -> Value {
    let mut letters = schema.chars();
    let schema = match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Thing".to_owned(),
    };
    json!({ "schema": schema, "properties": { "name": [name] } })
}

fn truth(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!(
            "is_match is `{}` and not true, false, 1 or 0",
            text.chars().take(32).collect::<String>()
        )),
    }
}

fn pair_of(line: u64, fields: &Map<String, Value>) -> Result<Pair, String> {
    let is_match = match fields.get("is_match") {
        Some(Value::String(text)) => truth(text)?,
        Some(value) => truth(&value.to_string())?,
        None => return Err("there is no `is_match`".to_owned()),
    };
    Ok(Pair {
        line,
        left: described(fields, "left")?,
        right: described(fields, "right")?,
        is_match,
    })
}

fn query_of(_line: u64, fields: &Map<String, Value>) -> Result<Query, String> {
    let wrong = || "`gold` is not a list of ids; write [] where nothing should be found".to_owned();
    let gold = match fields.get("gold") {
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| id.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong()),
    };
    let category = match fields.get("category") {
        None | Some(Value::Null) => "none".to_owned(),
        Some(Value::String(category)) => category.clone(),
        Some(_) => return Err("`category` is not a text".to_owned()),
    };
    Ok(Query {
        query: described(fields, "query")?,
        gold,
        category,
    })
}

fn described(fields: &Map<String, Value>, name: &str) -> Result<Description, String> {
    let entity = fields.get(name).ok_or_else(|| {
        format!("there is no `{name}`, a FollowTheMoney entity with schema and properties")
    })?;
    ftm::describe(entity).map_err(|problem| format!("{name}: {problem}"))
}

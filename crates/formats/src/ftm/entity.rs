//! An entity as its line holds it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Problem;
use crate::error::shorten;
use crate::text::owned;

/// The most entities within entities within an entity.
const DEPTH_MAX: usize = 8;

/// An entity: what it is, and what is stated of it.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// Empty where it has none.
    pub(super) id: String,
    pub(super) schema: String,
    /// Its properties, in the order of their names.
    pub(super) properties: Vec<Property>,
    /// What stands beside the properties, but for id and schema.
    pub(super) others: Vec<(String, String)>,
}

/// A property with all its values.
#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) texts: Vec<String>,
    /// Entities that stand in place of their ids.
    pub(super) entities: Vec<Entity>,
}

impl Entity {
    /// Reads an entity and checks its form.
    pub(super) fn read(value: Value) -> Result<Self, Problem> {
        Self::read_within(value, 0)
    }

    // INVARIANT: recursion is bounded by `DEPTH_MAX`.
    fn read_within(value: Value, depth: usize) -> Result<Self, Problem> {
        if depth > DEPTH_MAX {
            return Err(Problem::TooManyParts { limit: DEPTH_MAX });
        }
        let Value::Object(mut fields) = value else {
            return Err(wrong("entity", "an object"));
        };
        let id = match fields.remove("id") {
            Some(Value::String(id)) => id.trim().to_owned(),
            None | Some(Value::Null) => String::new(),
            Some(_) => return Err(wrong("id", "a text")),
        };
        let schema = match fields.remove("schema") {
            Some(Value::String(schema)) => owned(&schema),
            None | Some(Value::Null) => None,
            Some(_) => return Err(wrong("schema", "a text")),
        };
        let properties = match fields.remove("properties") {
            Some(Value::Object(properties)) => read_properties(properties, depth)?,
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return Err(wrong("properties", "an object")),
        };
        Ok(Self {
            id,
            schema: schema.ok_or(Problem::Missing { field: "schema" })?,
            properties,
            others: read_others(fields),
        })
    }

    /// The texts of a property.
    pub(super) fn texts(&self, name: &str) -> &[String] {
        self.properties
            .iter()
            .find(|property| property.name == name)
            .map_or(&[], |property| &property.texts)
    }

    /// The first text of a property.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.texts(name).first().map(String::as_str)
    }

    /// Schema and properties in one text, to be shown.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{} {}", self.schema, self.id);
        for property in &self.properties {
            for value in &property.texts {
                text.push_str(&format!("; {}: {value}", property.name));
            }
            for entity in &property.entities {
                text.push_str(&format!("; {}: ({})", property.name, entity.text()));
            }
        }
        for (name, value) in &self.others {
            text.push_str(&format!("; {name}: {value}"));
        }
        text
    }
}

fn read_properties(properties: Map<String, Value>, depth: usize) -> Result<Vec<Property>, Problem> {
    in_order(properties)
        .into_iter()
        .map(|(name, value)| {
            let mut property = Property {
                name,
                texts: Vec::new(),
                entities: Vec::new(),
            };
            let values = match value {
                Value::Array(values) => values,
                single => vec![single],
            };
            for value in values {
                match value {
                    Value::Null => {}
                    Value::Object(_) => {
                        property
                            .entities
                            .push(Entity::read_within(value, depth.saturating_add(1))?);
                    }
                    Value::Array(_) => return Err(wrong(&property.name, "a list of texts")),
                    Value::String(text) => property.texts.extend(owned(&text)),
                    other => property.texts.push(other.to_string()),
                }
            }
            Ok(property)
        })
        .collect()
}

fn read_others(fields: Map<String, Value>) -> Vec<(String, String)> {
    let mut others = Vec::new();
    for (name, value) in in_order(fields) {
        let values = match value {
            Value::Array(values) => values,
            single => vec![single],
        };
        for value in values {
            match value {
                Value::Null => {}
                Value::String(text) => others.extend(owned(&text).map(|text| (name.clone(), text))),
                other => others.push((name.clone(), other.to_string())),
            }
        }
    }
    others
}

/// Fields by their names, whatever order the JSON library is built to keep.
fn in_order(fields: Map<String, Value>) -> BTreeMap<String, Value> {
    fields.into_iter().collect()
}

fn wrong(field: &str, expected: &'static str) -> Problem {
    Problem::WrongType {
        field: shorten(field),
        expected,
    }
}

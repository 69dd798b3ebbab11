//! The parts that pages are made of, each made once: a view model and its template.

mod changes;
mod clock;
mod decision;
mod evidence;
mod facts;
mod field;
mod form;
mod handling;
mod reading;
mod subject;
mod table;
mod zone;

pub use changes::{EntryChange, FieldChange};
pub use clock::{Clock, Urgency};
pub use decision::Decision;
pub use evidence::EvidenceTable;
pub use facts::Facts;
pub use field::{Field, FieldKind, FormErrors};
pub use form::{FieldGroup, Form};
pub use handling::HandlingBadge;
pub use reading::Reading;
pub use subject::Subject;
pub use table::{Cell, Empty, Table, Tag, Tone};
pub use zone::{ZoneChoices, ZonePart};

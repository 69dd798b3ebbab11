//! The labels of clauses in remarks.

use crate::text::after;

/// What stands after a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Birth,
    /// When a body was founded or a thing was built.
    Made,
    BirthPlace,
    Nationality,
    Gender,
    /// An address on a network, whole.
    Contact,
    /// A currency and an address in it.
    Currency,
    /// No field of its own.
    Text,
}

/// A label whose clause has no number of a document.
pub(super) struct Label {
    pub(super) text: &'static str,
    pub(super) meaning: Meaning,
}

const fn label(text: &'static str, meaning: Meaning) -> Label {
    Label { text, meaning }
}

/// Longer labels stand before those that they start with.
const LABELS: &[Label] = &[
    label("DOB", Meaning::Birth),
    label("Organization Established Date", Meaning::Made),
    label("Aircraft Manufacture Date", Meaning::Made),
    label("Vessel Year of Build", Meaning::Made),
    label("POB", Meaning::BirthPlace),
    label("Nationality of Registration", Meaning::Nationality),
    label("nationality", Meaning::Nationality),
    label("citizen", Meaning::Nationality),
    label("Gender", Meaning::Gender),
    label("Email Address", Meaning::Contact),
    label("Website", Meaning::Contact),
    label("SWIFT/BIC", Meaning::Contact),
    label("Digital Currency Address -", Meaning::Currency),
    label("Linked To:", Meaning::Text),
    label("Additional Sanctions Information -", Meaning::Text),
    label("Secondary sanctions risk:", Meaning::Text),
    label(
        "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions:",
        Meaning::Text,
    ),
    label("Organization Type:", Meaning::Text),
    label("Target Type", Meaning::Text),
    label("Former Vessel Flag", Meaning::Text),
    label("Other Vessel Flag", Meaning::Text),
    label("Other Vessel Type", Meaning::Text),
    label("Aircraft Model", Meaning::Text),
    label("Aircraft Operator", Meaning::Text),
    label("Executive Order", Meaning::Text),
    label("CAATSA Section", Meaning::Text),
    label("IFCA Determination -", Meaning::Text),
    label("Listing Date", Meaning::Text),
    label("Effective Date", Meaning::Text),
    label("Telephone No.", Meaning::Text),
    label("Telephone:", Meaning::Text),
    label("Telephone", Meaning::Text),
    label("Phone Number", Meaning::Text),
    label("Phone No.", Meaning::Text),
    label("Phone", Meaning::Text),
    label("Fax No.", Meaning::Text),
    label("Fax:", Meaning::Text),
    label("Fax", Meaning::Text),
    // How Chinese names were telegraphed: four digits a character, shared by all of that name.
    label("Chinese Commercial Code", Meaning::Text),
    label("ethnicity", Meaning::Text),
    label("Tribe:", Meaning::Text),
];

/// Labels of documents that end with no word of [`ENDS`].
const NUMBER_LABELS: &[&str] = &[
    "Passport",
    "C.U.R.P.",
    "C.U.I.T.",
    "C.U.I.P.",
    "C.U.I.",
    "C.I.F.",
    "D.N.I.",
    "I.F.E.",
    "R.F.C.",
    "RFC",
    "RTN",
    "SSN",
    "BIK",
    "ISIN",
    "MMSI",
    "US FEIN",
    "Romanian C.R.",
    "Credencial electoral",
    "Numero de Identidad",
    "Cartilla de Servicio Militar Nacional",
    "Numero Unico de Identificacao Tributaria",
    "United Social Credit Code Certificate",
    "Other Vessel Call Sign",
    "Vessel Call Sign",
    "VisaNumberID",
];

/// Words that end the label of a document.
const ENDS: &[&str] = &[
    "No.",
    "No",
    "Number",
    "#",
    "ID",
    "Code",
    "Card",
    "Identification",
    "License",
    "Passport",
    "Booklet",
    "IMO",
];

/// The most words of a document's label; a clause with more before its number is a sentence.
const LABEL_WORDS_MAX: usize = 8;

/// Splits a clause into a known label and what it says.
pub(super) fn split(clause: &str) -> Option<(&'static Label, &str)> {
    LABELS.iter().find_map(|label| {
        let rest = after(clause, label.text)?;
        let rest = if label.text.ends_with([':', '-']) {
            rest
        } else {
            rest.strip_prefix([' ', ':'])?
        };
        crate::text::filled(rest).map(|rest| (label, rest))
    })
}

/// Splits a clause about a document into its label and what follows.
pub(super) fn split_number(clause: &str) -> Option<(&str, &str)> {
    let known = NUMBER_LABELS
        .iter()
        .filter(|label| after(clause, label).is_some_and(|rest| rest.starts_with([' ', ':'])))
        .map(|label| label.len())
        .max()
        .unwrap_or(0);
    let end = known.max(generic_end(clause).unwrap_or(0));
    let (label, rest) = clause.split_at_checked(end)?;
    let label = label.trim_end_matches([':', ' ']);
    let rest = rest.trim_start_matches([':', ' ']);
    (!label.is_empty() && !rest.is_empty()).then_some((label, rest))
}

/// Where a label ends: behind the first run of words of [`ENDS`], with no digit before.
fn generic_end(clause: &str) -> Option<usize> {
    let mut end = None;
    let mut at = 0;
    for (count, word) in clause.split(' ').enumerate() {
        let is_end = ENDS.contains(&word.trim_end_matches(':'));
        let is_over = word.starts_with('(') || word.bytes().any(|byte| byte.is_ascii_digit());
        if is_over || count >= LABEL_WORDS_MAX || (end.is_some() && !is_end) {
            break;
        }
        at += word.len();
        if is_end {
            end = Some(at);
        }
        at += 1;
    }
    end
}

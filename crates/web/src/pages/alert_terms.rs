//! How an alert is handled: codes, releasability, origin, evaluation, as a form has them.

use std::collections::BTreeSet;

use egnatia_alerts::AlertDraft;
use egnatia_app::NewAlert;
use egnatia_record::{
    Evaluation, Handling, HandlingCode, HandlingError, LegalBasis, Nature, OriginRegime,
    PartnerCode, RecordId, ReleasableTo, SubjectCategory,
};

use super::alert_form::{Filler, Group, Kind, Wrong};
use super::alert_import::Stated;
use super::terms;
use crate::parts::Field;
use crate::visit::Posted;
use crate::{Texts, words};

/// On what ground an alert may be held.
const BASES: [LegalBasis; 6] = [
    LegalBasis::NationalLaw,
    LegalBasis::UnSecurityCouncil,
    LegalBasis::EuRestrictiveMeasures,
    LegalBasis::SisPolice,
    LegalBasis::InformationExchange,
    LegalBasis::Agreement,
];
/// Codes beside H0, which is always there.
const CODES: [HandlingCode; 3] = [HandlingCode::H1, HandlingCode::H2, HandlingCode::H3];
const RELEASES: [&str; 3] = ["anybody", "partners", "nobody"];

/// Codes and releasability: what can be corrected. `own` is the side of the node itself.
pub(crate) fn release(filler: &Filler<'_>, own: Option<PartnerCode>) -> Vec<Field> {
    let t = filler.t;
    let sides = terms::SIDES
        .iter()
        .filter_map(|side| side.parse::<PartnerCode>().ok())
        .filter(|side| Some(*side) != own)
        .map(|side| (side.to_string(), terms::partner(t, side)));
    vec![
        filler
            .choice(
                "release",
                "alert-release",
                terms::choices_or_none(t, "choose", "release", RELEASES),
            )
            .required(),
        filler.several("partners", "alert-partners", sides.collect()),
        filler.several(
            "codes",
            "alert-codes",
            terms::choices(t, "code", CODES.iter().map(|code| code.as_str())),
        ),
        filler.line("restriction", "alert-restriction"),
    ]
}

/// How an alert is handled, as its form has it.
pub(crate) fn filled(handling: &Handling) -> Posted {
    let mut fields = Vec::new();
    let mut put = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
    match handling.releasable_to() {
        ReleasableTo::Anybody => put("release", "anybody"),
        ReleasableTo::NobodyElse => put("release", "nobody"),
        ReleasableTo::Partners(partners) => {
            put("release", "partners");
            for partner in partners {
                put("partners", partner.as_str());
            }
        }
    }
    for code in handling.codes() {
        put("codes", code.as_str());
    }
    if let Some(restriction) = handling.restriction() {
        put("restriction", restriction);
    }
    put("origin", handling.origin().as_str());
    Posted::of(fields)
}

/// The fields of an alert's handling. `own` is the side of the node itself.
pub(crate) fn groups(filler: &Filler<'_>, kind: Kind, own: Option<PartnerCode>) -> Vec<Group> {
    let t = filler.t;
    let mut release = release(filler, own);
    release.push(filler.choice(
        "origin",
        "alert-origin",
        terms::choices(
            t,
            "origin",
            OriginRegime::ALL.iter().map(|origin| origin.as_str()),
        ),
    ));
    let mut quality = vec![
        filler.choice(
            "basis",
            "alert-basis",
            terms::choices(t, "basis", BASES.iter().map(|basis| basis.as_str())),
        ),
        filler
            .choice(
                "source",
                "alert-source",
                terms::choices_or_none(t, "choose", "reliability", ["A", "B", "C", "X"]),
            )
            .required(),
        filler
            .choice(
                "accuracy",
                "alert-accuracy",
                terms::choices_or_none(t, "choose", "accuracy", ["1", "2", "3", "4"]),
            )
            .required(),
        filler.choice(
            "nature",
            "alert-nature",
            terms::choices(
                t,
                "nature",
                Nature::ALL.iter().map(|nature| nature.as_str()),
            ),
        ),
    ];
    if kind.on_person {
        let categories = SubjectCategory::ALL
            .iter()
            .filter(|category| **category != SubjectCategory::NoPerson)
            .map(|category| category.as_str());
        quality.push(
            filler
                .choice(
                    "subject",
                    "alert-subject",
                    terms::choices_or_none(t, "choose", "subject-is", categories),
                )
                .required(),
        );
    }
    vec![
        Group {
            id: "release-group",
            heading: t.text("alert-handling"),
            fields: release,
        },
        Group {
            id: "quality",
            heading: t.text("alert-quality"),
            fields: quality,
        },
    ]
}

/// What stands beside a draft.
#[derive(Debug)]
pub(crate) struct AlertTerms {
    handling: Handling,
    evaluation: Evaluation,
    legal_basis: LegalBasis,
    subject: SubjectCategory,
    nature: Nature,
    different_from: BTreeSet<RecordId>,
}

impl AlertTerms {
    /// What holds for all alerts of a table.
    pub fn for_file(self, stated: Stated) -> egnatia_app::AlertTerms {
        egnatia_app::AlertTerms {
            handling: self.handling,
            legal_basis: self.legal_basis,
            evaluation: self.evaluation,
            subject: self.subject,
            nature: self.nature,
            category: stated.category,
            reason: stated.reason,
            decision: stated.decision,
            proportionality: stated.proportionality,
            like_are_different: stated.like_are_different,
        }
    }

    /// The alert that is to be entered.
    pub fn with(self, draft: AlertDraft) -> NewAlert {
        NewAlert {
            draft,
            handling: self.handling,
            legal_basis: self.legal_basis,
            evaluation: self.evaluation,
            subject: self.subject,
            nature: self.nature,
            different_from: self.different_from,
        }
    }
}

/// What was filled in beside the draft.
pub(crate) fn read(posted: &Posted, kind: Kind, t: &Texts) -> Result<AlertTerms, Wrong> {
    let mut wrong = Wrong::new();
    let mut missing = |field: &str| {
        wrong.insert(field.to_owned(), t.text("alert-choose"));
    };
    let evaluation = format!("{}{}", posted.raw("source"), posted.raw("accuracy"));
    let evaluation = evaluation.parse::<Evaluation>();
    for field in ["source", "accuracy"] {
        if posted.raw(field).is_empty() {
            missing(field);
        }
    }
    let subject = match posted.raw("subject").parse::<SubjectCategory>() {
        Ok(subject) => subject,
        Err(_) if kind.on_person => {
            missing("subject");
            SubjectCategory::Undetermined
        }
        Err(_) => SubjectCategory::NoPerson,
    };
    if !RELEASES.contains(&posted.raw("release")) {
        missing("release");
    }
    let basis = posted.raw("basis").parse();
    let different_from = posted.all("different_from");
    match (handling(posted, t, &mut wrong), evaluation) {
        (Some(handling), Ok(evaluation)) if wrong.is_empty() => Ok(AlertTerms {
            handling,
            evaluation,
            legal_basis: basis.unwrap_or(LegalBasis::NationalLaw),
            subject,
            nature: posted.raw("nature").parse().unwrap_or(Nature::Fact),
            different_from: different_from
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect(),
        }),
        _ => Err(wrong),
    }
}

/// Codes, releasability and origin, or what is wrong with them.
pub(crate) fn handling(posted: &Posted, t: &Texts, wrong: &mut Wrong) -> Option<Handling> {
    let partners = posted.all("partners");
    let partners = partners.iter().filter_map(|code| code.parse().ok());
    let releasable = match posted.raw("release") {
        "anybody" => ReleasableTo::Anybody,
        "partners" => ReleasableTo::Partners(partners.collect()),
        _ => ReleasableTo::NobodyElse,
    };
    let codes = posted.all("codes");
    let codes = CODES
        .into_iter()
        .filter(|code| codes.contains(&code.as_str()));
    let codes: Vec<HandlingCode> = std::iter::once(HandlingCode::H0).chain(codes).collect();
    let origin = posted
        .raw("origin")
        .parse()
        .unwrap_or(OriginRegime::National);
    let made = Handling::new(codes, posted.some("restriction"), releasable, origin);
    match made {
        Ok(handling) => Some(handling),
        Err(error) => {
            let (field, text) = match error {
                HandlingError::RestrictionMissing => {
                    ("restriction", t.text("alert-restriction-missing"))
                }
                HandlingError::RestrictionWithoutCode => {
                    ("codes", t.text("alert-restriction-without"))
                }
                HandlingError::NoPartner => ("partners", t.text("alert-partners-missing")),
                other => ("codes", words::sentence(&other.to_string())),
            };
            wrong.insert(field.to_owned(), text);
            None
        }
    }
}

//! Alerts on persons who do not exist.

use egnatia_alerts::{AlertDraft, Reason};
use egnatia_app::NewAlert;
use egnatia_matching::{Description, Name, Schema};
use egnatia_record::{
    Category, Evaluation, Handling, HandlingCode, LegalBasis, Nature, OriginRegime, ReleasableTo,
    SubjectCategory,
};

/// An alert that may go to anybody with whom there is an arrangement.
///
/// # Errors
/// Where `birth` is no date.
pub fn alert(name: &str, birth: &str) -> anyhow::Result<NewAlert> {
    let handling = Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::National,
    )?;
    Ok(NewAlert {
        draft: AlertDraft {
            category: Category::ForeignTerroristFighter,
            subject: Description {
                schema: Schema::Person,
                names: vec![Name::new(name)],
                births: vec![birth.parse()?],
                ..Description::default()
            },
            object: None,
            reason: Reason::try_from("travelled to join a terrorist group".to_owned())?,
            action: String::new(),
            decision: "KOK 14/2026".to_owned(),
            proportionality: None,
            warnings: [].into(),
            offence: None,
            characteristics: None,
            distinguished_by: None,
            links: [].into(),
        },
        handling,
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: [].into(),
    })
}

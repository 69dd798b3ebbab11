//! Words for what partners agree on, ask and answer.

use egnatia_app::{App, OWN_ALERTS, OWN_FIREARMS, RECEIVED_ALERTS};
use egnatia_record::{AuthorityId, Category, PartnerCode, RecordId};

use crate::problem::{Problem, ProblemCode};
use crate::{Texts, words};

/// The sides of the region, and the agencies of the Union.
pub(crate) const SIDES: [&str; 7] = ["AL", "BA", "EU", "ME", "MK", "RS", "XK"];

/// A category of alerts.
pub(crate) fn category(t: &Texts, category: Category) -> String {
    t.text(&format!("category-{category}"))
}

/// A country, or the agencies of the Union.
pub(crate) fn partner(t: &Texts, code: PartnerCode) -> String {
    let code = code.as_str().to_ascii_lowercase();
    let key = format!("partner-{code}");
    if t.has(&key) {
        return t.text(&key);
    }
    let key = format!("country-{code}");
    if t.has(&key) {
        t.text(&key)
    } else {
        code.to_ascii_uppercase()
    }
}

/// What an authority is called, by its card; its code where no card of it is known.
pub(crate) fn authority(app: &App, t: &Texts, authority: &AuthorityId) -> String {
    let directory = app.directory();
    match directory.known(authority) {
        Some(known) => known.card.card().name(&t.language()).to_owned(),
        None => authority.to_string(),
    }
}

/// What stands among alerts or firearms: this node's own, or of whom it was received.
pub(crate) fn own_or_received(app: &App, t: &Texts, list: &str) -> String {
    let issuer = list.strip_prefix(RECEIVED_ALERTS);
    match issuer.and_then(|issuer| issuer.parse().ok()) {
        Some(issuer) => t.with("alert-of", "issuer", authority(app, t, &issuer)),
        None => app.list_name(list),
    }
}

/// A word of a closed list under the first of these keys that has a text; as it is written where
/// none has.
pub(crate) fn word(t: &Texts, starts: &[&str], word: &str) -> String {
    let mut keys = starts.iter().map(|start| format!("{start}-{word}"));
    match keys.find(|key| t.has(key)) {
        Some(key) => t.text(&key),
        None => words::sentence(word),
    }
}

/// The words of a closed list to choose from, each under `start`.
pub(crate) fn choices<'a>(
    t: &Texts,
    start: &str,
    terms: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, String)> {
    let words = |term: &str| (term.to_owned(), t.text(&format!("{start}-{term}")));
    terms.into_iter().map(words).collect()
}

/// The same after an empty choice.
pub(crate) fn choices_or_none<'a>(
    t: &Texts,
    empty: &str,
    start: &str,
    terms: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, String)> {
    let mut all = choices(t, start, terms);
    all.insert(0, (String::new(), t.text(empty)));
    all
}

/// Whether a list is that of the alerts, which has no versions and no entries of its own.
pub(crate) fn is_alerts(list: &str) -> bool {
    list == OWN_ALERTS || list.starts_with(RECEIVED_ALERTS)
}

/// Whether a list is the register of firearms, which has no versions either.
pub(crate) fn is_firearms(list: &str) -> bool {
    list == OWN_FIREARMS
}

/// Where an entry of a list is shown, or the alert that it is.
pub(crate) fn entry_href(list: &str, record: RecordId) -> String {
    if is_alerts(list) {
        format!("/alerts/{record}")
    } else if is_firearms(list) {
        format!("/firearms/{record}")
    } else {
        format!("/entries/{record}")
    }
}

/// What was asked for, or nothing where it is not for the stated purpose: a page that shows several
/// things leaves such a part out.
pub(crate) fn unless_forbidden<T>(
    result: Result<T, egnatia_app::AppError>,
) -> Result<Option<T>, Problem> {
    match result.map_err(Problem::from) {
        Ok(value) => Ok(Some(value)),
        Err(problem) if problem.code == ProblemCode::Forbidden => Ok(None),
        Err(problem) => Err(problem),
    }
}

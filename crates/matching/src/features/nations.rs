//! Nationalities, jurisdictions, flags.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Finding;
use super::countries::{COUNTRIES, SUCCESSORS};
use crate::evidence::Verdict;
use crate::text::{Symbol, plain};

/// A country as a source states it.
#[derive(Debug, Clone)]
pub(crate) struct Nation {
    /// As written.
    pub(crate) written: Box<str>,
    code: Code,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Code {
    /// Two letters of ISO 3166-1, or of a former state.
    Known(&'static str),
    /// Text that no table knows, folded.
    Text(Box<[Symbol]>),
}

impl Nation {
    pub(crate) fn new(text: &str) -> Self {
        let folded = plain(text);
        let code = match table().get(&folded) {
            Some(code) => Code::Known(code),
            None => Code::Text(folded.into()),
        };
        Self {
            written: text.into(),
            code,
        }
    }

    /// Whether both are one state today.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.code == other.code
    }

    /// Whether one is a state from which the other came.
    fn is_related(&self, other: &Self) -> bool {
        let (Code::Known(a), Code::Known(b)) = (&self.code, &other.code) else {
            return false;
        };
        SUCCESSORS.iter().any(|(former, today, _)| {
            let inside = |code: &str| today.split(' ').any(|one| one == code);
            (former == a && inside(b)) || (former == b && inside(a))
        })
    }
}

fn table() -> &'static HashMap<Vec<Symbol>, &'static str> {
    static TABLE: OnceLock<HashMap<Vec<Symbol>, &'static str>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        for (code, names) in COUNTRIES {
            table.insert(plain(code), *code);
            for name in names.split('|') {
                table.insert(plain(name), *code);
            }
        }
        table
    })
}

/// Compares every nationality of one side with every one of the other.
pub(crate) fn compare_nations(
    left: &[Nation],
    right: &[Nation],
) -> (Finding, Option<(usize, usize)>) {
    let mut best: Option<(Finding, (usize, usize))> = None;
    for (l, a) in left.iter().enumerate() {
        for (r, b) in right.iter().enumerate() {
            let finding = if a.is_same(b) {
                // A list holds people of some twenty states that occur often.
                Finding::new(Verdict::Agrees, 0.8)
            } else if a.is_related(b) {
                Finding::new(Verdict::Similar, 0.4)
            } else {
                // Many have two; sources confuse birth, residence and citizenship.
                Finding::new(Verdict::Contradicts, -1.4)
            };
            if best
                .as_ref()
                .is_none_or(|(held, _)| finding.weight > held.weight)
            {
                best = Some((finding, (l, r)));
            }
        }
    }
    best.map_or((Finding::SILENT, None), |(finding, pair)| {
        (finding, Some(pair))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_demonyms_are_one() {
        for (left, right) in [
            ("RS", "Serbia"),
            ("SRB", "Serbian"),
            ("Republic of North Macedonia", "MK"),
            ("mkd", "Macedonian"),
            ("Kosovo*", "RKS"),
            ("IR", "Iran (Islamic Republic of)"),
            ("Bosnia-Herzegovina", "BIH"),
            ("D", "Germany"),
        ] {
            assert!(
                Nation::new(left).is_same(&Nation::new(right)),
                "{left} {right}"
            );
        }
        assert!(!Nation::new("Serbia").is_same(&Nation::new("Syria")));
    }

    #[test]
    fn former_states_are_related_to_their_successors() {
        assert!(Nation::new("Yugoslavia").is_related(&Nation::new("HR")));
        assert!(Nation::new("RU").is_related(&Nation::new("USSR")));
        assert!(!Nation::new("USSR").is_related(&Nation::new("Yugoslavia")));
    }

    #[test]
    fn unknown_text_compares_as_text() {
        assert!(Nation::new("Ruritania").is_same(&Nation::new("RURITANIA")));
    }
}

//! Names: words, how far words are apart, which word stands for which, and what that weighs.

mod align;
mod arabic;
mod edit;
mod edit_rules;
mod keys;
mod kinds;
mod known;
mod ledger;
mod numerals;
mod pieces;
mod readings;
mod score;
mod scorer;
mod similarity;
mod sinitic;
mod token;
mod translated;
mod units;
mod words;

pub(crate) use keys::{deletions, hash, key, key_hashes, skeletons};
pub(crate) use ledger::Bearer;
pub(crate) use pieces::token_evidence;
pub(crate) use readings::readings;
pub(crate) use score::{NameScore, score_names};
pub(crate) use scorer::{RARITY_MAX, RARITY_MIN, Scorer};
pub(crate) use similarity::{Likeness, likeness};
pub(crate) use token::{Edge, PreparedName, Role, Shape, Token, TokenKind, Traits, prepare_name};

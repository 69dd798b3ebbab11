//! Names: words, how far words are apart, which word stands for which, and what that weighs.

mod align;
mod edit;
mod edit_rules;
mod keys;
mod known;
mod pieces;
mod score;
mod similarity;
mod token;
mod words;

pub(crate) use keys::{deletions, hash, key, key_hashes, skeletons};
pub(crate) use pieces::token_evidence;
pub(crate) use score::{Corpus, NameScore, RARITY_MAX, RARITY_MIN, Scorer, score_names};
pub(crate) use similarity::likeness;
pub(crate) use token::{PreparedName, Shape, Token, TokenKind, prepare_name};

//! One side of a comparison, as the scoring sees it: borrowed from wherever it is kept.
//!
//! Entries are kept in several forms: prepared in memory, or as bytes of a segment. Scoring reads
//! this one, whose lists are filled anew for each entry without allocating.

use std::borrow::Cow;

use crate::birth::BirthDate;
use crate::description::{Gender, Schema};
use crate::features::{Nation, PreparedNumber, PreparedPlace};
use crate::names::{Bearer, Edge, PreparedName, Role, Shape, Token, TokenKind, Traits};
use crate::prepared::Prepared;

/// A word of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenRef<'a> {
    pub(crate) shape: &'a Shape,
    /// The number under which the scorer remembers it; 0 where it shall not.
    pub(crate) number: u32,
    pub(crate) kind: TokenKind,
    pub(crate) role: Role,
    pub(crate) edge: Edge,
    /// How much it tells, 1 for a usual name.
    pub(crate) information: f64,
}

impl<'a> TokenRef<'a> {
    /// A token that is as rare.
    pub(crate) fn new(token: &'a Token, rarity: f64) -> Self {
        let kind = (token.kind, token.role, token.edge);
        Self::coded(&token.shape, token.number, kind, rarity)
    }

    /// A word that is as rare, with what it is in its name.
    pub(crate) fn coded(
        shape: &'a Shape,
        number: u32,
        (kind, role, edge): (TokenKind, Role, Edge),
        rarity: f64,
    ) -> Self {
        let mut token = Self {
            shape,
            number,
            kind,
            role,
            edge,
            information: 0.0,
        };
        token.information = token.base_share() * rarity;
        token
    }
}

/// A name, as a range of words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameRef<'s, 'a> {
    pub(crate) tokens: &'s [TokenRef<'a>],
    pub(crate) traits: Traits,
}

#[derive(Debug, Clone, Copy)]
struct Range {
    end: usize,
    traits: Traits,
}

/// What is compared of one side.
#[derive(Debug, Default)]
pub(crate) struct Side<'a> {
    pub(crate) schema: Schema,
    pub(crate) gender: Option<Gender>,
    names: Vec<Range>,
    tokens: Vec<TokenRef<'a>>,
    pub(crate) births: Vec<BirthDate>,
    pub(crate) nations: Cow<'a, [Nation]>,
    pub(crate) places: Cow<'a, [PreparedPlace]>,
    pub(crate) numbers: Cow<'a, [PreparedNumber]>,
}

impl<'a> Side<'a> {
    /// Empties it; the lists keep their room.
    pub(crate) fn clear(&mut self) {
        self.names.clear();
        self.tokens.clear();
        self.births.clear();
        self.nations = Cow::Borrowed(&[]);
        self.places = Cow::Borrowed(&[]);
        self.numbers = Cow::Borrowed(&[]);
        self.gender = None;
        self.schema = Schema::Unknown;
    }

    /// Adds a word to the name that [`Self::end_name`] ends.
    pub(crate) fn push_token(&mut self, token: TokenRef<'a>) {
        self.tokens.push(token);
    }

    pub(crate) fn end_name(&mut self, traits: Traits) {
        let end = self.tokens.len();
        self.names.push(Range { end, traits });
    }

    /// Borrows all of a prepared description.
    pub(crate) fn fill(&mut self, prepared: &'a Prepared, rarity: impl Fn(&Token) -> f64) {
        self.clear();
        self.schema = prepared.schema;
        self.gender = prepared.gender;
        for PreparedName { tokens, traits, .. } in &prepared.names {
            for token in tokens {
                self.push_token(TokenRef::new(token, rarity(token)));
            }
            self.end_name(*traits);
        }
        self.births.extend_from_slice(&prepared.births);
        self.nations = Cow::Borrowed(&prepared.nations);
        self.places = Cow::Borrowed(&prepared.places);
        self.numbers = Cow::Borrowed(&prepared.numbers);
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = NameRef<'_, 'a>> {
        let mut start = 0;
        self.names.iter().map(move |name| {
            let tokens = self.tokens.get(start..name.end).unwrap_or_default();
            start = name.end;
            NameRef {
                tokens,
                traits: name.traits,
            }
        })
    }

    /// Whose names it holds.
    pub(crate) fn bearer(&self) -> Bearer {
        match self.schema {
            Schema::Person | Schema::Unknown => Bearer::Person,
            Schema::Organization | Schema::Vessel | Schema::Aircraft => Bearer::Body,
        }
    }
}

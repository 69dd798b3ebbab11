//! A name cut into words, each with what it is.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::arabic;
use super::edit::{LETTERS_MAX, Letter, letters};
use super::keys::key;
use super::kinds::kinds;
use super::known;
use super::numerals;
use super::scorer::length_share;
use super::similarity::suffixes;
use super::sinitic;
use super::words;
use crate::description::{Name, NameKind, NameParts, Schema};
use crate::text::{Cluster, Symbol, fold, plain};

/// Words of one name that are read. The longest real names have about a dozen.
pub(super) const TOKENS_MAX: usize = 16;
/// Letters of one word that are read.
const SYMBOLS_MAX: usize = LETTERS_MAX;

/// A word without its place: the same for every name in which it stands.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) symbols: Box<[Symbol]>,
    /// Whether its script leaves vowels out.
    pub(crate) abjad: bool,
    /// The same letters, ready for the edits.
    pub(super) letters: Box<[Letter]>,
    /// One bit a sound, to dismiss other words fast.
    pub(crate) sounds: u32,
    /// Endings of family names that it has, see [`similarity`](super::similarity).
    pub(super) suffixes: u64,
    /// How much it tells by its length, see [`scorer`](super::scorer).
    pub(super) share: f64,
    /// Names to which it is known to belong.
    pub(crate) groups: &'static [u16],
    /// Whether it is in the table of names in the script in which it is written.
    pub(super) native: bool,
    /// Names to which it belongs without the ending of a family name: Petar in Petarović.
    pub(crate) stem_groups: &'static [u16],
}

/// All else follows from the letters and the script.
impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.symbols == other.symbols && self.abjad == other.abjad
    }
}

impl Eq for Shape {}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.symbols.hash(state);
        self.abjad.hash(state);
    }
}

impl Shape {
    pub(crate) fn new(symbols: Vec<Symbol>, abjad: bool) -> Self {
        let sounds = key(&symbols);
        Self {
            letters: letters(&symbols),
            sounds: sounds.iter().fold(0, |bits, symbol| bits | symbol.bit()),
            suffixes: suffixes(&symbols),
            share: length_share(&symbols, abjad),
            groups: known::groups(&sounds, abjad),
            native: !abjad || known::is_native(&sounds),
            stem_groups: known::stem_groups(&symbols),
            symbols: symbols.into(),
            abjad,
        }
    }

    /// Two words written as one.
    pub(super) fn joined(first: &Self, second: &Self) -> Self {
        let symbols = first.symbols.iter().chain(&second.symbols).copied();
        Self::new(
            symbols.take(SYMBOLS_MAX).collect(),
            first.abjad && second.abjad,
        )
    }
}

/// What a word is in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word that names.
    Word,
    /// One letter for a word.
    Initial,
    /// A number, also a Roman one after the name of a body.
    Number,
    /// `abu`, `abd`: half a name.
    Half,
    /// `bin`, `al`, `van`.
    Particle,
    /// `Dr`, `Sheikh`.
    Title,
    /// `d.o.o.`, `GmbH`, each word of it.
    LegalForm,
    /// A word that many bodies share.
    Generic,
}

/// The part of a person's name to which a word belongs, where the source tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Unknown,
    Given,
    Patronymic,
    Family,
}

/// A word of a name.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) shape: Arc<Shape>,
    /// The number of the shape in an index; 0 outside.
    pub(crate) number: u32,
    start: u16,
    end: u16,
    pub(crate) kind: TokenKind,
    pub(crate) role: Role,
    pub(crate) edge: Edge,
}

/// Whether a word begins or ends a person's name, in the order in which people give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// In the middle, or a word that names nobody.
    Middle,
    /// The first given name.
    First,
    /// The last family name.
    Last,
}

impl Token {
    /// A word with what it is in its name, and its place in the text.
    pub(crate) fn coded(
        shape: Arc<Shape>,
        number: u32,
        (kind, role, edge): (TokenKind, Role, Edge),
        (start, end): (u16, u16),
    ) -> Self {
        Self {
            shape,
            number,
            start,
            end,
            kind,
            role,
            edge,
        }
    }

    /// Its place in the text of its name, in bytes.
    pub(crate) fn place(&self) -> (usize, usize) {
        (usize::from(self.start), usize::from(self.end))
    }
}

/// What is true of a name as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traits {
    pub(crate) kind: NameKind,
    /// Whether it is a chain of fathers.
    pub(crate) chain: bool,
    /// Whether it is the sound of a name in another script, see [`readings`](super::readings).
    pub(crate) reading: bool,
}

/// A name, normalised once.
#[derive(Debug, Clone)]
pub(crate) struct PreparedName {
    pub(crate) text: Box<str>,
    pub(crate) tokens: Box<[Token]>,
    pub(crate) traits: Traits,
}

/// A piece of text between separators, before it is known what it is.
pub(super) struct Raw {
    pub(super) symbols: Vec<Symbol>,
    pub(super) abjad: bool,
    pub(super) start: usize,
    pub(super) end: usize,
    /// What stood before it.
    pub(super) after: Separator,
    /// Whether a dot stands behind it.
    pub(super) dotted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Space,
    Hyphen,
    Dot,
    /// A comma, or `<<` of an MRZ: before it the family name.
    Comma,
}

/// Cuts a name into words.
pub(crate) fn prepare_name(name: &Name, schema: Schema) -> PreparedName {
    let mut raws = cut(&fold(&name.text));
    if schema != Schema::Person {
        raws = join_dotted(raws);
    }
    let raws = match schema {
        Schema::Person | Schema::Unknown => numerals::generations(sinitic::pinyin(raws)),
        _ => numerals::digits(raws),
    };
    let mut raws = arabic::compounds(raws, &name.text);
    raws.truncate(TOKENS_MAX);
    let kinds = kinds(&raws, schema);
    let roles = roles(&raws, &kinds, schema, name.parts.as_ref());
    let tokens = raws.into_iter().zip(kinds).zip(roles);
    let mut tokens: Box<[Token]> = tokens
        .map(|((raw, kind), role)| token(raw, kind, role))
        .collect();
    mark_edges(&mut tokens);
    PreparedName {
        text: name.text.as_str().into(),
        traits: Traits {
            kind: name.kind,
            chain: is_chain(&tokens),
            reading: false,
        },
        tokens,
    }
}

/// The first given name and the last family name; without roles, the first and the last word.
fn mark_edges(tokens: &mut [Token]) {
    let place = |wanted: &dyn Fn(&Token) -> bool, last: bool| {
        let found = tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.kind == TokenKind::Word && wanted(token))
            .map(|(place, _)| place);
        if last { found.last() } else { found.min() }
    };
    let given = place(&|token| token.role == Role::Given, false);
    let family = place(&|token| token.role == Role::Family, true);
    let (first, last) = match (given, family) {
        (Some(given), Some(family)) => (Some(given), Some(family)),
        _ => (place(&|_| true, false), place(&|_| true, true)),
    };
    let mut mark = |place: Option<usize>, edge| {
        if let Some(token) = place.and_then(|place| tokens.get_mut(place)) {
            token.edge = edge;
        }
    };
    mark(last, Edge::Last);
    mark(first, Edge::First);
}

/// Whether a name is a chain: own name, father, grandfather, clan. Arabic names are, and it is
/// the first link that tells a man from his father and his brothers. Where nothing joins the links,
/// three words of which the first two are given names of Arabic are a chain.
fn is_chain(tokens: &[Token]) -> bool {
    let mut words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
    let mut arabic = || {
        words
            .next()
            .is_some_and(|word| known::are_arabic(word.shape.groups))
    };
    let links = arabic() && arabic() && words.next().is_some();
    links
        || tokens.iter().any(|token| {
            token.shape.abjad
                || (token.kind == TokenKind::Particle
                    && words::in_chain(&token.shape.symbols, token.shape.abjad))
        })
}

fn token(raw: Raw, kind: TokenKind, role: Role) -> Token {
    let mut symbols = raw.symbols;
    if kind == TokenKind::Number
        && let Some(digits) = words::roman(&symbols)
    {
        symbols = digits;
    }
    symbols.truncate(SYMBOLS_MAX);
    Token {
        shape: Arc::new(Shape::new(symbols, raw.abjad)),
        number: 0,
        start: u16::try_from(raw.start).unwrap_or(u16::MAX),
        end: u16::try_from(raw.end).unwrap_or(u16::MAX),
        kind,
        role,
        edge: Edge::Middle,
    }
}

fn cut(clusters: &[Cluster]) -> Vec<Raw> {
    let mut raws: Vec<Raw> = Vec::new();
    let mut after = Separator::Space;
    let mut open = false;
    let mut filler = false;
    for cluster in clusters {
        if !cluster.inside_word {
            if let Some(raw) = raws.last_mut().filter(|_| open && cluster.first == '.') {
                raw.dotted = true;
            }
            after = match cluster.first {
                ',' => Separator::Comma,
                '<' if filler => Separator::Comma,
                '.' | '/' if open => Separator::Dot,
                '-' | '‐' | '‑' if open => Separator::Hyphen,
                _ if open || after == Separator::Dot || after == Separator::Hyphen => {
                    Separator::Space
                }
                _ => after,
            };
            filler = cluster.first == '<';
            open = false;
            continue;
        }
        filler = false;
        match raws.last_mut() {
            Some(raw) if open => {
                raw.symbols.extend(&cluster.symbols);
                raw.abjad |= cluster.abjad;
                raw.end = cluster.place.end;
            }
            _ => {
                raws.push(Raw {
                    symbols: cluster.symbols.clone(),
                    abjad: cluster.abjad,
                    start: cluster.place.start,
                    end: cluster.place.end,
                    after,
                    dotted: false,
                });
                open = true;
                after = Separator::Space;
            }
        }
    }
    raws.retain(|raw| !raw.symbols.is_empty());
    raws
}

/// `L.X.C.` is `LXC`, `Sh.p.k.` is `Shpk`, `A/S` is `AS`.
fn join_dotted(raws: Vec<Raw>) -> Vec<Raw> {
    let mut joined: Vec<Raw> = Vec::with_capacity(raws.len());
    let mut short_before = false;
    for raw in raws {
        let short = raw.symbols.len() <= 2;
        match joined.last_mut() {
            Some(last) if raw.after == Separator::Dot && short && short_before => {
                last.symbols.extend(&raw.symbols);
                last.end = raw.end;
            }
            _ => joined.push(raw),
        }
        short_before = short;
    }
    joined
}

fn roles(
    raws: &[Raw],
    kinds: &[TokenKind],
    schema: Schema,
    parts: Option<&NameParts>,
) -> Vec<Role> {
    if let Some(parts) = parts {
        let part = |text: &Option<String>| plain(text.as_deref().unwrap_or_default());
        let (given, patronymic) = (part(&parts.given), part(&parts.patronymic));
        let family = part(&parts.family);
        let role = |raw: &Raw| {
            let word: Vec<Symbol> = raw.symbols.iter().map(|symbol| symbol.base()).collect();
            let inside = |part: &[Symbol]| part.windows(word.len().max(1)).any(|w| w == word);
            match (inside(&family), inside(&given), inside(&patronymic)) {
                (true, false, false) => Role::Family,
                (false, true, false) => Role::Given,
                (false, false, true) => Role::Patronymic,
                _ => Role::Unknown,
            }
        };
        return raws.iter().map(role).collect();
    }
    let commas = raws
        .iter()
        .skip(1)
        .filter(|raw| raw.after == Separator::Comma)
        .count();
    if schema == Schema::Person && commas == 1 {
        let mut role = Role::Family;
        let by_comma = raws
            .iter()
            .zip(kinds)
            .enumerate()
            .map(|(place, (raw, kind))| {
                if place > 0 && raw.after == Separator::Comma {
                    role = Role::Given;
                }
                if *kind == TokenKind::Word {
                    role
                } else {
                    Role::Unknown
                }
            });
        return by_comma.collect();
    }
    vec![Role::Unknown; raws.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, schema: Schema) -> Vec<(String, TokenKind)> {
        let name = prepare_name(&Name::new(text), schema);
        let tokens = name.tokens.iter();
        tokens
            .map(|t| (name.text[t.place().0..t.place().1].to_owned(), t.kind))
            .collect()
    }

    fn texts(text: &str, schema: Schema) -> Vec<String> {
        words(text, schema)
            .into_iter()
            .map(|(word, _)| word)
            .collect()
    }

    #[test]
    fn cuts_at_spaces_hyphens_and_fillers_but_not_at_apostrophes() {
        assert_eq!(
            texts("PETROVIC<<MARKO<IVAN", Schema::Person),
            ["PETROVIC", "MARKO", "IVAN"]
        );
        assert_eq!(
            texts("Anna-Maria D'Artagnan", Schema::Person),
            ["Anna", "Maria", "D'Artagnan"]
        );
        assert_eq!(
            texts("L.X.C. Aviation", Schema::Organization),
            ["L.X.C", "Aviation"]
        );
        assert_eq!(texts("AbdulRahman", Schema::Person), ["Abdul", "Rahman"]);
        assert_eq!(texts("Abdullah", Schema::Person), ["Abdullah"]);
        assert_eq!(texts("السيسي", Schema::Person), ["ال", "سيسي"]);
        assert!(texts(" - . , << ", Schema::Person).is_empty());
    }

    #[test]
    fn tells_legal_forms_particles_and_initials() {
        use TokenKind::{Generic, Initial, LegalForm, Number, Particle, Word};
        let kinds = |text, schema| -> Vec<TokenKind> {
            words(text, schema)
                .into_iter()
                .map(|(_, kind)| kind)
                .collect()
        };
        assert_eq!(
            kinds("Vardar Trading d.o.o.", Schema::Organization),
            [Word, Generic, LegalForm]
        );
        assert_eq!(
            kinds("11420 CORP.", Schema::Organization),
            [Number, LegalForm]
        );
        assert_eq!(kinds("M. Petrović", Schema::Person), [Initial, Word]);
        assert_eq!(
            kinds("Usama bin Ladin", Schema::Person),
            [Word, Particle, Word]
        );
    }

    #[test]
    fn titles_that_are_names_stay_names() {
        for text in ["al-Shaykh Omar", "HAFIZ, Omar"] {
            let name = prepare_name(&Name::new(text), Schema::Person);
            let titles = name.tokens.iter().filter(|t| t.kind == TokenKind::Title);
            assert_eq!(titles.count(), 0, "{text}");
        }
        assert_eq!(words("Sheikh Omar", Schema::Person)[0].1, TokenKind::Title);
    }

    #[test]
    fn a_comma_and_a_double_filler_tell_the_family_name() {
        for text in ["PETROVIC, Marko", "PETROVIC<<MARKO"] {
            let name = prepare_name(&Name::new(text), Schema::Person);
            let roles: Vec<Role> = name.tokens.iter().map(|t| t.role).collect();
            assert_eq!(roles, [Role::Family, Role::Given], "{text}");
        }
    }
}

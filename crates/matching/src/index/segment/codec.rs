//! Entries as bytes: what scoring needs first, what only the evidence shows last.
//!
//! ```text
//! kind byte, names, births, [nations], [places], [numbers], [texts], [payload]
//! ```
//!
//! A part in brackets has its length before it, so that it can be skipped.

use super::bytes::{Reader, put_count, put_group, put_text, put_varint};
use crate::birth::{BirthDate, PartialDate};
use crate::description::{Gender, Identifier, IdentifierKind, NameKind, Schema};
use crate::features::{Nation, PreparedNumber, PreparedPlace};
use crate::names::{Edge, PreparedName, Role, Token, TokenKind, Traits};
use crate::prepared::Prepared;

/// A list of the values of an enumeration: the place of each is its number in the bytes.
struct Values<T: 'static>(&'static [T]);

impl<T: Copy + PartialEq> Values<T> {
    fn number(&self, value: T) -> u8 {
        let place = self.0.iter().position(|known| *known == value);
        place
            .and_then(|place| u8::try_from(place).ok())
            .unwrap_or(0)
    }

    fn value(&self, number: u8) -> Option<T> {
        self.0.get(usize::from(number)).copied()
    }
}

const SCHEMAS: Values<Schema> = Values(&[
    Schema::Unknown,
    Schema::Person,
    Schema::Organization,
    Schema::Vessel,
    Schema::Aircraft,
]);
const GENDERS: Values<Option<Gender>> = Values(&[
    None,
    Some(Gender::Male),
    Some(Gender::Female),
    Some(Gender::Other),
]);
const NAME_KINDS: Values<NameKind> = Values(&[
    NameKind::Primary,
    NameKind::Alias,
    NameKind::WeakAlias,
    NameKind::Former,
]);
const TOKEN_KINDS: Values<TokenKind> = Values(&[
    TokenKind::Word,
    TokenKind::Initial,
    TokenKind::Number,
    TokenKind::Half,
    TokenKind::Particle,
    TokenKind::Title,
    TokenKind::LegalForm,
    TokenKind::Generic,
]);
const ROLES: Values<Role> = Values(&[Role::Unknown, Role::Given, Role::Patronymic, Role::Family]);
const EDGES: Values<Edge> = Values(&[Edge::Middle, Edge::First, Edge::Last]);
const NUMBER_KINDS: Values<IdentifierKind> = Values(&[
    IdentifierKind::Other,
    IdentifierKind::Passport,
    IdentifierKind::IdentityCard,
    IdentifierKind::NationalNumber,
    IdentifierKind::TaxNumber,
    IdentifierKind::Registration,
    IdentifierKind::Lei,
    IdentifierKind::Imo,
    IdentifierKind::CallSign,
    IdentifierKind::TailNumber,
    IdentifierKind::Serial,
]);

/// Appends an entry. `word` gives the number of a word.
pub(super) fn encode(entry: &Prepared, bytes: &mut Vec<u8>, mut word: impl FnMut(&Token) -> u32) {
    bytes.push(SCHEMAS.number(entry.schema) | (GENDERS.number(entry.gender) << 4));
    put_count(bytes, entry.names.len());
    for name in &entry.names {
        let traits = name.traits;
        let flags = u8::from(traits.chain) << 4 | u8::from(traits.reading) << 5;
        bytes.push(NAME_KINDS.number(traits.kind) | flags);
        put_count(bytes, name.tokens.len());
        for token in &name.tokens {
            put_varint(bytes, word(token));
            let roles = ROLES.number(token.role) << 3 | EDGES.number(token.edge) << 5;
            bytes.push(TOKEN_KINDS.number(token.kind) | roles);
        }
    }
    put_count(bytes, entry.births.len());
    for birth in &entry.births {
        let flags = u8::from(birth.to().is_some()) | (u8::from(birth.is_about()) << 1);
        bytes.push(flags);
        put_date(bytes, birth.from());
        if let Some(to) = birth.to() {
            put_date(bytes, to);
        }
    }
    let mut group = Vec::new();
    put_count(&mut group, entry.nations.len());
    for nation in &entry.nations {
        put_text(&mut group, &nation.written);
    }
    put_group(bytes, &group);
    group.clear();
    put_count(&mut group, entry.places.len());
    for place in &entry.places {
        put_text(&mut group, &place.written);
    }
    put_group(bytes, &group);
    group.clear();
    put_count(&mut group, entry.numbers.len());
    for number in &entry.numbers {
        group.push(NUMBER_KINDS.number(number.kind));
        put_text(&mut group, &number.written);
        put_text(&mut group, number.country().unwrap_or_default());
    }
    put_group(bytes, &group);
    group.clear();
    for name in &entry.names {
        put_text(&mut group, &name.text);
        for token in &name.tokens {
            let (start, end) = token.place();
            put_count(&mut group, start);
            put_count(&mut group, end);
        }
    }
    put_group(bytes, &group);
}

fn put_date(bytes: &mut Vec<u8>, date: PartialDate) {
    bytes.extend_from_slice(&date.year().to_le_bytes());
    bytes.push(date.month().unwrap_or(0));
    bytes.push(date.day().unwrap_or(0));
}

/// A word of a name, by its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodedToken {
    pub(super) word: u32,
    pub(super) kind: TokenKind,
    pub(super) role: Role,
    pub(super) edge: Edge,
}

/// What stands before the names.
pub(super) fn head(reader: &mut Reader<'_>) -> Option<(Schema, Option<Gender>)> {
    let byte = reader.byte()?;
    Some((SCHEMAS.value(byte & 15)?, GENDERS.value(byte >> 4)?))
}

/// Visits every word and every end of a name. The reader then stands at the births.
#[inline]
pub(super) fn names<T>(
    reader: &mut Reader<'_>,
    state: &mut T,
    mut token: impl FnMut(&mut T, CodedToken),
    mut end: impl FnMut(&mut T, Traits),
) -> Option<()> {
    for _ in 0..reader.count()? {
        let byte = reader.byte()?;
        for _ in 0..reader.count()? {
            let word = reader.varint()?;
            let packed = reader.byte()?;
            let coded = CodedToken {
                word,
                kind: TOKEN_KINDS.value(packed & 7)?,
                role: ROLES.value((packed >> 3) & 3)?,
                edge: EDGES.value(packed >> 5)?,
            };
            token(state, coded);
        }
        let traits = Traits {
            kind: NAME_KINDS.value(byte & 15)?,
            chain: byte & 16 != 0,
            reading: byte & 32 != 0,
        };
        end(state, traits);
    }
    Some(())
}

pub(super) fn births(reader: &mut Reader<'_>, births: &mut Vec<BirthDate>) -> Option<()> {
    for _ in 0..reader.count()? {
        let flags = reader.byte()?;
        let from = date(reader)?;
        let birth = if flags & 1 == 1 {
            BirthDate::between(from, date(reader)?)?
        } else {
            BirthDate::on(from)
        };
        births.push(if flags & 2 == 2 { birth.about() } else { birth });
    }
    Some(())
}

fn date(reader: &mut Reader<'_>) -> Option<PartialDate> {
    let year = reader.u16()?.cast_signed();
    let known = |part: u8| (part > 0).then_some(part);
    let (month, day) = (known(reader.byte()?), known(reader.byte()?));
    PartialDate::new(year, month, day)
}

pub(super) fn nations(mut group: Reader<'_>) -> Option<Vec<Nation>> {
    let count = group.count()?;
    (0..count).map(|_| group.text().map(Nation::new)).collect()
}

pub(super) fn places(mut group: Reader<'_>) -> Option<Vec<PreparedPlace>> {
    let count = group.count()?;
    let places = (0..count).map(|_| group.text().map(PreparedPlace::new));
    places.collect()
}

pub(super) fn numbers(mut group: Reader<'_>) -> Option<Vec<PreparedNumber>> {
    let count = group.count()?;
    let numbers = (0..count).map(|_| {
        let kind = NUMBER_KINDS.value(group.byte()?)?;
        let value = group.text()?.to_owned();
        let country = Some(group.text()?.to_owned()).filter(|text| !text.is_empty());
        PreparedNumber::new(&Identifier {
            kind,
            value,
            country,
        })
    });
    numbers.collect()
}

/// The numbers of an entry, without the rest.
pub(super) fn numbers_of(entry: &[u8]) -> Option<Vec<PreparedNumber>> {
    let mut reader = Reader::new(entry);
    head(&mut reader)?;
    names(&mut reader, &mut (), |(), _| (), |(), _| ())?;
    births(&mut reader, &mut Vec::new())?;
    for _ in 0..2 {
        reader.group()?;
    }
    numbers(reader.group()?)
}

/// What the caller put beside an entry.
pub(super) fn payload(entry: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(entry);
    head(&mut reader)?;
    names(&mut reader, &mut (), |(), _| (), |(), _| ())?;
    births(&mut reader, &mut Vec::new())?;
    for _ in 0..4 {
        reader.group()?;
    }
    reader.group().map(Reader::rest)
}

/// The whole entry. `token` makes a word of a name.
pub(super) fn decode(
    bytes: &[u8],
    mut token: impl FnMut(CodedToken, (u16, u16)) -> Option<Token>,
) -> Option<Prepared> {
    struct Coded {
        names: Vec<(Vec<CodedToken>, Traits)>,
        open: Vec<CodedToken>,
    }
    let mut reader = Reader::new(bytes);
    let (schema, gender) = head(&mut reader)?;
    let mut coded = Coded {
        names: Vec::new(),
        open: Vec::new(),
    };
    names(
        &mut reader,
        &mut coded,
        |coded, token| coded.open.push(token),
        |coded, traits| {
            let tokens = std::mem::take(&mut coded.open);
            coded.names.push((tokens, traits));
        },
    )?;
    let mut dates = Vec::new();
    births(&mut reader, &mut dates)?;
    let nations = nations(reader.group()?)?;
    let places = places(reader.group()?)?;
    let numbers = numbers(reader.group()?)?;
    let mut texts = reader.group()?;
    let mut all = Vec::with_capacity(coded.names.len());
    for (tokens, traits) in coded.names {
        let text = texts.text()?;
        let mut whole = Vec::with_capacity(tokens.len());
        for coded in tokens {
            let start = u16::try_from(texts.varint()?).ok()?;
            let end = u16::try_from(texts.varint()?).ok()?;
            whole.push(token(coded, (start, end))?);
        }
        all.push(PreparedName {
            text: text.into(),
            tokens: whole.into(),
            traits,
        });
    }
    Some(Prepared {
        schema,
        names: all.into(),
        births: dates.into(),
        gender,
        nations: nations.into(),
        places: places.into(),
        numbers: numbers.into(),
    })
}

//! Small builders that several tests share.

use std::num::NonZeroU64;

use egnatia_record::{RecordId, UserId};
use egnatia_stockpile::{
    AccountId, AccountKind, Books, Condition, Division, Entered, Entering, Explosive, Goods,
    GoodsFacts, GoodsId, Group, LedgerRefused, Line, Mass, Movement, MovementId, MovementKind,
    Resolution, Resolving, Tracking,
};
use jiff::{SignedDuration, Timestamp};

pub const OUTSIDE: AccountId = AccountId::from_bytes([1; 16]);
pub const STORE: AccountId = AccountId::from_bytes([2; 16]);
pub const RACK: AccountId = AccountId::from_bytes([3; 16]);
pub const OTHER_STORE: AccountId = AccountId::from_bytes([4; 16]);
pub const UNIT: AccountId = AccountId::from_bytes([5; 16]);
pub const LOST: AccountId = AccountId::from_bytes([6; 16]);
pub const EXPENDED: AccountId = AccountId::from_bytes([7; 16]);
pub const DESTROYED: AccountId = AccountId::from_bytes([8; 16]);
pub const RIFLE: GoodsId = GoodsId::from_bytes([21; 16]);
pub const PISTOL: GoodsId = GoodsId::from_bytes([22; 16]);
pub const CARTRIDGES: GoodsId = GoodsId::from_bytes([23; 16]);
pub const CHARGES: GoodsId = GoodsId::from_bytes([24; 16]);

pub fn accounts() -> [(AccountId, AccountKind); 8] {
    [
        (OUTSIDE, AccountKind::Outside),
        (STORE, AccountKind::Place { store: STORE }),
        (RACK, AccountKind::Place { store: STORE }),
        (OTHER_STORE, AccountKind::Place { store: OTHER_STORE }),
        (UNIT, AccountKind::Holder),
        (LOST, AccountKind::Lost),
        (EXPENDED, AccountKind::Expended),
        (DESTROYED, AccountKind::Destroyed),
    ]
}

pub fn goods() -> [(GoodsId, GoodsFacts); 4] {
    let facts = |is_serialised, is_explosive| GoodsFacts {
        is_serialised,
        is_explosive,
    };
    [
        (RIFLE, facts(true, false)),
        (PISTOL, facts(true, false)),
        (CARTRIDGES, facts(false, true)),
        (CHARGES, facts(false, true)),
    ]
}

pub fn books() -> Books {
    let mut books = Books::default();
    for (id, kind) in accounts() {
        books.open_account(id, kind).unwrap();
    }
    for (id, facts) in goods() {
        books.register(id, facts).unwrap();
    }
    books
}

pub fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

pub fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

pub fn movement_id(number: u32) -> MovementId {
    let mut bytes = [9; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    MovementId::from_bytes(bytes)
}

pub fn line(kind: MovementKind, goods: GoodsId, sides: (AccountId, AccountId), of: u64) -> Line {
    Line {
        kind,
        goods,
        from: sides.0,
        to: sides.1,
        quantity: NonZeroU64::new(of).unwrap(),
    }
}

pub fn movement(number: u32, lines: Vec<Line>) -> Movement {
    Movement {
        id: movement_id(number),
        lines,
        effective_at: None,
        reference: format!("V-{number}"),
        remark: Some("as ordered".to_owned().try_into().unwrap()),
        reverses: None,
        by: user("ana"),
    }
}

/// What stands for the hash of the content.
pub fn digest(movement: &Movement) -> [u8; 32] {
    let text = serde_json::to_vec(movement).unwrap();
    let mut digest = [0u8; 32];
    for (place, byte) in text.iter().enumerate() {
        let slot = &mut digest[place % 32];
        *slot = slot.wrapping_mul(31).wrapping_add(*byte);
    }
    digest
}

pub fn enter(books: &mut Books, movement: &Movement, hour: i64) -> Result<Entered, LedgerRefused> {
    books.enter(Entering {
        movement,
        digest: digest(movement),
        recorded_at: at(hour),
        due_at: at(hour + 24),
        expects: &[],
    })
}

pub fn sign(
    books: &mut Books,
    movement: MovementId,
    by: &str,
    hour: i64,
) -> Result<Entered, LedgerRefused> {
    let resolving = Resolving {
        movement,
        by: user(by),
        what: Resolution::Post { counted: None },
    };
    books.resolve(&resolving, at(hour), &[])
}

/// Puts so many into a place.
pub fn open(books: &mut Books, number: u32, goods: GoodsId, place: AccountId, of: u64) {
    let line = line(MovementKind::Opening, goods, (OUTSIDE, place), of);
    enter(books, &movement(number, vec![line]), 0).unwrap();
}

pub fn ammunition(division: Division, group: Group, grams_each: u64) -> Goods {
    Goods {
        nomenclature: format!("ammunition {division} {group}"),
        tracking: Tracking::Lot {
            lot: "LOT-7".into(),
        },
        explosive: Some(Explosive {
            division,
            group,
            mass_each: Mass::from_milligrams(grams_each * 1000),
        }),
        made_on: None,
        expires_on: None,
        category: None,
        inspected: None,
        condition: Condition::Serviceable,
    }
}

pub fn record(number: u8) -> RecordId {
    RecordId::from_bytes([number; 16])
}

//! The books of the stockpile.

use std::collections::BTreeSet;

use egnatia_app::{
    StockAccountRow, StockBalanceRow, StockEnd, StockMoment, StockMovementRow, StockOf,
    StockPostingRow, StoreError,
};
use egnatia_stockpile::{
    AccountId, AccountKind, GoodsFacts, GoodsId, LATE_DAYS_MAX, Movement, MovementId, Resolving,
};
use jiff::{SignedDuration, Timestamp};

use super::{all, first};
use crate::ask::{composed, rows_of, sql};
use crate::backend::{Argument, Link, store_error};
use crate::row::Row;

const MOVEMENTS: &str = "SELECT m.position, m.digest, m.body, m.recorded_us, w.due_us, \
     w.ended_us, w.resolution, r.reversed FROM stock_movements m \
     LEFT JOIN stock_waiting w ON w.movement = m.position \
     LEFT JOIN stock_reversals r ON r.reversed = m.position";
const POSTINGS: &str = "SELECT p.position, m.id, p.line, a.id, g.id, p.amount, p.balance, \
     p.posted_us, p.effective_us FROM stock_postings p \
     JOIN stock_movements m ON m.position = p.movement \
     JOIN stock_accounts a ON a.number = p.account JOIN stock_goods g ON g.number = p.goods";

/// A movement, and its place in the order of entering.
pub struct KnownMovement {
    /// Its place.
    pub position: i64,
    /// What is known of it.
    pub row: StockMovementRow,
}

/// An account: its id, kind, and store.
pub fn account(row: &mut Row) -> Result<StockAccountRow, StoreError> {
    let unreadable = || StoreError::Corrupt("a column does not hold a kind of account".into());
    let id = AccountId(row.id()?);
    let kind = row.text()?;
    let store = row.maybe_bytes()?.map(AccountId::from_bytes);
    let kind = AccountKind::parse(&kind, store).ok_or_else(unreadable)?;
    Ok(StockAccountRow { id, kind })
}

/// What the books know of goods.
pub fn facts(row: &mut Row) -> Result<GoodsFacts, StoreError> {
    Ok(GoodsFacts {
        is_serialised: row.int()? == 1,
        is_explosive: row.int()? == 1,
    })
}

fn parsed<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn movement(row: &mut Row) -> Result<KnownMovement, StoreError> {
    let position = row.int()?;
    let digest = row.hash()?;
    let movement: Movement = parsed(&row.blob()?)?;
    let recorded_at = row.time()?;
    let due_at = row.maybe_time()?;
    let ended_at = row.maybe_time()?;
    let resolution = row.maybe_blob()?;
    let end = match (ended_at, resolution) {
        (Some(at), Some(bytes)) => Some(StockEnd {
            resolving: parsed::<Resolving>(&bytes)?,
            at,
        }),
        _ => None,
    };
    let is_reversed = row.maybe_int()?.is_some();
    let row = StockMovementRow {
        movement,
        digest,
        recorded_at,
        due_at,
        end,
        is_reversed,
    };
    Ok(KnownMovement { position, row })
}

/// These movements with their places.
pub async fn known(
    link: &mut dyn Link,
    ids: &[MovementId],
) -> Result<Vec<KnownMovement>, StoreError> {
    let unique: BTreeSet<_> = ids.iter().collect();
    let keys: Vec<Argument> = unique
        .into_iter()
        .map(|id| id.as_bytes().as_slice().into())
        .collect();
    let rows = rows_of(link, &format!("{MOVEMENTS} WHERE m.id"), keys).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter().map(|mut row| movement(&mut row)).collect()
}

/// These movements.
pub async fn movements(
    link: &mut dyn Link,
    ids: &[MovementId],
) -> Result<Vec<StockMovementRow>, StoreError> {
    let known = known(link, ids).await?;
    Ok(known.into_iter().map(|known| known.row).collect())
}

/// How many movements there are.
pub async fn movement_count(link: &mut dyn Link) -> Result<u64, StoreError> {
    let text = "SELECT COUNT(*) FROM stock_movements";
    Ok(first(link, sql(text), vec![], Row::count)
        .await?
        .unwrap_or(0))
}

/// The movements that wait, what is due first first.
pub async fn waiting(link: &mut dyn Link, limit: u32) -> Result<Vec<StockMovementRow>, StoreError> {
    let text = format!(
        "{MOVEMENTS} WHERE w.ended_us IS NULL AND w.due_us IS NOT NULL ORDER BY w.due_us, w.movement LIMIT $1"
    );
    let found = all(link, composed(text), vec![limit.into()], movement).await?;
    Ok(found.into_iter().map(|known| known.row).collect())
}

/// Goods with one of these numbers.
pub async fn numbered(
    link: &mut dyn Link,
    numbers: &[String],
) -> Result<Vec<(String, GoodsId)>, StoreError> {
    let unique: BTreeSet<_> = numbers.iter().collect();
    let keys = unique.into_iter().map(|text| text.as_str().into());
    let select = "SELECT stock_number, record FROM claims WHERE stock_number";
    let rows = rows_of(link, select, keys.collect()).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter()
        .map(|mut row| Ok((row.text()?, GoodsId(row.id()?))))
        .collect()
}

/// Where each of these stands, of those of which there is one.
pub async fn custody(
    link: &mut dyn Link,
    goods: &[GoodsId],
) -> Result<Vec<(GoodsId, AccountId)>, StoreError> {
    let unique: BTreeSet<_> = goods.iter().collect();
    let keys = unique.into_iter().map(|id| id.as_bytes().as_slice().into());
    let select = "SELECT g.id, a.id FROM stock_goods g \
                  JOIN stock_balances b ON b.goods = g.number \
                  JOIN stock_accounts a ON a.number = b.account \
                  WHERE b.serialised = 1 AND b.outside = 0 AND b.quantity > 0 AND g.id";
    let rows = rows_of(link, select, keys.collect()).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    rows.into_iter()
        .map(|mut row| Ok((GoodsId(row.id()?), AccountId(row.id()?))))
        .collect()
}

/// All accounts, oldest first.
pub async fn accounts(link: &mut dyn Link) -> Result<Vec<StockAccountRow>, StoreError> {
    let text = "SELECT id, kind, store FROM stock_accounts ORDER BY number";
    all(link, sql(text), vec![], account).await
}

/// What is where now.
pub async fn balances(
    link: &mut dyn Link,
    of: StockOf,
) -> Result<Vec<StockBalanceRow>, StoreError> {
    let (filter, key) = match &of {
        StockOf::Account(id) => ("a.id = $1", id.as_bytes()),
        StockOf::Store(id) => ("a.store = $1", id.as_bytes()),
        StockOf::Goods(id) => ("g.id = $1", id.as_bytes()),
    };
    let text = format!(
        "SELECT a.id, g.id, b.quantity, b.reserved FROM stock_balances b \
         JOIN stock_accounts a ON a.number = b.account JOIN stock_goods g ON g.number = b.goods \
         WHERE {filter} AND (b.quantity <> 0 OR b.reserved <> 0) ORDER BY a.id, g.id"
    );
    all(link, composed(text), vec![key.as_slice().into()], |row| {
        Ok(StockBalanceRow {
            account: AccountId(row.id()?),
            goods: GoodsId(row.id()?),
            quantity: row.int()?,
            reserved: row.int()?,
        })
    })
    .await
}

/// The numbers of an account and of goods; nothing where one of them is not there.
async fn numbers(
    link: &mut dyn Link,
    of: (AccountId, GoodsId),
) -> Result<Option<(i64, i64)>, StoreError> {
    let text = "SELECT a.number, g.number FROM stock_accounts a, stock_goods g \
                WHERE a.id = $1 AND g.id = $2";
    let arguments = vec![
        of.0.as_bytes().as_slice().into(),
        of.1.as_bytes().as_slice().into(),
    ];
    first(link, sql(text), arguments, |row| {
        Ok((row.int()?, row.int()?))
    })
    .await
}

/// How much was in an account at a moment.
pub async fn balance_at(
    link: &mut dyn Link,
    of: (AccountId, GoodsId),
    at: StockMoment,
) -> Result<i64, StoreError> {
    let Some((account, goods)) = numbers(link, of).await? else {
        return Ok(0);
    };
    let (StockMoment::Posted(moment) | StockMoment::Effective(moment)) = at;
    let text = "SELECT balance FROM stock_postings WHERE goods = $1 AND account = $2 \
                AND posted_us <= $3 ORDER BY posted_us DESC, position DESC LIMIT 1";
    let key = || vec![goods.into(), account.into(), moment.as_microsecond().into()];
    let posted = first(link, sql(text), key(), Row::int).await?.unwrap_or(0);
    if let StockMoment::Posted(_) = at {
        return Ok(posted);
    }
    // All that counts from then or before and was posted by then is in it; what was posted later
    // for that time is not, and is late by so many days at most.
    let text = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM stock_postings \
                WHERE goods = $1 AND account = $2 AND posted_us > $3 AND posted_us <= $4 \
                AND effective_us <= $3 AND effective_us < posted_us";
    let latest = moment.saturating_add(SignedDuration::from_hours(24 * (LATE_DAYS_MAX + 1)));
    let latest = latest.unwrap_or(Timestamp::MAX);
    let mut arguments: Vec<Argument> = key();
    arguments.push(latest.as_microsecond().into());
    let late = first(link, sql(text), arguments, Row::int)
        .await?
        .unwrap_or(0);
    Ok(posted.saturating_add(late))
}

/// How often what is explosive in a store has changed.
pub async fn revision(link: &mut dyn Link, store: AccountId) -> Result<u64, StoreError> {
    let text = "SELECT s.revision FROM stock_stores s \
                JOIN stock_accounts a ON a.number = s.store WHERE a.id = $1";
    let key = vec![store.as_bytes().as_slice().into()];
    Ok(first(link, sql(text), key, Row::count).await?.unwrap_or(0))
}

/// Up to when all periods are closed.
pub async fn closed_until(link: &mut dyn Link) -> Result<Option<Timestamp>, StoreError> {
    let text = "SELECT closed_us FROM stock_state WHERE id = 1";
    Ok(first(link, sql(text), vec![], Row::maybe_time)
        .await?
        .flatten())
}

fn posting(row: &mut Row) -> Result<StockPostingRow, StoreError> {
    Ok(StockPostingRow {
        position: row.count()?,
        movement: MovementId(row.id()?),
        line: u32::try_from(row.count()?).unwrap_or(u32::MAX),
        account: AccountId(row.id()?),
        goods: GoodsId(row.id()?),
        amount: row.int()?,
        balance: row.int()?,
        posted_at: row.time()?,
        effective_at: row.time()?,
    })
}

fn before(position: Option<u64>) -> Argument {
    let position = position.and_then(|position| i64::try_from(position).ok());
    position.unwrap_or(i64::MAX).into()
}

/// Postings of an account, newest first.
pub async fn ledger(
    link: &mut dyn Link,
    account: AccountId,
    place: Option<u64>,
    limit: u32,
) -> Result<Vec<StockPostingRow>, StoreError> {
    let text = format!(
        "{POSTINGS} WHERE p.account = (SELECT number FROM stock_accounts WHERE id = $1) \
         AND p.position < $2 ORDER BY p.position DESC LIMIT $3"
    );
    let arguments = vec![
        account.as_bytes().as_slice().into(),
        before(place),
        limit.into(),
    ];
    all(link, composed(text), arguments, posting).await
}

/// Postings of one weapon or lot, newest first.
pub async fn history(
    link: &mut dyn Link,
    goods: GoodsId,
    place: Option<u64>,
    limit: u32,
) -> Result<Vec<StockPostingRow>, StoreError> {
    let text = "SELECT b.account, b.goods FROM stock_balances b \
                JOIN stock_goods g ON g.number = b.goods WHERE g.id = $1";
    let key = vec![goods.as_bytes().as_slice().into()];
    let accounts = all(link, sql(text), key, |row| Ok((row.int()?, row.int()?))).await?;
    // The newest of each account where it ever was, one step each; the newest of them all are among
    // these.
    let text = format!(
        "{POSTINGS} WHERE p.goods = $1 AND p.account = $2 AND p.position < $3 \
         ORDER BY p.posted_us DESC, p.position DESC LIMIT $4"
    );
    let mut found = Vec::new();
    for (account, goods) in accounts {
        let arguments = vec![goods.into(), account.into(), before(place), limit.into()];
        found.extend(all(link, composed(text.clone()), arguments, posting).await?);
    }
    found.sort_by_key(|row| std::cmp::Reverse(row.position));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Postings of an account after a moment, oldest first.
pub async fn since(
    link: &mut dyn Link,
    account: AccountId,
    after: Timestamp,
) -> Result<Vec<StockPostingRow>, StoreError> {
    // From the newest back: a count looks at what happened just now, never at the whole ledger.
    const PAGE: u32 = 500;
    let mut found: Vec<StockPostingRow> = Vec::new();
    loop {
        let place = found.last().map(|row| row.position);
        let page = ledger(link, account, place, PAGE).await?;
        let is_last = u32::try_from(page.len()).unwrap_or(PAGE) < PAGE;
        let count = page.len();
        let later = page.into_iter().take_while(|row| row.posted_at > after);
        let before = found.len();
        found.extend(later);
        if is_last || found.len() - before < count {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

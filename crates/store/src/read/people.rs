//! Accounts and sessions.

use egnatia_app::{Account, AccountState, Session, StoreError, TokenHash};
use egnatia_record::{Justification, UserId};

use super::{all, first};
use crate::ask::{composed, sql};
use crate::backend::Link;
use crate::row::Row;

const ACCOUNTS: &str = "SELECT login, name, role, password, state, failures, created_us, \
     signed_in_us, revision, os_user FROM accounts";

fn account(row: &mut Row) -> Result<Account, StoreError> {
    Ok(Account {
        login: row.parsed()?,
        name: row.text()?,
        role: row.parsed()?,
        password: row.text()?,
        state: row.term(AccountState::parse)?,
        failures: u32::try_from(row.count()?).unwrap_or(u32::MAX),
        created_at: row.time()?,
        signed_in_at: row.maybe_time()?,
        revision: row.count()?,
        os_user: row.maybe_text()?,
    })
}

/// The account with this login.
pub async fn one(link: &mut dyn Link, login: &UserId) -> Result<Option<Account>, StoreError> {
    let text = format!("{ACCOUNTS} WHERE login = $1");
    first(link, composed(text), vec![login.as_str().into()], account).await
}

/// All accounts, by login.
pub async fn accounts(link: &mut dyn Link) -> Result<Vec<Account>, StoreError> {
    all(
        link,
        composed(format!("{ACCOUNTS} ORDER BY login")),
        vec![],
        account,
    )
    .await
}

fn justification(row: &mut Row) -> Result<Option<Justification>, StoreError> {
    let both = row.maybe_text()?.zip(row.maybe_text()?);
    let read = both.map(|(purpose, case)| {
        Some(Justification {
            purpose: purpose.parse().ok()?,
            case: case.parse().ok()?,
        })
    });
    match read {
        Some(None) => Err(StoreError::Corrupt("the justification of a session".into())),
        Some(some) => Ok(some),
        None => Ok(None),
    }
}

/// The session with this present or previous token.
pub async fn session(link: &mut dyn Link, token: TokenHash) -> Result<Option<Session>, StoreError> {
    let text = "SELECT id, token, previous, rotated_us, login, created_us, seen_us, expires_us, \
                csrf, purpose, case_ref FROM sessions WHERE token = $1 OR previous = $1";
    first(link, sql(text), vec![token.0.as_slice().into()], |row| {
        Ok(Session {
            id: row.bytes()?,
            token: TokenHash(row.bytes()?),
            previous: row.maybe_bytes()?.map(TokenHash),
            rotated_at: row.time()?,
            login: row.parsed()?,
            created_at: row.time()?,
            seen_at: row.time()?,
            expires_at: row.time()?,
            csrf: row.text()?,
            justification: justification(row)?,
        })
    })
    .await
}

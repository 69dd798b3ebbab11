//! The exchange keys of a node that serves: partners are told of a new card, and what another
//! process changed is taken over.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egnatia_app::{App, Caller, Role};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::ambient::{SystemClock, SystemEntropy};
use crate::config::Config;
use crate::exchange::Credentials;
use crate::identity::{self, ExchangeKeys};
use crate::serving::pause;

/// How often the node looks whether its keys were rotated.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often it looks whether its certificate needs a successor.
const RENEW_EVERY: Duration = Duration::from_secs(3_600);
/// A certificate that is nearer to its end than this was not renewed: the node says so at every start.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Tells all partners of the card where it is new.
///
/// # Errors
/// Where the store or the file cannot be written.
pub async fn announce(app: &App, keys: &mut ExchangeKeys) -> anyhow::Result<()> {
    if !keys.is_to_be_announced()? {
        return Ok(());
    }
    let caller = Caller {
        login: "node:exchange".parse()?,
        role: Role::Operator,
        justification: None,
    };
    app.rotate_identity(&caller, keys.identity()?).await?;
    keys.announced(&SystemEntropy)?;
    info!("all partners are told of the new card of this node");
    Ok(())
}

/// Says what the operator should do about the keys.
pub fn warn_of(keys: &ExchangeKeys, now: Timestamp) {
    if keys.unlock_lies_beside() {
        warn!(
            "the key that opens the exchange keys lies beside them, and protects nothing; \
             name another place in [exchange] unlock_file"
        );
    }
    if let Some(ends) = keys.certificate_ends()
        && ends.duration_since(now) < ENDS_SOON
    {
        warn!(%ends, "the exchange certificate ends and has no successor; run `egnatia partner rotate-keys`");
    }
}

/// Takes over keys that another process wrote, such as `egnatia partner rotate-keys`.
pub async fn follow(
    app: App,
    own: Arc<Credentials>,
    folder: PathBuf,
    config: Config,
    mut stopping: watch::Receiver<bool>,
) {
    let mut seen = None;
    let mut renewed = tokio::time::Instant::now();
    while !pause(&mut stopping, LOOK_EVERY).await {
        if renewed.elapsed() >= RENEW_EVERY {
            renewed = tokio::time::Instant::now();
            renew(&folder, &config).await;
        }
        let changed = identity::changed_at(&folder, &config);
        if changed == seen || changed.is_none() {
            continue;
        }
        match take_over(&app, &own, &folder, &config).await {
            Ok(()) => seen = changed,
            Err(error) => warn!("the exchange keys cannot be read again: {error:#}"),
        }
    }
}

/// Writes a successor of a certificate that ends soon. The next look takes it over and tells partners.
async fn renew(folder: &Path, config: &Config) {
    let (folder, config) = (folder.to_owned(), config.clone());
    let renewing = move || {
        ExchangeKeys::open_or_make(&folder, &config, &SystemClock, &SystemEntropy).map(|_| ())
    };
    match tokio::task::spawn_blocking(renewing).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!("the exchange certificate cannot be renewed: {error:#}"),
        Err(error) => warn!(%error, "the exchange certificate cannot be renewed"),
    }
}

async fn take_over(
    app: &App,
    own: &Credentials,
    folder: &Path,
    config: &Config,
) -> anyhow::Result<()> {
    let mut keys = ExchangeKeys::open(folder, config)?;
    let card = keys.card()?;
    let held = app.own_card();
    if held.is_none_or(|held| held.fingerprint() != card.fingerprint()) {
        own.take(keys.certificates())?;
        app.take_identity(keys.identity()?);
        info!(
            serial = card.card().serial,
            "the exchange keys were changed"
        );
    }
    // Also where the keys are known already: the store may have failed the last time.
    // Only now: a partner that has the new card may believe the new keys alone.
    announce(app, &mut keys).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Rotation;
    use egnatia_app::{Store, StoreError};
    use egnatia_testkit::TestNode;

    #[tokio::test]
    async fn partners_are_told_of_new_keys_though_the_store_failed_the_first_time() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::parse(
            "[node]\nauthority = \"mk-mvr\"\npartner = \"MK\"\n[exchange]\nlisten = \"127.0.0.1:7443\"\n",
        )
        .unwrap();
        let (clock, chance) = (SystemClock, SystemEntropy);
        drop(ExchangeKeys::open_or_make(folder.path(), &config, &clock, &chance).unwrap());
        let rotation = Rotation {
            overlap_days: 30,
            revoke: false,
        };
        let rotated = ExchangeKeys::rotate(folder.path(), &config, rotation, &clock, &chance);
        drop(rotated.unwrap());
        let mk = TestNode::new("mk-mvr", "MK").await;
        let al = TestNode::new("al-asp", "AL").await;
        mk.trust(&al).await;
        let own = Credentials::default();
        mk.store.fail_next_commit(StoreError::Full);
        let failed = take_over(&mk.app, &own, folder.path(), &config).await;
        assert!(failed.is_err());
        let told = async || {
            let waiting = mk.store.waiting(&al.authority, 10).await.unwrap();
            waiting.iter().filter(|row| row.kind == "card").count()
        };
        assert_eq!(told().await, 0);
        for _ in 0..2 {
            take_over(&mk.app, &own, folder.path(), &config)
                .await
                .unwrap();
            assert_eq!(told().await, 1, "once");
        }
    }
}

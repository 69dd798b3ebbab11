//! The public lists from their publishers.

use std::time::Duration;

use anyhow::Context;
use egnatia_audit::Hash;

use crate::config;
use crate::lists::Read;
use crate::output;

/// No public list is larger; a longer answer is cut off and refused.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// The lists, read, with a line on each: what it is and its SHA-256.
pub struct Downloaded {
    /// What was downloaded.
    pub notes: Vec<String>,
    /// The lists.
    pub lists: Vec<Read>,
}

/// Downloads the lists that the configuration names.
///
/// # Errors
/// Where an address does not answer in time, or answers something else.
pub async fn all(config: &config::Lists, json: bool) -> anyhow::Result<Downloaded> {
    let client = reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(u64::from(config.timeout_seconds)))
        .https_only(true)
        .build()?;
    let mut notes = Vec::new();
    let mut fetched = Vec::new();
    for (name, address) in [
        ("ofac sdn.csv", &config.ofac_sdn),
        ("ofac alt.csv", &config.ofac_alt),
        ("ofac add.csv", &config.ofac_add),
        ("un consolidated.xml", &config.un_consolidated),
    ] {
        let bytes = one(&client, name, address, json).await?;
        notes.push(format!(
            "{name}: {} bytes, SHA-256 {}",
            bytes.len(),
            Hash::of(&bytes)
        ));
        fetched.push(bytes);
    }
    let [sdn, alt, add, un] = fetched.as_slice() else {
        anyhow::bail!("not every list was downloaded");
    };
    let lists = vec![Read::ofac(sdn, alt, add, None, json)?, Read::un(un, json)?];
    Ok(Downloaded { notes, lists })
}

async fn one(
    client: &reqwest::Client,
    name: &str,
    address: &str,
    json: bool,
) -> anyhow::Result<Vec<u8>> {
    let failed = || format!("cannot download {name} from {address}");
    let mut answer = client
        .get(address)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .with_context(failed)?;
    let bar = output::byte_bar(
        answer.content_length(),
        &format!("downloading {name}"),
        json,
    );
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.with_context(failed)? {
        bytes.extend_from_slice(&chunk);
        anyhow::ensure!(
            bytes.len() <= BYTES_MAX,
            "{name} from {address} is too long to be a list"
        );
        bar.set_position(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }
    bar.finish_and_clear();
    Ok(bytes)
}

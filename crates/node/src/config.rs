//! One TOML file, typed, validated before anything binds. Unknown keys are errors.

mod exchange;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use egnatia_app::{SessionSettings, Settings};
use egnatia_matching::Thresholds;
use egnatia_record::{AuthorityId, PartnerCode};
use egnatia_stockpile::mixing::Mixing;
use egnatia_web::Accent;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::failure::InputError;

pub use exchange::Exchange;

/// The commented sample, which is also the list of all defaults: a test compares them.
pub const SAMPLE: &str = include_str!("../data/egnatia.sample.toml");

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Whose node this is.
    pub node: Node,
    /// Where it listens.
    pub http: Http,
    /// How it exchanges with partners' nodes.
    pub exchange: Exchange,
    /// Where it keeps its data.
    pub store: Store,
    /// When a candidate is shown.
    pub matching: Matching,
    /// Sessions and log-in.
    pub sessions: Sessions,
    /// How long things are kept.
    pub retention: Retention,
    /// The stockpile.
    pub stock: Stock,
    /// Where the public lists are downloaded from.
    pub lists: Lists,
    /// What the node writes about itself.
    pub log: Log,
}

/// Whose node this is.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Node {
    /// The authority's id.
    pub authority: AuthorityId,
    /// Of which partner the authority is: `AL`, `BA`, `XK`, `ME`, `MK`, `RS` or `EU`.
    pub partner: Option<PartnerCode>,
    /// The authority's name, as every page shows it.
    pub name: String,
    /// The same by language tag, for the card that partners get.
    pub names: BTreeMap<String, String>,
    /// The node's accent colour.
    #[serde(with = "as_text")]
    pub accent: Accent,
    /// The time zone in which pages show times, such as `Europe/Skopje`.
    pub time_zone: String,
}

/// A value that is written as its text.
mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub fn deserialize<'de, D, T>(from: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: FromStr<Err: Display>,
    {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Where the node listens.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address and port.
    pub listen: SocketAddr,
    /// Whether browsers reach it over TLS, through a proxy in front of it.
    pub behind_tls: bool,
}

/// Where the node keeps its data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// A file that holds the address of a PostgreSQL database; without it, SQLite in the folder.
    pub postgres_url_file: Option<PathBuf>,
}

/// The stockpile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Stock {
    /// A file with the table of groups that may lie together in a store; without it, that of
    /// transport.
    pub mixing_file: Option<PathBuf>,
}

impl Stock {
    /// The table that the authority has filled in, where there is one.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no table for storage.
    pub fn mixing(&self) -> anyhow::Result<Option<Mixing>> {
        let Some(file) = &self.mixing_file else {
            return Ok(None);
        };
        let shown = || format!("in the table of mixing `{}`", file.display());
        let text = std::fs::read_to_string(file)
            .map_err(|error| InputError(error.to_string()))
            .with_context(shown)?;
        let table = Mixing::parse(&text).map_err(|error| InputError(error.to_string()));
        let table = table.with_context(shown)?;
        match table.is_storage {
            true => Ok(Some(table)),
            false => Err(InputError("`is_storage` has to be true".to_owned())).with_context(shown),
        }
    }
}

/// When a candidate is shown.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// From this probability on: match.
    pub matched: f64,
    /// From this probability on: possible.
    pub possible: f64,
    /// At most so many candidates.
    pub candidates_max: u16,
    /// So many entries of the index stand in memory before they move into a file.
    pub entries_in_memory: u32,
}

/// Sessions and log-in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sessions {
    /// A session ends after so many minutes without activity.
    pub idle_minutes: u16,
    /// A session ends after so many minutes whatever happens.
    pub lifetime_minutes: u16,
    /// The token changes after so many minutes.
    pub rotation_minutes: u16,
    /// So many wrong passwords in a row lock the account.
    pub failures_max: u16,
    /// So many attempts a minute from one address, or for one account.
    pub attempts_per_minute: u16,
}

/// How long things are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// After how many days checks are erased.
    pub checks_days: u16,
    /// After how many days hits are erased.
    pub hits_days: u16,
}

/// Where the public lists are downloaded from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lists {
    /// The SDN list of OFAC.
    pub ofac_sdn: String,
    /// Its further names.
    pub ofac_alt: String,
    /// Its addresses.
    pub ofac_add: String,
    /// The list of the UN Security Council.
    pub un_consolidated: String,
    /// A download has to be over after so many seconds.
    pub timeout_seconds: u16,
}

/// What the node writes about itself, on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Text or JSON.
    pub format: LogFormat,
    /// What is written, such as `info` or `egnatia=debug`.
    pub filter: String,
}

/// Text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// Objects for programs.
    Json,
}

impl Default for Node {
    fn default() -> Self {
        Self {
            authority: AuthorityId::placeholder(),
            partner: None,
            names: BTreeMap::new(),
            name: "Example Authority".to_owned(),
            accent: Accent::default(),
            time_zone: "UTC".to_owned(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7070)),
            behind_tls: false,
        }
    }
}

impl Default for Matching {
    fn default() -> Self {
        let Thresholds { matched, possible } = Thresholds::default();
        Self {
            matched,
            possible,
            candidates_max: 20,
            entries_in_memory: 20_000,
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        let of = SessionSettings::default();
        Self {
            idle_minutes: of.idle_minutes,
            lifetime_minutes: of.lifetime_minutes,
            rotation_minutes: of.rotation_minutes,
            failures_max: of.failures_max,
            attempts_per_minute: of.attempts_per_minute,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            checks_days: 1_095,
            hits_days: 1_095,
        }
    }
}

impl Default for Lists {
    fn default() -> Self {
        const OFAC: &str =
            "https://sanctionslistservice.ofac.treas.gov/api/publicationpreview/exports";
        Self {
            ofac_sdn: format!("{OFAC}/sdn.csv"),
            ofac_alt: format!("{OFAC}/alt.csv"),
            ofac_add: format!("{OFAC}/add.csv"),
            un_consolidated: "https://scsanctions.un.org/resources/xml/en/consolidated.xml"
                .to_owned(),
            timeout_seconds: 120,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

impl Config {
    /// Reads `file`, or `data`/egnatia.toml where there is one, or takes the defaults.
    ///
    /// # Errors
    /// Where the file cannot be read, holds an unknown key or a value that cannot be.
    pub fn load(file: Option<&Path>, data: &Path) -> anyhow::Result<Self> {
        let in_folder = data.join("egnatia.toml");
        let file = file.or_else(|| in_folder.is_file().then_some(in_folder.as_path()));
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| InputError(error.to_string()))
            .with_context(|| format!("cannot read the configuration `{}`", file.display()))?;
        Self::parse(&text).with_context(|| format!("in the configuration `{}`", file.display()))
    }

    /// Reads a configuration and validates it.
    ///
    /// # Errors
    /// Where it holds an unknown key or a value that cannot be.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let config: Self = toml::from_str(text).map_err(|error| InputError(error.to_string()))?;
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), InputError> {
        let wrong = |text: &str| Err(InputError(text.to_owned()));
        let Matching {
            matched,
            possible,
            candidates_max,
            entries_in_memory,
        } = self.matching;
        if !(0.0 < possible && possible <= matched && matched < 1.0) {
            return wrong("[matching] wants 0 < possible <= matched < 1");
        }
        if !(1..=100).contains(&candidates_max) {
            return wrong("[matching] candidates_max is 1 to 100");
        }
        if !(1..=10_000_000).contains(&entries_in_memory) {
            return wrong("[matching] entries_in_memory is 1 to 10000000");
        }
        let sessions = &self.sessions;
        let numbers = [
            sessions.idle_minutes,
            sessions.lifetime_minutes,
            sessions.rotation_minutes,
            sessions.failures_max,
            sessions.attempts_per_minute,
            self.retention.checks_days,
            self.retention.hits_days,
            self.lists.timeout_seconds,
        ];
        if numbers.contains(&0) {
            return wrong("numbers in [sessions], [retention] and [lists] start at 1");
        }
        if self.node.name.trim().is_empty() || self.node.name.chars().count() > 120 {
            return wrong("[node] name has 1 to 120 characters");
        }
        if self.time_zone().is_none() {
            return wrong(
                "[node] time_zone is a name of the time zone database, such as `Europe/Skopje`",
            );
        }
        self.validate_exchange()?;
        let lists = &self.lists;
        let addresses = [
            &lists.ofac_sdn,
            &lists.ofac_alt,
            &lists.ofac_add,
            &lists.un_consolidated,
        ];
        if !addresses
            .iter()
            .all(|address| address.starts_with("https://"))
        {
            return wrong("addresses in [lists] start with https://");
        }
        Ok(())
    }

    /// The time zone in which pages show times; `None` where there is none of that name.
    pub fn time_zone(&self) -> Option<TimeZone> {
        TimeZone::get(&self.node.time_zone).ok()
    }

    /// The settings of the use cases.
    pub fn settings(&self) -> Settings {
        Settings {
            partner: self.node.partner,
            thresholds: Thresholds {
                matched: self.matching.matched,
                possible: self.matching.possible,
            },
            candidates_max: self.matching.candidates_max,
            index_in_memory: usize::try_from(self.matching.entries_in_memory).unwrap_or(usize::MAX),
            keep_checks_days: self.retention.checks_days,
            keep_hits_days: self.retention.hits_days,
            silent_after_hours: self.exchange.silent_after_hours.get(),
            sessions: SessionSettings {
                idle_minutes: self.sessions.idle_minutes,
                lifetime_minutes: self.sessions.lifetime_minutes,
                rotation_minutes: self.sessions.rotation_minutes,
                failures_max: self.sessions.failures_max,
                attempts_per_minute: self.sessions.attempts_per_minute,
            },
            ..Settings::of(self.node.authority.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_states_every_default() {
        let sample = Config::parse(SAMPLE).unwrap();
        assert_eq!(sample, Config::default());
        let defaults = toml::Value::try_from(Config::default()).unwrap();
        for (section, keys) in defaults.as_table().unwrap() {
            assert!(
                SAMPLE.contains(&format!("[{section}]")),
                "[{section}] is not in the sample"
            );
            for key in keys.as_table().unwrap().keys() {
                let is_there = SAMPLE.contains(&format!("{key} = "))
                    || SAMPLE.contains(&format!("[{section}.{key}]"));
                assert!(is_there, "{key} is not in the sample");
            }
        }
    }

    #[test]
    fn unknown_keys_and_impossible_values_are_errors() {
        for (text, expected) in [
            ("[node]\ncolour = \"blue\"", "colour"),
            ("[nodes]\n", "nodes"),
            ("[node]\naccent = \"pink\"", "not an accent"),
            ("[node]\ntime_zone = \"Europe/Egnatia\"", "time_zone"),
            ("[matching]\nmatched = 1.0", "[matching]"),
            ("[matching]\nmatched = 0.3\npossible = 0.5", "[matching]"),
            ("[sessions]\nfailures_max = 0", "start at 1"),
            ("[http]\nlisten = \"everywhere\"", "listen"),
            (
                "[lists]\nun_consolidated = \"http://example.org\"",
                "https://",
            ),
            (
                "[node]\nauthority = \"Ministry of Interior\"",
                "authority id",
            ),
            ("[node]\npartner = \"Macedonia\"", "partner"),
            ("[exchange]\nlisten = \"127.0.0.1:7443\"", "[node] partner"),
            (
                "[node]\npartner = \"MK\"\n[exchange]\nlisten = \"0.0.0.0:7443\"",
                "[exchange] address",
            ),
            ("[exchange]\naddress = \"http://example.org\"", "https://"),
            ("[exchange]\nrequests_per_second = 0", "nonzero"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }
}

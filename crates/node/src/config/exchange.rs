//! `[exchange]`: how the node exchanges with partners' nodes.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Config;
use crate::failure::InputError;

/// How the node exchanges with partners' nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exchange {
    /// Address and port for partners' nodes; without it, nothing is exchanged.
    pub listen: Option<SocketAddr>,
    /// What partners are told, where it differs from `https://` and `listen`.
    pub address: Option<String>,
    /// The file with the key that opens the node's exchange keys.
    pub unlock_file: Option<PathBuf>,
    /// So many requests a second of each partner are taken.
    pub requests_per_second: NonZeroU32,
    /// A partner of whose audit log nothing has come for so many hours is reported.
    pub silent_after_hours: NonZeroU16,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            listen: None,
            address: None,
            unlock_file: None,
            requests_per_second: const { NonZeroU32::new(50).unwrap() },
            silent_after_hours: const { NonZeroU16::new(24).unwrap() },
        }
    }
}

impl Config {
    pub(super) fn validate_exchange(&self) -> Result<(), InputError> {
        let wrong = |text: &str| Err(InputError(text.to_owned()));
        let Exchange {
            listen, address, ..
        } = &self.exchange;
        if listen.is_some() && self.node.partner.is_none() {
            return wrong("[exchange] listen needs [node] partner: AL, BA, XK, ME, MK, RS or EU");
        }
        // A log that does not grow is shown once an hour.
        if self.exchange.silent_after_hours.get() < 2 {
            return wrong(
                "[exchange] silent_after_hours is 2 or more: a log is shown once an hour",
            );
        }
        let given = match (address, listen) {
            (Some(address), _) => address.starts_with("https://"),
            (None, Some(listen)) => !listen.ip().is_unspecified(),
            (None, None) => true,
        };
        if !given {
            return wrong(
                "[exchange] address is what partners reach, such as https://node.example.org:7443",
            );
        }
        Ok(())
    }

    /// Whether the node exchanges with partners' nodes.
    pub fn exchanges(&self) -> bool {
        self.exchange.listen.is_some()
    }
}

//! The port through which envelopes leave.

use async_trait::async_trait;
use egnatia_protocol::NodeCard;

/// Carries sealed envelopes to partners' nodes. It sees nothing of what is in them.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Hands an envelope over at one of the card's addresses, and returns the sealed answer.
    ///
    /// # Errors
    /// [`CourierError`], in words for the partner's page. It holds no personal data.
    async fn deliver(&self, to: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError>;
}

/// Why an envelope was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// Nobody answers, or somebody else does.
    #[error("the node cannot be reached: {0}")]
    Unreachable(String),
    /// It answers that it cannot take it at the moment.
    #[error("the node is busy: {0}")]
    Busy(String),
    /// It does not take the envelope at all.
    #[error("the node does not take it: {0}")]
    NotTaken(String),
}

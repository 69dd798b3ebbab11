//! What an officer must know before they approach (Regulation (EU) 2018/1862 Art. 20(3)(j)).

use serde::{Deserialize, Serialize};

/// One of the six warnings of the regulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// Armed.
    Armed,
    /// Violent.
    Violent,
    /// Has absconded or escaped.
    Absconded,
    /// A risk of suicide.
    SuicideRisk,
    /// A threat to public health.
    HealthThreat,
    /// Involved in an activity of Art. 3 to 14 of Directive (EU) 2017/541.
    Terrorism,
}

impl Warning {
    /// Every warning, in the order of the regulation.
    pub const ALL: &'static [Self] = &[
        Self::Armed,
        Self::Violent,
        Self::Absconded,
        Self::SuicideRisk,
        Self::HealthThreat,
        Self::Terrorism,
    ];

    /// The warning as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Armed => "armed",
            Self::Violent => "violent",
            Self::Absconded => "absconded",
            Self::SuicideRisk => "suicide-risk",
            Self::HealthThreat => "health-threat",
            Self::Terrorism => "terrorism",
        }
    }
}

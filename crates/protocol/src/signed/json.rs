//! The JSON of DSSE, for cards and for people who look.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{Signature, Signed, SignedError, Together};
use crate::{Digest, KeyId};

/// As DSSE v1 writes it. Unlike DSSE, unknown fields are refused.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeText {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<SignatureText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    together: Option<TogetherText>,
}

/// Where the payload stands among those that were signed with it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TogetherText {
    place: u8,
    blind: Digest,
    path: Vec<Digest>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText {
    keyid: KeyId,
    sig: String,
}

impl Signed {
    /// The JSON of DSSE: `payload` in base64, `payloadType`, `signatures` of `keyid` and `sig`. Where
    /// it was signed with others, `together` has its `place`, `blind` and `path`, which DSSE does not know.
    pub fn to_json(&self) -> String {
        let text = EnvelopeText {
            payload: STANDARD.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: self
                .signatures
                .iter()
                .map(|signature| SignatureText {
                    keyid: signature.key,
                    sig: STANDARD.encode(signature.bytes),
                })
                .collect(),
            together: self.together.as_ref().map(|together| TogetherText {
                place: together.place(),
                blind: together.blind(),
                path: together.path().to_vec(),
            }),
        };
        // Strings alone: they can always be written.
        serde_json::to_string(&text).unwrap_or_default()
    }

    /// Reads the JSON of DSSE. Unknown fields are refused.
    ///
    /// # Errors
    /// [`SignedError`] where it does not have the form; nothing is verified.
    pub fn from_json(json: &[u8]) -> Result<Self, SignedError> {
        let text: EnvelopeText = serde_json::from_slice(json).map_err(|_| SignedError::NotJson)?;
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| SignedError::NotJson);
        let signatures = text
            .signatures
            .iter()
            .map(|signature| {
                Ok(Signature {
                    key: signature.keyid,
                    bytes: decode(&signature.sig)?
                        .try_into()
                        .map_err(|_| SignedError::NotJson)?,
                })
            })
            .collect::<Result<_, SignedError>>()?;
        let signed = Self::checked(text.payload_type, decode(&text.payload)?, signatures)?;
        let together = text
            .together
            .map(|text| Together::new(text.place, text.blind, text.path).ok_or(SignedError::Path));
        Ok(Self {
            together: together.transpose()?,
            ..signed
        })
    }
}

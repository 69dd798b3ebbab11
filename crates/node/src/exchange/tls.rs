//! TLS between nodes: 1.3 only, both sides known by the pins on their cards, no certificate
//! authority. Sessions are never resumed, so that each connection is judged by the cards of its day.

use std::fmt;
use std::sync::Arc;

use egnatia_app::{App, Directory};
use egnatia_protocol::{Digest, NodeCard};
use egnatia_record::AuthorityId;
use jiff::Timestamp;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, NoServerSessionStorage, ParsedCertificate, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};

use super::Credentials;

/// HTTP/2 and nothing else.
const ALPN: &[u8] = b"h2";

/// SHA-256 of the SubjectPublicKeyInfo of a certificate, as cards list it.
///
/// # Errors
/// Where it is no X.509 certificate of version 3.
pub fn pin_of(certificate: &CertificateDer<'_>) -> Result<Digest, Error> {
    let parsed = ParsedCertificate::try_from(certificate)?;
    Ok(Digest::of(&parsed.subject_public_key_info()))
}

/// Whether a node may show this certificate at `now`.
pub fn lists(card: &NodeCard, pin: Digest, now: Timestamp) -> bool {
    card.pins_at(now).any(|listed| listed.sha256 == pin)
}

/// The accepted partner whose card lists this certificate at `now`.
pub fn partner_of(directory: &Directory, pin: Digest, now: Timestamp) -> Option<AuthorityId> {
    let mut accepted = directory.partners().filter(|one| one.is_accepted());
    let found = accepted.find(|partner| lists(partner.card.card(), pin, now))?;
    Some(found.row.authority.clone())
}

/// How partners reach this node.
///
/// # Errors
/// Where the library has no TLS 1.3.
pub fn for_partners(app: App, own: Arc<Credentials>) -> Result<ServerConfig, Error> {
    let provider = provider();
    let verifier = Arc::new(PartnersOnly {
        app: app.clone(),
        algorithms: provider.signature_verification_algorithms,
    });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(Shown { app, own }));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// How this node reaches the node of `card` with one of its own certificates.
///
/// # Errors
/// Where the library has no TLS 1.3.
pub fn to_node(
    card: &NodeCard,
    now: Timestamp,
    own: Arc<CertifiedKey>,
) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = Arc::new(PinsOfCard {
        pins: card.pins_at(now).map(|pin| pin.sha256).collect(),
        algorithms: provider.signature_verification_algorithms,
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own)));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    Ok(config)
}

/// X25519MLKEM768 first: what is recorded today stays closed to quantum computers.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// The word for "not one of ours": it becomes the alert `access_denied`.
fn not_admitted() -> Error {
    Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)
}

fn without_tls_12() -> Error {
    Error::General("TLS 1.2 is not spoken here".to_owned())
}

/// Admits certificates on the cards of accepted partners.
struct PartnersOnly {
    app: App,
    algorithms: WebPkiSupportedAlgorithms,
}

impl fmt::Debug for PartnersOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnersOnly")
    }
}

impl ClientCertVerifier for PartnersOnly {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let pin = pin_of(certificate)?;
        partner_of(&self.app.directory(), pin, self.app.now())
            .map(|_| ClientCertVerified::assertion())
            .ok_or_else(not_admitted)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(without_tls_12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Admits the certificates on one card.
#[derive(Debug)]
struct PinsOfCard {
    pins: Vec<Digest>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for PinsOfCard {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pins.contains(&pin_of(certificate)?) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(not_admitted())
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(without_tls_12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Shows partners the certificate of the day.
struct Shown {
    app: App,
    own: Arc<Credentials>,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.own.shown_first(self.app.now()).into_iter().next()
    }
}

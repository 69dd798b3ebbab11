//! A node of a partner that does what it should not, on real connections.

use std::net::SocketAddr;
use std::sync::Arc;

use egnatia_app::Identity;
use egnatia_node::identity::{ExchangeKeys, HeldCertificate};
use egnatia_protocol::{
    Body, Item, NodeCard, Parcel, SharedRecord, SignedCard, SigningKey, Statement, open_parcel,
    seal_parcel,
};
use egnatia_record::RecordId;
use egnatia_testkit::verifier;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, ServerConfig, SignatureScheme};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::region::Side;

pub const ENVELOPE: &str = "application/vnd.egnatia.envelope";

/// A connection to a node.
pub struct Peer(SendRequest<Full<Bytes>>);

/// What it answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn code(&self) -> String {
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem.as_object().unwrap().len(), 3, "it says too much");
        problem["code"].as_str().unwrap().to_owned()
    }
}

impl Peer {
    /// Connects, and asks for the card: a certificate is turned away after the handshake only.
    pub async fn connect(to: SocketAddr, shows: &HeldCertificate) -> Result<Self, String> {
        let stream = TcpStream::connect(to).await.map_err(|e| e.to_string())?;
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody))
            .with_client_auth_cert(chain(shows), key(shows))
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector.connect(name, stream).await;
        let stream = stream.map_err(|error| error.to_string())?;
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .map_err(|error| format!("{error:?}"))?;
        let driven = tokio::spawn(connection);
        let mut peer = Self(sender);
        match peer.ask("GET", "/v1/card", "", Vec::new()).await {
            Ok(answer) if answer.status == 200 => Ok(peer),
            Ok(answer) => Err(answer.code()),
            Err(error) => Err(format!("{error} {:?}", driven.await)),
        }
    }

    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Answer, String> {
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("https://node{path}"))
            .header("content-type", content_type)
            .body(Full::from(body))
            .unwrap();
        let sent = self.0.send_request(request).await;
        let (head, body) = sent.map_err(|error| format!("{error:?}"))?.into_parts();
        let body = body.collect().await.map_err(|error| format!("{error:?}"))?;
        Ok(Answer {
            status: head.status.as_u16(),
            body: body.to_bytes().to_vec(),
        })
    }

    pub async fn post(&mut self, envelope: Vec<u8>) -> Answer {
        let answer = self.ask("POST", "/v1/parcels", ENVELOPE, envelope).await;
        answer.unwrap()
    }

    /// A second one on the same connection.
    pub fn beside(&self) -> Self {
        Self(self.0.clone())
    }
}

/// The keys of a node, as its operator could take them from its folder.
pub fn keys_of(side: &Side) -> ExchangeKeys {
    ExchangeKeys::open(side.folder(), &side.config).unwrap()
}

/// Seals these statements from one node to another.
pub fn seal(from: &Identity, to: &NodeCard, items: Vec<Item>) -> Vec<u8> {
    let parcel = Parcel {
        from: from.card.card().authority.clone(),
        to: to.authority.clone(),
        sent_at: now(),
        items,
    };
    let keys: Vec<&SigningKey> = from.signing.iter().collect();
    seal_parcel(&parcel, &keys, to, &egnatia_node::ambient::SystemEntropy).unwrap()
}

/// The receipts in an answer.
pub fn receipts(own: &Identity, of: &NodeCard, answer: &[u8]) -> Vec<Statement> {
    let authority = &own.card.card().authority;
    let parcel = open_parcel(answer, authority, &own.opening, of, now()).unwrap();
    let read = |item: &Item| Statement::read(&item.statement).unwrap();
    parcel.items.iter().map(read).collect()
}

/// The node's own card as a statement: it changes nothing where it is known.
pub fn card_item(card: &SignedCard) -> Item {
    Item {
        number: 1,
        statement: card.signed().clone(),
    }
}

/// A node's own alert as a statement.
pub async fn record_item(of: &Side, keys: &Identity, alert: RecordId) -> Item {
    let view = of.app().view_alert(&verifier(), alert).await.unwrap();
    let statement = Statement::Record(Box::new(SharedRecord {
        body: Body::from_json(serde_json::to_string(&view.alert).unwrap()).unwrap(),
        keep_until: Some(view.envelope.retention.review_on),
        envelope: view.envelope,
    }));
    let keys: Vec<&SigningKey> = keys.signing.iter().collect();
    Item {
        number: 1,
        statement: statement.sign(&keys).unwrap(),
    }
}

/// A server with a certificate that nobody expects. Answers whether a handshake came through.
pub fn impostor(shows: &HeldCertificate) -> TlsAcceptor {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain(shows), key(shows))
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

#[expect(clippy::disallowed_methods, reason = "the nodes run on the real clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn chain(shows: &HeldCertificate) -> Vec<CertificateDer<'static>> {
    vec![CertificateDer::from(shows.certificate.clone())]
}

fn key(shows: &HeldCertificate) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(shows.key.reveal().to_vec()))
}

/// Believes every server.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("no".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = provider().signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

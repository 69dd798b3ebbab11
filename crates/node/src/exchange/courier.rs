//! Carries envelopes to partners' nodes: HTTP/2 over mutual TLS, one connection for each partner.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use egnatia_app::{App, Courier, CourierError};
use egnatia_protocol::{CARD_BYTES_MAX, Digest, ENVELOPE_BYTES_MAX, NodeCard, SignedCard};
use egnatia_record::AuthorityId;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tracing::debug;

use super::problem::NOT_A_PARTNER;
use super::{CARD, Credentials, ENVELOPE_TYPE, PARCELS, tls};

/// A connection has to stand within this time, and TLS on it within the same time again.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The partner has to answer within this time: it stores up to 256 statements first.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// What is read of a refusal.
const PROBLEM_BYTES_MAX: usize = 4 * 1024;
/// How often the partner is asked whether it is still there while it works, and how long it may
/// take.
const ALIVE_EVERY: Duration = Duration::from_secs(10);
const ALIVE_WITHIN: Duration = Duration::from_secs(10);

/// The courier of a node.
pub struct Wire {
    app: App,
    own: Arc<Credentials>,
    links: Mutex<HashMap<AuthorityId, Slot>>,
}

/// One partner's connection. Whoever uses it has it alone.
type Slot = Arc<tokio::sync::Mutex<Option<Link>>>;

/// A connection to a partner's node.
struct Link {
    sender: http2::SendRequest<Full<Bytes>>,
    /// What the partner's node showed.
    pin: Digest,
    base: Uri,
}

/// A request, to be sent again where a connection turns out to be closed.
struct Ask {
    method: Method,
    path: &'static str,
    body: Bytes,
    answer_bytes_max: usize,
}

/// Why an attempt failed.
enum Failed {
    /// The other node turned this certificate away: another one may do.
    TurnedAway,
    /// In words for the partner's page.
    Unreachable(String),
}

impl Wire {
    /// A courier that shows these certificates.
    pub fn new(app: App, own: Arc<Credentials>) -> Self {
        Self {
            app,
            own,
            links: Mutex::default(),
        }
    }

    /// Fetches the newest card of a partner, which also tells it that this node is there.
    ///
    /// # Errors
    /// [`CourierError`].
    pub async fn newest_card(&self, of: &NodeCard) -> Result<SignedCard, CourierError> {
        let ask = Ask {
            method: Method::GET,
            path: CARD,
            body: Bytes::new(),
            answer_bytes_max: CARD_BYTES_MAX,
        };
        let json = self.ask(of, &ask).await?;
        SignedCard::parse(&json, self.app.now())
            .map_err(|error| CourierError::NotTaken(format!("its card cannot be used: {error}")))
    }

    async fn ask(&self, of: &NodeCard, ask: &Ask) -> Result<Vec<u8>, CourierError> {
        let slot = self.slot(&of.authority);
        let mut link = slot.lock().await;
        if let Some(mut held) = link.take()
            && !held.sender.is_closed()
            && tls::lists(of, held.pin, self.app.now())
        {
            match held.send(ask).await {
                Ok(response) => {
                    let answer = read(response, ask.answer_bytes_max).await;
                    // The certificate of this connection is on no valid card any more, which
                    // another one may be: keys were rotated.
                    if !is_not_admitted(&answer) {
                        *link = Some(held);
                        return answer;
                    }
                }
                // It was closed meanwhile; the same envelope twice has the effect of one.
                Err(_) => debug!(partner = %of.authority, "the connection was closed; once more"),
            }
        }
        let (response, held) = self.connect_and_send(of, ask).await?;
        let answer = read(response, ask.answer_bytes_max).await;
        *link = Some(held);
        answer
    }

    /// Tries all addresses in the order of the card, and at each the certificates of this node.
    async fn connect_and_send(
        &self,
        of: &NodeCard,
        ask: &Ask,
    ) -> Result<(Response<Incoming>, Link), CourierError> {
        let now = self.app.now();
        if of.pins_at(now).next().is_none() {
            let text = "its card lists no certificate that is valid now; ask for its newest card";
            return Err(CourierError::Unreachable(text.to_owned()));
        }
        let mut why = Vec::new();
        for address in &of.addresses {
            let mut last = None;
            for certificate in self.own.shown_first(now) {
                match self.attempt(of, address, certificate, ask).await {
                    Ok(done) => return Ok(done),
                    Err(Failed::TurnedAway) => {
                        last = Some(format!(
                            "the node at `{address}` does not admit this one: it has not accepted \
                             it, or not its newest card"
                        ));
                    }
                    Err(Failed::Unreachable(text)) => {
                        last = Some(text);
                        break;
                    }
                }
            }
            why.extend(last);
        }
        Err(CourierError::Unreachable(why.join("; ")))
    }

    async fn attempt(
        &self,
        of: &NodeCard,
        address: &str,
        certificate: Arc<CertifiedKey>,
        ask: &Ask,
    ) -> Result<(Response<Incoming>, Link), Failed> {
        let unreachable = |text: String| Failed::Unreachable(format!("{text} at `{address}`"));
        let base: Uri = address
            .parse()
            .map_err(|_| unreachable("there is no address".to_owned()))?;
        let host = base.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = base.port_u16().unwrap_or(443);
        let connected = TcpStream::connect((host, port));
        let stream = match tokio::time::timeout(CONNECT_WITHIN, connected).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(unreachable(format!("nobody answers ({error})"))),
            Err(_) => return Err(unreachable("nobody answers in time".to_owned())),
        };
        let _ = stream.set_nodelay(true);
        let config = tls::to_node(of, self.app.now(), certificate)
            .map_err(|error| unreachable(format!("TLS cannot be spoken ({error})")))?;
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| unreachable("there is no host".to_owned()))?;
        let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let stream = match tokio::time::timeout(CONNECT_WITHIN, shaking).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(refused_or(&error, unreachable)),
            Err(_) => {
                return Err(unreachable(
                    "the node does not speak TLS in time".to_owned(),
                ));
            }
        };
        let (_, connection) = stream.get_ref();
        let shown = connection.peer_certificates().and_then(<[_]>::first);
        let pin = shown.and_then(|shown| tls::pin_of(shown).ok());
        let pin = pin.ok_or_else(|| unreachable("the node shows no certificate".to_owned()))?;
        // In TLS 1.3 a certificate is turned away after the handshake. The other node speaks first
        // in HTTP/2, so that this is known before anything is sent.
        let mut stream = BufReader::new(stream);
        match tokio::time::timeout(CONNECT_WITHIN, stream.fill_buf()).await {
            Ok(Ok([_, ..])) => {}
            Ok(Ok([])) => return Err(unreachable("the connection was closed".to_owned())),
            Ok(Err(error)) => return Err(refused_or(&error, unreachable)),
            Err(_) => return Err(unreachable("the node does not speak in time".to_owned())),
        }
        let broke_off = |error: &dyn std::fmt::Display| {
            unreachable(format!("the connection broke off ({error})"))
        };
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(ALIVE_EVERY)
            .keep_alive_timeout(ALIVE_WITHIN)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| broke_off(&error))?;
        let partner = of.authority.clone();
        // Ends with the connection: when the sender is dropped, or the partner hangs up.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%partner, %error, "a connection ended");
            }
        });
        let mut link = Link { sender, pin, base };
        let response = link.send(ask).await.map_err(|error| broke_off(&error))?;
        Ok((response, link))
    }

    fn slot(&self, partner: &AuthorityId) -> Slot {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(links.entry(partner.clone()).or_default())
    }
}

#[async_trait]
impl Courier for Wire {
    async fn deliver(&self, to: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let ask = Ask {
            method: Method::POST,
            path: PARCELS,
            body: Bytes::from(envelope),
            answer_bytes_max: ENVELOPE_BYTES_MAX,
        };
        self.ask(to, &ask).await
    }
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

impl Link {
    async fn send(&mut self, ask: &Ask) -> Result<Response<Incoming>, AnyError> {
        let prefix = self.base.path().trim_end_matches('/');
        let authority = self
            .base
            .authority()
            .map_or("", |authority| authority.as_str());
        let uri = format!("https://{authority}{prefix}{}", ask.path);
        let mut request = Request::builder().method(ask.method.clone()).uri(uri);
        if ask.method == Method::POST {
            request = request.header(CONTENT_TYPE, ENVELOPE_TYPE);
        }
        let request = request.body(Full::from(ask.body.clone()))?;
        let sent = async {
            self.sender.ready().await?;
            self.sender.send_request(request).await
        };
        match tokio::time::timeout(ANSWER_WITHIN, sent).await {
            Ok(answered) => Ok(answered?),
            Err(_) => Err("the node does not answer in time".into()),
        }
    }
}

/// The body of a good answer, or what the refusal says.
async fn read(
    response: Response<Incoming>,
    answer_bytes_max: usize,
) -> Result<Vec<u8>, CourierError> {
    let (head, body) = response.into_parts();
    let is_good = head.status == StatusCode::OK;
    let bytes_max = if is_good {
        answer_bytes_max
    } else {
        PROBLEM_BYTES_MAX
    };
    let read = Limited::new(body, bytes_max).collect();
    let body = match tokio::time::timeout(ANSWER_WITHIN, read).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        _ if is_good => {
            let text = "its answer did not arrive whole";
            return Err(CourierError::Unreachable(text.to_owned()));
        }
        _ => Bytes::new(),
    };
    if is_good {
        return Ok(body.to_vec());
    }
    let told = told(&body).unwrap_or_else(|| format!("status {}", head.status.as_u16()));
    match head.status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::REQUEST_TIMEOUT => Err(CourierError::Busy(told)),
        _ => Err(CourierError::NotTaken(told)),
    }
}

/// The code of a refusal, where it is one. The sentence is the partner's own and is not repeated.
fn told(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Told {
        code: String,
    }
    let told: Told = serde_json::from_slice(body).ok()?;
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    (told.code.len() <= 40 && told.code.chars().all(plain)).then_some(told.code)
}

/// What an error of TLS means.
fn refused_or(error: &std::io::Error, unreachable: impl Fn(String) -> Failed) -> Failed {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::AlertReceived(_)) => Failed::TurnedAway,
        Some(rustls::Error::InvalidCertificate(_)) => unreachable(
            "the certificate is not one of the partner's card: somebody else answers, or its card \
             is outdated"
                .to_owned(),
        ),
        _ => unreachable(format!("the connection broke off ({error})")),
    }
}

fn is_not_admitted(answer: &Result<Vec<u8>, CourierError>) -> bool {
    matches!(answer, Err(CourierError::NotTaken(code)) if code == NOT_A_PARTNER.code)
}

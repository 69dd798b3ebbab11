//! A keep-alive connection to the node.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

/// Why a request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens.
    #[error("cannot connect to {0}: {1}")]
    Connect(SocketAddr, #[source] std::io::Error),
    /// The connection broke, or what came is not HTTP.
    #[error("the connection failed: {0}")]
    Http(#[from] hyper::Error),
    /// The request cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(#[from] hyper::http::Error),
    /// The log-in is refused, or its answer holds no token.
    #[error("the node does not let `{login}` in: {answer}")]
    LogIn {
        /// Who tried.
        login: String,
        /// Status and body.
        answer: String,
    },
}

/// What the node answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Status and the start of the body, for people.
    pub fn summary(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let start: String = text.chars().take(300).collect();
        format!("{} {start}", self.status)
    }
}

/// One connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
}

#[derive(Deserialize)]
struct SessionAnswer {
    token: String,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self, ClientError> {
        let refused = |error| ClientError::Connect(address, error);
        let stream = TcpStream::connect(address).await.map_err(refused)?;
        stream.set_nodelay(true).map_err(refused)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // An error of the connection is told to the request that waits for it.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self {
            sender,
            host: HeaderValue::try_from(address.to_string()).map_err(hyper::http::Error::from)?,
            authorization: None,
        })
    }

    /// Signs in and returns the token.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Result<String, ClientError> {
        let body = serde_json::json!({ "login": login, "password": password });
        let answer = self
            .post("/api/v1/sessions", Bytes::from(body.to_string()))
            .await?;
        match serde_json::from_slice::<SessionAnswer>(&answer.body) {
            Ok(session) if answer.status.is_success() => Ok(session.token),
            _ => Err(ClientError::LogIn {
                login: login.to_owned(),
                answer: answer.summary(),
            }),
        }
    }

    /// Sends this token with everything from now on.
    pub fn authorise(&mut self, token: &str) -> Result<(), ClientError> {
        let value = HeaderValue::try_from(format!("Bearer {token}"));
        self.authorization = Some(value.map_err(hyper::http::Error::from)?);
        Ok(())
    }

    /// Goes on over another connection, as the same user.
    pub fn replace_connection(&mut self, other: Self) {
        self.sender = other.sender;
    }

    /// Posts JSON and reads the whole answer.
    pub async fn post(&mut self, path: &str, body: Bytes) -> Result<Answer, ClientError> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, &self.host)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        self.sender.ready().await?;
        let response = self
            .sender
            .send_request(request.body(Full::new(body))?)
            .await?;
        Ok(Answer {
            status: response.status(),
            body: response.into_body().collect().await?.to_bytes(),
        })
    }
}

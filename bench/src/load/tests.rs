//! Against a server of a few lines that speaks the part of the API that is used.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::*;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let authorised = request
        .headers()
        .get("authorization")
        .is_some_and(|v| v == "Bearer t0ken");
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let (status, text) = match path.as_str() {
        "/api/v1/sessions" if body.get("password").is_some_and(|p| p == "right") => {
            (StatusCode::CREATED, r#"{"token":"t0ken"}"#)
        }
        "/api/v1/checks" if authorised && body.get("case").is_some_and(|c| c == "BENCH-1") => {
            (StatusCode::CREATED, "{}")
        }
        _ => (StatusCode::UNAUTHORIZED, r#"{"title":"no"}"#),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    Ok(response)
}

async fn node() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::spawn(async move { connection.await.ok() });
        }
    });
    address
}

fn load(address: SocketAddr) -> Load {
    Load {
        address,
        login: "officer".to_owned(),
        password: "right".to_owned(),
        requests: 100,
        warm_up: 10,
        time_max: Duration::from_secs(60),
        connections: 8,
        rate: None,
        seed: 1,
        names: Names::invented(),
    }
}

#[tokio::test]
async fn measures_exactly_as_many_checks_as_were_asked_for() {
    let report = load(node().await).run().await.unwrap();
    assert_eq!((report.answered, report.errors), (100, 0));
    assert!(report.p50_us <= report.p99_us && report.p99_us <= report.max_us);
}

#[tokio::test]
async fn says_so_when_the_log_in_is_refused() {
    let mut load = load(node().await);
    load.password = "wrong".to_owned();
    let error = load.run().await.unwrap_err().to_string();
    assert!(
        error.contains("`officer`") && error.contains("401"),
        "{error}"
    );
}

#[tokio::test]
async fn measures_nothing_where_the_node_refuses_the_checks() {
    let load = load(node().await);
    let mut clients = Vec::new();
    for _ in 0..2 {
        clients.push(Client::connect(load.address).await.unwrap());
    }
    // Nobody has signed in on these connections.
    let (_, shared) = load.phase(clients, 10, 1).await.unwrap();
    assert_eq!(shared.errors.get(), 10);
    assert!(shared.first_error.take().unwrap().starts_with("401"));
    assert!(shared.latencies_us.take().is_empty());
}

#[tokio::test]
async fn ends_when_the_time_is_over() {
    let mut load = load(node().await);
    load.time_max = Duration::ZERO;
    let report = load.run().await.unwrap();
    assert_eq!((report.answered, report.errors), (0, 0));
}

#[tokio::test]
async fn says_so_when_nobody_listens() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = load(address).run().await.unwrap_err();
    assert!(matches!(error, LoadError::Client(ClientError::Connect(..))));
}

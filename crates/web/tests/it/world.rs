//! A node in memory behind its router, with somebody at the browser.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use egnatia_alerts::{ListEntry, ListedName, NameQuality};
use egnatia_app::{Caller, Importing, NewAccount, Password, Role, Store};
use egnatia_audit::Hash;
use egnatia_formats::ParsedList;
use egnatia_matching::{NameKind, Schema};
use egnatia_testkit::{MemoryStore, TestNode};
use egnatia_web::{Accent, NodeFace, Uploads, WebState, router};
use http_body_util::BodyExt;
use jiff::tz::TimeZone;
use tempfile::TempDir;
use tower::ServiceExt;

pub const PASSWORD: &str = "correct horse battery";
pub const LISTED: &str = "Dragoslav Perunčić";

/// Every role with its login.
pub const ACCOUNTS: [(&str, Role); 9] = [
    ("o.officer", Role::Officer),
    ("v.verifier", Role::VerifyingOfficer),
    ("f.firearms", Role::FirearmsOfficer),
    ("f.second", Role::FirearmsOfficer),
    ("k.keeper", Role::Storekeeper),
    ("i.inspector", Role::StockInspector),
    ("s.supervisor", Role::Supervisor),
    ("d.protection", Role::DataProtectionOfficer),
    ("a.admin", Role::Administrator),
];

pub struct World {
    pub router: Router,
    pub store: Arc<MemoryStore>,
    /// The node behind the pages.
    pub node: TestNode,
    /// Where uploads wait, where they do.
    pub uploads: Option<TempDir>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(false).await
    }

    /// A node that keeps the files of a preview.
    pub async fn keeping_uploads() -> Self {
        Self::made(false, Some(tempfile::tempdir().unwrap())).await
    }

    pub async fn with(secure_cookies: bool) -> Self {
        Self::made(secure_cookies, None).await
    }

    async fn made(secure_cookies: bool, uploads: Option<TempDir>) -> Self {
        let node = TestNode::new("xx-test", "MK").await;
        Self::of(node, secure_cookies, uploads).await
    }

    /// The pages of this node.
    pub async fn of(node: TestNode, secure_cookies: bool, uploads: Option<TempDir>) -> Self {
        let app = node.app.clone();
        for (login, role) in ACCOUNTS {
            let new = NewAccount {
                login: login.to_owned(),
                name: "Somebody Invented".to_owned(),
                role,
                password: Password::new(PASSWORD),
            };
            app.create_account(&admin(), new).await.unwrap();
        }
        app.import(&admin(), list(), importing()).await.unwrap();
        let face = NodeFace {
            authority: "Test Authority".to_owned(),
            accent: Accent::Teal,
            demo: false,
            zone: TimeZone::UTC,
        };
        let mut state = WebState::new(app, face, secure_cookies);
        let folder = uploads.as_ref().map(|folder| folder.path().join("uploads"));
        state.uploads = folder.map(|folder| Arc::new(Uploads::open(folder, 10_000).unwrap()));
        Self {
            router: router(state),
            store: Arc::clone(&node.store),
            node,
            uploads,
        }
    }

    /// How much the store holds: entries of the log, versions of records.
    pub async fn held(&self) -> (u64, usize) {
        let records = self.store.records_by_event(None, 1_000).await.unwrap();
        (self.store.audit_head().await.unwrap().size, records.len())
    }

    pub fn visitor(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: None,
            csrf: String::new(),
        }
    }

    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.visitor();
        let fields = [("login", login), ("password", PASSWORD)];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser.get("/password").await;
        browser
    }

    pub async fn justified(&self, login: &str, purpose: &str) -> Browser {
        let mut browser = self.signed_in(login).await;
        let fields = [("purpose", purpose), ("case", "КУ-12/2026")];
        let answer = browser.post("/justification", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    /// A program's token.
    pub async fn token(&self, login: &str, purpose: &str) -> String {
        let body = serde_json::json!({
            "login": login, "password": PASSWORD, "purpose": purpose, "case": "CASE-1"
        });
        let answer = self
            .api(Method::POST, "/sessions", None, &body.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    pub async fn api(&self, method: Method, path: &str, token: Option<&str>, body: &str) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        ask(
            &self.router,
            request.body(Body::from(body.to_owned())).unwrap(),
        )
        .await
    }
}

/// Keeps the cookie, and remembers the token of the last form.
pub struct Browser {
    pub router: Router,
    pub cookie: Option<String>,
    pub csrf: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::builder().uri(path), Body::empty()).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.post_bare(path, &fields, &[]).await
    }

    /// Sends a form as it is.
    pub async fn post_bare(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(request, Body::from(body)).await
    }

    /// Sends files, each with its name in the form; texts are files too.
    pub async fn upload(&mut self, path: &str, parts: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut body = String::new();
        for (name, text) in parts.iter().chain(&[("csrf", csrf.as_str())]) {
            body += "--BOUNDARY\r\nContent-Disposition: form-data; ";
            body += &format!("name=\"{name}\"; filename=\"x\"\r\n\r\n{text}\r\n");
        }
        body += "--BOUNDARY--\r\n";
        let kind = "multipart/form-data; boundary=BOUNDARY";
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, kind);
        self.send(request, Body::from(body)).await
    }

    /// The first event of a stream that goes on.
    pub async fn first_event(&self, path: &str) -> String {
        let mut request = Request::builder().uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::empty()).unwrap();
        let mut body = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_body();
        let frame = body.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        let answer = ask(&self.router, request.body(body).unwrap()).await;
        if let Some(value) = answer.headers.get(header::SET_COOKIE) {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        if let Some((_, rest)) = answer.body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        answer
    }

    /// Checks a name; gives the path of the answer.
    pub async fn check(&mut self, name: &str) -> String {
        let answer = self.post("/check", &[("q", name)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.location().to_owned()
    }

    /// Checks the listed person; gives the path of the match.
    pub async fn found(&mut self) -> String {
        let path = self.check(LISTED).await;
        let answer = self.get(&path).await;
        link(&answer.body, "/matches/")
    }
}

/// The first link that starts so.
pub fn link(html: &str, start: &str) -> String {
    let marked = format!("href=\"{start}");
    let (_, rest) = html
        .split_once(&marked)
        .unwrap_or_else(|| panic!("no {start} in {html}"));
    format!("{start}{}", rest.split('"').next().unwrap())
}

pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn admin() -> Caller {
    Caller {
        login: "a.admin".parse().unwrap(),
        role: Role::Administrator,
        justification: None,
    }
}

fn importing() -> Importing<'static> {
    Importing {
        checksum: Hash::of(b"a file"),
        dry_run: false,
        progress: &|_, _| {},
    }
}

fn list() -> ParsedList {
    let entry = |id: &str, name: &str| ListEntry {
        source_id: id.to_owned(),
        schema: Schema::Person,
        names: vec![ListedName {
            text: name.to_owned(),
            kind: NameKind::Primary,
            quality: NameQuality::Unstated,
            parts: None,
            note: None,
        }],
        ..ListEntry::default()
    };
    ParsedList {
        list: "test-list".to_owned(),
        source_version: "2026-11-24".to_owned(),
        entries: vec![entry("1", LISTED), entry("2", "Burim Gjeravica")],
        orphans: Vec::new(),
    }
}

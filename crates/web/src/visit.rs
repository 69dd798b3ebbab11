//! One visit of a page: who comes, in which language, and what they are shown when it fails.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use egnatia_app::{Action, Authenticated, Caller, SessionKind};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::pages::problem::ProblemPage;
use crate::problem::{Finished, Problem, ProblemCode, problem_of};
use crate::{Area, Frame, FrameUser, RailItem, Texts, WebState, cookie, encode, guard, words};

/// The longest form that is read, in bytes. Uploads have a limit of their own.
pub(crate) const FORM_BYTES_MAX: usize = 64 * 1024;

/// A visit of a page.
#[derive(Clone)]
pub(crate) struct Visit {
    state: WebState,
    /// The texts of the visitor's language.
    pub t: &'static Texts,
    /// Who has signed in, if anybody has.
    pub who: Option<Arc<Authenticated>>,
    /// The present instant.
    pub now: Timestamp,
    method: Method,
    uri: Uri,
}

/// A visit by somebody who has signed in.
pub(crate) struct Signed {
    /// The visit.
    pub visit: Visit,
    /// Who comes.
    pub who: Arc<Authenticated>,
    /// The node.
    pub state: WebState,
}

/// The layer around all pages: finds out who comes, and shows problems as pages.
pub(crate) async fn around(
    State(state): State<WebState>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match arrive(&state, &parts).await {
        Ok(visit) => visit,
        Err(problem) => return problem.into_response(),
    };
    let rotated = visit.who.as_ref().and_then(|who| who.rotated.clone());
    parts.extensions.insert(visit.clone());
    let response = match guard::same_site(&parts.method, &parts.headers) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    };
    let mut response = match problem_of(&response) {
        Some(problem) => visit.show_problem(response, &problem).await,
        None => response,
    };
    let replaced = response.headers().contains_key(header::SET_COOKIE);
    let rotated = rotated.filter(|_| !replaced);
    if let Some(value) = rotated.and_then(|token| cookie::set(&token, state.secure_cookies)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

async fn arrive(state: &WebState, parts: &Parts) -> Result<Visit, Problem> {
    let headers = &parts.headers;
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let who = match cookie::read(headers, state.secure_cookies) {
        Some(token) => state.app.authenticate(&token, SessionKind::Browser).await?,
        None => None,
    };
    Ok(Visit {
        t: Texts::accepted(accepted),
        who: who.map(Arc::new),
        now: state.app.now(),
        method: parts.method.clone(),
        uri: parts.uri.clone(),
        state: state.clone(),
    })
}

impl Visit {
    /// The node.
    pub fn state(&self) -> &WebState {
        &self.state
    }

    /// A value of the query string.
    pub fn query(&self, name: &str) -> Option<String> {
        let text = self.uri.query()?;
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).ok()?;
        pairs
            .into_iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// The present day at the node.
    pub fn today(&self) -> Date {
        self.state.day_of(self.now)
    }

    /// Path and query, to come back to.
    pub fn path(&self) -> String {
        self.uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string)
    }

    /// A frame without anybody in it.
    pub fn bare(&self, title: String) -> Frame {
        let node = self.state.node.as_ref().clone();
        let mut frame = Frame::bare(self.t, node, self.now, title);
        frame.notice = self.notice();
        frame
    }

    async fn frame(&self, who: &Authenticated, title: String, area: Option<Area>) -> Frame {
        let app = &self.state.app;
        let mut waiting = None;
        if app.offers(who.caller.role, Action::Decide) {
            waiting = app.waiting().await.ok();
        }
        if app.offers(who.caller.role, Action::Exchange) {
            let to_answer = app.to_answer().await.unwrap_or_default();
            waiting = Some(waiting.unwrap_or_default().saturating_add(to_answer));
        }
        let rail = areas(&self.state, &who.caller)
            .map(|area| RailItem {
                area,
                waiting: waiting.filter(|_| area == Area::Inbox),
            })
            .collect();
        let user = FrameUser {
            name: who.name.clone(),
            role: self.t.text(&format!("role-{}", who.caller.role)),
            csrf: who.csrf.clone(),
            justification: who
                .caller
                .justification
                .as_ref()
                .map(|j| (words::purpose(j.purpose, self.t), j.case.to_string())),
            rail,
        };
        // A page that answers to a form cannot be come back to.
        let path = if self.method.is_safe() {
            self.path()
        } else {
            area.map_or("/", Area::path).to_owned()
        };
        self.bare(title).of(user, area, path)
    }

    /// What was done just before, as the address says.
    fn notice(&self) -> Option<String> {
        let key = format!("notice-{}", self.query("done")?);
        self.t.has(&key).then(|| self.t.text(&key))
    }

    async fn show_problem(&self, response: Response, problem: &Problem) -> Response {
        let reading = self.method == Method::GET;
        match problem.code {
            ProblemCode::Unauthenticated if reading => {
                return Redirect::to(&format!("/sign-in?next={}", encode(&self.path())))
                    .into_response();
            }
            ProblemCode::JustificationMissing if reading => {
                return Redirect::to(&format!("/justification?next={}", encode(&self.path())))
                    .into_response();
            }
            _ => {}
        }
        let code = problem.code.as_str();
        let title = self.t.text(&format!("problem-{code}"));
        let frame = match &self.who {
            Some(who) => self.frame(who, title, None).await,
            None => self.bare(title),
        };
        let errors = problem.errors.iter().map(|error| error.detail.clone());
        let details = problem.detail.iter().cloned().chain(errors);
        let details = details.map(|text| words::sentence(&text)).collect();
        let mut page = show_with(
            problem.code.status(),
            &ProblemPage::new(frame, code, details),
        );
        if let Some(after) = response.headers().get(header::RETRY_AFTER) {
            page.headers_mut()
                .insert(header::RETRY_AFTER, after.clone());
        }
        page
    }
}

/// The areas that a role may enter.
pub(crate) fn areas<'a>(
    state: &'a WebState,
    caller: &'a Caller,
) -> impl Iterator<Item = Area> + 'a {
    Area::ALL
        .iter()
        .copied()
        .filter(|area| state.app.offers(caller.role, action_of(*area)))
}

const fn action_of(area: Area) -> Action {
    match area {
        Area::Check => Action::Check,
        Area::Inbox => Action::ListMatches,
        Area::Hits => Action::ListHits,
        Area::Alerts => Action::ListAlerts,
        Area::Firearms => Action::ViewFirearms,
        Area::Stores => Action::ViewStock,
        Area::Partners => Action::ListPartners,
        Area::Lists => Action::ListLists,
        Area::Audit => Action::SearchAudit,
        Area::Users => Action::ManageAccounts,
    }
}

impl Signed {
    /// Who acts.
    pub fn caller(&self) -> &Caller {
        &self.who.caller
    }

    /// The texts.
    pub fn t(&self) -> &'static Texts {
        self.visit.t
    }

    /// Refuses what the role is never offered, before anything is said about the record.
    pub fn enter(&self, action: Action) -> Result<(), Problem> {
        if !self.offers(action) {
            return Err(Problem::new(ProblemCode::Forbidden));
        }
        if action.touches_personal_data() && self.caller().justification.is_none() {
            return Err(Problem::new(ProblemCode::JustificationMissing));
        }
        Ok(())
    }

    /// Whether the role is offered something.
    pub fn offers(&self, action: Action) -> bool {
        self.state.app.offers(self.caller().role, action)
    }

    /// The frame of a page in an area.
    pub async fn frame(&self, title: String, area: Option<Area>) -> Frame {
        self.visit.frame(&self.who, title, area).await
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Problem::new(ProblemCode::Internal))
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let who = visit
            .who
            .clone()
            .ok_or(Problem::new(ProblemCode::Unauthenticated))?;
        Ok(Self {
            state: visit.state.clone(),
            visit,
            who,
        })
    }
}

/// The fields of a form that was sent. Where somebody has signed in it carried their token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// A form as if it had been filled in so.
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Every field with what was filled in, without the session's token.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter().filter(|(name, _)| name != "csrf");
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All that was chosen of several.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let chosen = self.fields().filter(|(key, _)| *key == name);
        chosen.map(|(_, value)| value).collect()
    }

    /// The lines of a field, without empty ones.
    pub fn lines(&self, name: &str) -> Vec<String> {
        let lines = self.raw(name).lines().map(str::trim);
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// A field, where something was filled in.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A field as it was filled in, without spaces around it; empty where it is missing.
    pub fn text(&self, name: &str) -> String {
        self.raw(name).trim().to_owned()
    }

    /// A field exactly as it was filled in.
    pub fn raw(&self, name: &str) -> &str {
        let last = self.0.iter().rev().find(|(key, _)| key == name);
        last.map_or("", |(_, value)| value)
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let visit = request.extensions().get::<Visit>().cloned();
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_form = kind
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|refused| Problem::new(ProblemCode::of_status(refused.status())))?;
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&body)
            .map_err(|_| Problem::new(ProblemCode::BadRequest))?;
        let posted = Self(fields);
        match visit.and_then(|visit| visit.who) {
            Some(who) if !guard::same_token(&who.csrf, posted.raw("csrf")) => {
                Err(Problem::new(ProblemCode::BadOrigin))
            }
            _ => Ok(posted),
        }
    }
}

/// A page.
pub(crate) fn show(page: &impl Template) -> Response {
    show_with(StatusCode::OK, page)
}

/// A page that says itself what went wrong.
pub(crate) fn show_with(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let mut response = (status, Html(footnoted(html))).into_response();
            response.extensions_mut().insert(Finished);
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
            response.extensions_mut().insert(Finished);
            response
        }
    }
}

/// The page with its footnote, where the text names what the footnote is on (rule WB-07): wherever
/// that comes from, a list, a card or a form.
fn footnoted(html: String) -> String {
    let named = html.contains("Kosovo*") || html.contains("Kosovo&#42;");
    if named {
        html.replacen("<p class=\"footnote\" hidden>", "<p class=\"footnote\">", 1)
    } else {
        html
    }
}

/// A form that came back with errors in it.
pub(crate) fn show_refused(page: &impl Template) -> Response {
    show_with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// Goes to another page after something was done, and says what.
pub(crate) fn done(path: &str, what: &str) -> Response {
    let sign = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{sign}done={what}")).into_response()
}

/// Where to go next: a path of this node, or its start. Never another site.
pub(crate) fn inside(path: &str) -> &str {
    let local = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if local && HeaderValue::from_str(path).is_ok() {
        path
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_leads_to_another_site() {
        for path in [
            "",
            "//elsewhere",
            "https://elsewhere",
            "/\\elsewhere",
            "check",
            "/a\nb",
        ] {
            assert_eq!(inside(path), "/", "{path:?}");
        }
        assert_eq!(inside("/matches/1?x=2"), "/matches/1?x=2");
    }
}

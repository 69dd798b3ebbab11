//! What may be done with an alert: extend, flag, restrict, withdraw it; ask whoever issued it, pass it
//! on.

use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::Reason;
use egnatia_app::{Action, AlertView, App, NewFlag, NewQuestion, PassedOn};
use egnatia_protocol::{Matter, RecallReason};
use egnatia_record::{AuthorityId, RecordId};

use super::alert_form::{Filler, Wrong};
use super::users::Act;
use super::{alert, alert_transfer, record_id, terms};
use crate::parts::{FieldKind, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show_refused};
use crate::words::sentence;
use crate::{Frame, Texts};

/// Questions that an officer asks; passing on asks its question itself.
const MATTERS: [Matter; 4] = [
    Matter::SupplementaryInformation,
    Matter::DuplicateQuestion,
    Matter::Flag,
    Matter::Correction,
];
/// Why an alert is withdrawn; the other reasons are the node's own.
const REASONS: [RecallReason; 3] = [
    RecallReason::Withdrawn,
    RecallReason::Inaccurate,
    RecallReason::Unlawful,
];

/// The state of an alert that only those who decide on it see.
const RESTRICTED: &str = "restricted";
/// That of an own one that a partner has returned after a restore.
const RETURNED: &str = "returned";

/// A form that came back: which, what was filled in, and what is wrong.
#[derive(Default)]
pub(super) struct Refused<'a> {
    act: &'a str,
    posted: Posted,
    wrong: Wrong,
}

impl Refused<'_> {
    /// What was filled in and what is wrong, where it was this form.
    pub fn of(&self, act: &str) -> (Posted, Wrong) {
        if self.act == act {
            (self.posted.clone(), self.wrong.clone())
        } else {
            (Posted::default(), Wrong::new())
        }
    }
}

/// What somebody may do with the alert.
pub(super) fn offered(
    signed: &Signed,
    frame: &Frame,
    id: RecordId,
    view: &AlertView,
    refused: &Refused<'_>,
) -> Vec<Act> {
    let app = &signed.state.app;
    let flaggable = app
        .profile()
        .category(view.alert.category)
        .is_some_and(|terms| terms.flaggable);
    let mut acts = Vec::new();
    let issuer = &view.envelope.originator;
    if view.may_change && view.state == RESTRICTED {
        acts.extend(["lift", "withdraw"]);
    } else if view.may_change && view.state == RETURNED {
        acts.extend(["adopt", "withdraw"]);
    } else if view.may_change {
        if view.notice.is_some() {
            acts.push("keep");
        } else if may_be_achieved(app, view) {
            acts.push("achieved");
        }
        if !view.to_justify.is_empty() {
            acts.push("justify");
        }
        acts.push("extend");
        if flaggable && !partners(signed, issuer).is_empty() {
            acts.push("flag");
        }
        acts.extend(["restrict", "withdraw"]);
    } else if !view.is_own && signed.offers(Action::Exchange) && view.state != "withdrawn" {
        if !view.to_justify.is_empty() && signed.offers(Action::EnterAlert) {
            acts.push("justify");
        }
        acts.push("ask");
        if view.state != RESTRICTED && !partners(signed, issuer).is_empty() {
            acts.push("pass-on");
        }
    }
    acts.into_iter()
        .map(|act| match act {
            "justify" => alert_transfer::offer(signed, frame, (id, view), refused),
            _ => offer(signed, frame, (id, act, issuer), refused),
        })
        .collect()
}

/// Whether somebody may say of the alert that its purpose is achieved.
pub(super) fn may_be_achieved(app: &App, view: &AlertView) -> bool {
    view.may_change
        && view.state != RESTRICTED
        && view.state != RETURNED
        && view.notice.is_none()
        && app.ends_with_hit(&view.alert)
}

/// Accepted partners to choose from, without whoever issued the alert.
fn partners(signed: &Signed, issuer: &AuthorityId) -> Vec<(String, String)> {
    let directory = signed.state.app.directory();
    let t = signed.t();
    let accepted = directory.partners().filter(|partner| partner.is_accepted());
    accepted
        .filter(|partner| partner.row.authority != *issuer)
        .map(|partner| {
            let name = partner.card.card().name(&t.language()).to_owned();
            (partner.row.authority.to_string(), name)
        })
        .collect()
}

fn partners_or_none(signed: &Signed, issuer: &AuthorityId) -> Vec<(String, String)> {
    let mut choices = partners(signed, issuer);
    choices.insert(0, (String::new(), signed.t().text("choose")));
    choices
}

fn offer(
    signed: &Signed,
    frame: &Frame,
    (id, act, issuer): (RecordId, &'static str, &AuthorityId),
    refused: &Refused<'_>,
) -> Act {
    let t = frame.t;
    let (posted, wrong) = refused.of(act);
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let fields = match act {
        "extend" => vec![filler.area("assessment", "alert-assessment").required()],
        "achieved" => vec![filler.area("achieved_why", "alert-achieved-why").required()],
        "keep" => vec![filler.area("keep_why", "alert-keep-why").required()],
        "flag" => {
            let choices = partners_or_none(signed, issuer);
            vec![
                filler
                    .choice("flag_authority", "alert-flag-authority", choices)
                    .required(),
                filler.area("flag_reason", "alert-flag-reason").required(),
                filler.line("flag_instead", "alert-flag-instead"),
            ]
        }
        "withdraw" => {
            let reasons = REASONS.iter().map(|reason| reason.as_str());
            let reasons = terms::choices_or_none(t, "choose", "recall", reasons);
            vec![
                filler
                    .choice("why", "alert-withdraw-why", reasons)
                    .required(),
                filler
                    .area("withdraw_reason", "alert-withdraw-reason")
                    .required(),
            ]
        }
        "restrict" => vec![
            filler
                .area("restrict_reason", "alert-restrict-reason")
                .required(),
        ],
        "lift" | "adopt" => Vec::new(),
        "pass-on" => {
            let choices = partners_or_none(signed, issuer);
            vec![
                filler
                    .choice("pass_to", "alert-pass-to", choices)
                    .required(),
                filler.area("pass_why", "alert-pass-why").required(),
            ]
        }
        _ => {
            let matters = MATTERS.iter().map(|matter| matter.as_str());
            let matters = terms::choices_or_none(t, "choose", "matter", matters);
            vec![
                filler
                    .choice("matter", "alert-ask-matter", matters)
                    .required(),
                filler
                    .line("text", "alert-ask-text")
                    .kind(FieldKind::Area)
                    .required(),
                filler.line("urgent", "alert-ask-urgent"),
            ]
        }
    };
    let submit = t.text(&format!("act-{act}-submit"));
    let form = Form::new(t, format!("/alerts/{id}/{act}"), fields, submit, None);
    let form = if act == "withdraw" {
        form.danger()
    } else {
        form
    };
    Act {
        id: act,
        heading: t.text(&format!("act-{act}")),
        means: t.text(&format!("act-{act}-means")),
        form: form.csrf(frame.csrf()),
    }
}

/// Does something with an alert.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "achieved" | "keep" | "justify" | "extend" | "flag" | "withdraw" | "restrict" | "lift"
        | "adopt" => Action::EnterAlert,
        "ask" | "pass-on" => Action::Exchange,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let result = match act.as_str() {
        "achieved" => achieved(&signed, id, &posted).await?,
        "keep" => keep(&signed, id, &posted).await?,
        "justify" => alert_transfer::justify(&signed, id, &posted).await?,
        "extend" => extend(&signed, id, &posted).await?,
        "flag" => flag(&signed, id, &posted).await?,
        "withdraw" => withdraw(&signed, id, &posted).await?,
        "restrict" => restrict(&signed, id, &posted).await?,
        "lift" => lift(&signed, id).await?,
        "adopt" => adopt(&signed, id).await?,
        "pass-on" => pass_on(&signed, id, &posted).await?,
        _ => ask(&signed, id, &posted).await?,
    };
    match result {
        Ok(notice) => Ok(done(&format!("/alerts/{id}"), notice)),
        Err(wrong) => {
            let view = signed.state.app.view_alert(signed.caller(), id).await?;
            let wrong = wrong
                .into_iter()
                .map(|(field, text)| (field, words_of(t, &text)))
                .collect();
            let refused = Refused {
                act: &act,
                posted,
                wrong,
            };
            let page = alert::page(&signed, id, &view, &refused).await;
            Ok(show_refused(&page))
        }
    }
}

/// The text of a key, or the text itself.
fn words_of(t: &Texts, text: &str) -> String {
    if t.has(text) {
        t.text(text)
    } else {
        sentence(text)
    }
}

/// What is said afterwards, or what is wrong with the form.
pub(super) type Done = Result<Result<&'static str, Wrong>, Problem>;

pub(super) fn wrong(field: &str, text: &str) -> Wrong {
    Wrong::from([(field.to_owned(), text.to_owned())])
}

fn reason(posted: &Posted, field: &str) -> Result<Reason, Wrong> {
    Reason::try_from(posted.text(field)).map_err(|_| wrong(field, "alert-reason-invalid"))
}

/// What an operation led to; a field that it refuses stands under `field`.
fn settle(result: Result<(), egnatia_app::AppError>, field: &str, notice: &'static str) -> Done {
    match result.map_err(Problem::from) {
        Ok(()) => Ok(Ok(notice)),
        Err(problem) => match problem.errors.first() {
            Some(error) => Ok(Err(wrong(field, &error.detail))),
            None => Err(problem),
        },
    }
}

async fn achieved(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let why = match reason(posted, "achieved_why") {
        Ok(why) => why,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let told = app.tell_achieved(signed.caller(), id, &why).await;
    settle(told.map(|_| ()), "achieved_why", "alert-achieved")
}

async fn keep(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let why = match reason(posted, "keep_why") {
        Ok(why) => why,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let kept = app.keep_alert(signed.caller(), id, &why).await;
    settle(kept, "keep_why", "alert-keep")
}

async fn extend(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let assessment = match reason(posted, "assessment") {
        Ok(assessment) => assessment,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let result = app.extend_alert(signed.caller(), id, assessment).await;
    settle(result, "assessment", "alert-extend")
}

async fn flag(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let authority = posted.text("flag_authority").parse::<AuthorityId>();
    let (authority, reason) = match (authority, reason(posted, "flag_reason")) {
        (Ok(authority), Ok(reason)) => (authority, reason),
        (Err(_), _) => return Ok(Err(wrong("flag_authority", "alert-choose"))),
        (_, Err(wrong)) => return Ok(Err(wrong)),
    };
    let flag = NewFlag {
        authority,
        reason,
        alternative_action: posted.some("flag_instead"),
    };
    let app = &signed.state.app;
    let result = app.flag_alert(signed.caller(), id, flag).await;
    settle(result, "flag_reason", "alert-flag")
}

async fn withdraw(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let why = posted.text("why").parse::<RecallReason>();
    let (why, reason) = match (why, reason(posted, "withdraw_reason")) {
        (Ok(why), Ok(reason)) => (why, reason),
        (Err(_), _) => return Ok(Err(wrong("why", "alert-choose"))),
        (_, Err(wrong)) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let result = app.withdraw_alert(signed.caller(), id, reason, why).await;
    settle(result, "withdraw_reason", "alert-withdraw")
}

async fn ask(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let matter = posted.text("matter").parse::<Matter>();
    let (matter, text) = match (matter, reason(posted, "text")) {
        (Ok(matter), Ok(text)) => (matter, text),
        (Err(_), _) => return Ok(Err(wrong("matter", "alert-choose"))),
        (_, Err(wrong)) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let question = NewQuestion {
        about: id,
        matter,
        recipient: None,
        text,
        urgent: posted.some("urgent"),
    };
    let asked = app.ask(signed.caller(), question).await;
    settle(asked.map(|_| ()), "text", "alert-ask")
}

async fn restrict(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let reason = match reason(posted, "restrict_reason") {
        Ok(reason) => reason,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let result = app.restrict_alert(signed.caller(), id, reason).await;
    settle(result, "restrict_reason", "alert-restrict")
}

async fn adopt(signed: &Signed, id: RecordId) -> Done {
    let app = &signed.state.app;
    app.adopt_alert(signed.caller(), id).await?;
    Ok(Ok("alert-adopt"))
}

async fn lift(signed: &Signed, id: RecordId) -> Done {
    let app = &signed.state.app;
    app.lift_restriction(signed.caller(), id).await?;
    Ok(Ok("alert-lift"))
}

async fn pass_on(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let to = posted.text("pass_to").parse::<AuthorityId>();
    let (to, why) = match (to, reason(posted, "pass_why")) {
        (Ok(to), Ok(why)) => (to, why),
        (Err(_), _) => return Ok(Err(wrong("pass_to", "alert-choose"))),
        (_, Err(wrong)) => return Ok(Err(wrong)),
    };
    let app = &signed.state.app;
    let passed = app.pass_on(signed.caller(), id, &to, why).await;
    match passed.map_err(Problem::from) {
        Ok(PassedOn::Queued) => Ok(Ok("alert-passed-on")),
        Ok(PassedOn::Asked(_)) => Ok(Ok("alert-pass-asked")),
        Ok(PassedOn::Waits(_)) => Ok(Ok("alert-pass-waits")),
        Err(problem) => match problem.errors.first() {
            Some(error) => {
                let withheld = format!("withheld-{}", error.code);
                let known = signed.t().has(&withheld);
                let text = if known { &withheld } else { &error.detail };
                let field = if error.field == "to" {
                    "pass_to"
                } else {
                    "pass_why"
                };
                Ok(Err(wrong(field, text)))
            }
            None => Err(problem),
        },
    }
}

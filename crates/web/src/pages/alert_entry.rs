//! An alert is entered: its category, the form, where it goes and what is like it, then at last
//! the alert itself. What was filled in travels in the forms, never in an address.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{About, Alert};
use egnatia_app::{Action, LikeAlert, NewAlert};
use egnatia_record::Category;

use super::alert_form::{self, Filler, Group, Kind, Wrong};
use super::{alert_facts, alert_terms, checking, subjects, terms};
use crate::parts::{Cell, Facts, Field, FormErrors, Subject, Table};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// The page on which the category is chosen.
#[derive(Debug, Template)]
#[template(path = "alert_new.html")]
pub struct AlertNewPage {
    /// The frame.
    pub frame: Frame,
    /// The categories: name, what holds for it, the forms.
    pub categories: Vec<CategoryChoice>,
}

/// A category that can be chosen.
#[derive(Debug)]
pub struct CategoryChoice {
    /// Its name.
    pub name: String,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// What holds for it.
    pub facts: Facts,
    /// Address and words of its forms.
    pub forms: Vec<(String, String)>,
}

/// The page with the form of an alert.
#[derive(Debug, Template)]
#[template(path = "alert_form.html")]
pub struct AlertFormPage {
    /// The frame.
    pub frame: Frame,
    /// Where one comes from, and what it is called.
    pub back: (String, String),
    /// What holds for the category.
    pub terms: Facts,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// What is wrong.
    pub errors: FormErrors,
    /// Where it is sent.
    pub action: String,
    /// What nobody fills in.
    pub hidden: Vec<(&'static str, String)>,
    /// The fields.
    pub groups: Vec<Group>,
    /// What the button says.
    pub submit: String,
}

/// The page of what would be entered.
#[derive(Debug, Template)]
#[template(path = "alert_preview.html")]
pub struct AlertPreviewPage {
    /// The frame.
    pub frame: Frame,
    /// Whom or what it is about.
    pub subject: Subject,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// Where it goes, in a sentence.
    pub goes: String,
    /// Partner by partner.
    pub recipients: Table,
    /// Alerts that describe the same, each with its id and whether it was looked at.
    pub like: Vec<LikeRow>,
    /// What tells it from them.
    pub distinguished: Field,
    /// What is wrong.
    pub errors: FormErrors,
    /// What it says.
    pub facts: Facts,
    /// Whom it describes.
    pub described: Facts,
    /// Everything that was filled in.
    pub hidden: Vec<(String, String)>,
}

/// An alert that describes the same.
#[derive(Debug)]
pub struct LikeRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub issuer: String,
    /// How likely it is the same.
    pub likelihood: String,
    /// Whether somebody said that it is about somebody else.
    pub different: bool,
}

/// Shows the categories with what holds for each.
pub(crate) async fn show_categories(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let t = signed.t();
    let frame = signed
        .frame(t.text("alert-new-title"), Some(Area::Alerts))
        .await;
    let profile = signed.state.app.profile();
    let categories = Category::ALL.iter().filter_map(|category| {
        let held = profile.category(*category)?;
        let abouts: &[bool] = match held.subject {
            About::Person => &[true],
            About::Object => &[false],
            About::Any => &[true, false],
        };
        let forms = abouts.iter().map(|on_person| {
            let kind = Kind {
                category: *category,
                on_person: *on_person,
            };
            (kind.path(), t.text(&format!("alert-on-{}", kind.about())))
        });
        Some(CategoryChoice {
            name: terms::category(t, *category),
            covert: held.covert,
            facts: alert_facts::terms_of(t, held, held.subject != About::Object),
            forms: forms.collect(),
        })
    });
    let categories = categories.collect();
    Ok(show(&AlertNewPage { frame, categories }))
}

fn kind_of(signed: &Signed, category: &str, about: &str) -> Result<Kind, Problem> {
    let not_found = || Problem::new(ProblemCode::NotFound);
    let category: Category = category.parse().map_err(|_| not_found())?;
    let held = signed.state.app.profile().category(category);
    let on_person = match (about, held.map(|terms| terms.subject)) {
        ("person", Some(About::Person | About::Any)) => true,
        ("object", Some(About::Object | About::Any)) => false,
        _ => return Err(not_found()),
    };
    Ok(Kind {
        category,
        on_person,
    })
}

/// Shows the empty form.
pub(crate) async fn show_form(
    signed: Signed,
    Path((category, about)): Path<(String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let kind = kind_of(&signed, &category, &about)?;
    let page = form_page(&signed, kind, &Posted::default(), &Wrong::new()).await;
    Ok(show(&page))
}

async fn form_page(signed: &Signed, kind: Kind, posted: &Posted, wrong: &Wrong) -> AlertFormPage {
    let t = signed.t();
    let app = &signed.state.app;
    let title = t.with(
        "alert-form-title",
        "category",
        terms::category(t, kind.category),
    );
    let filler = Filler { t, posted, wrong };
    let mut groups = alert_form::groups(&filler, kind, app.profile());
    groups.extend(alert_terms::groups(&filler, kind, app.settings().partner));
    let mut page = page_of(signed, kind, groups, wrong, title).await;
    page.back = ("/alerts/new".to_owned(), t.text("alert-new-title"));
    page.action = "/alerts/preview".to_owned();
    page.hidden = vec![
        ("category", kind.category.to_string()),
        ("about", kind.about().to_owned()),
    ];
    // What was said of like alerts is not lost when something else is changed.
    page.hidden.extend(
        posted
            .all("different_from")
            .into_iter()
            .map(|id| ("different_from", id.to_owned())),
    );
    page.hidden.extend(
        posted
            .some("distinguished_by")
            .map(|text| ("distinguished_by", text)),
    );
    page.submit = t.text("alert-form-submit");
    page
}

/// A page of these fields; where it goes is up to whoever asks.
pub(super) async fn page_of(
    signed: &Signed,
    kind: Kind,
    groups: Vec<Group>,
    wrong: &Wrong,
    title: String,
) -> AlertFormPage {
    let t = signed.t();
    let held = signed.state.app.profile().category(kind.category);
    let fields: Vec<&Field> = groups.iter().flat_map(|group| &group.fields).collect();
    let known = |name: &String| fields.iter().any(|field| field.name == name.as_str());
    let whole = wrong.iter().find(|(name, _)| !known(name));
    let errors = FormErrors::new(t, &fields, whole.map(|(_, text)| text.clone()));
    AlertFormPage {
        frame: signed.frame(title, Some(Area::Alerts)).await,
        back: (String::new(), String::new()),
        terms: held
            .map(|held| alert_facts::terms_of(t, held, kind.on_person))
            .unwrap_or_default(),
        covert: held.is_some_and(|held| held.covert),
        errors,
        action: String::new(),
        hidden: Vec::new(),
        groups,
        submit: String::new(),
    }
}

/// Reads the form, and shows where the alert would go and what is like it.
pub(crate) async fn preview(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let kind = kind_of(&signed, posted.raw("category"), posted.raw("about"))?;
    if posted.raw("step") == "change" {
        let page = form_page(&signed, kind, &posted, &Wrong::new()).await;
        return Ok(show(&page));
    }
    match shown(&signed, kind, &posted, false).await? {
        Ok(page) => Ok(show(&page)),
        Err(wrong) => {
            let page = form_page(&signed, kind, &posted, &wrong).await;
            Ok(show_refused(&page))
        }
    }
}

/// The preview of what was filled in, or what is wrong with it.
async fn shown(
    signed: &Signed,
    kind: Kind,
    posted: &Posted,
    refused: bool,
) -> Result<Result<AlertPreviewPage, Wrong>, Problem> {
    let t = signed.t();
    let new = match read(posted, kind, t) {
        Ok(new) => new,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let (app, caller) = (&signed.state.app, signed.caller());
    let asked = match app.preview_recipients(caller, &new) {
        Ok(recipients) => Ok((recipients, app.like_alerts(caller, &new.draft).await)),
        Err(error) => Err(error),
    };
    let (recipients, like) = match asked {
        Ok((recipients, Ok(like))) => (recipients, like),
        Ok((_, Err(error))) | Err(error) => {
            let problem = Problem::from(error);
            if problem.errors.is_empty() {
                return Err(problem);
            }
            return Ok(Err(alert_form::wrong_of(&problem, kind, t)));
        }
    };
    let alert = Alert::enter(new.draft.clone(), app.profile(), signed.visit.today());
    let alert = alert.map_err(|_| Problem::new(ProblemCode::Internal))?;
    let frame = signed
        .frame(t.text("alert-preview-title"), Some(Area::Alerts))
        .await;
    let missing = refused && !like.is_empty();
    let distinguished = Field::new("distinguished_by", t.text("alert-distinguished"))
        .hint(t.text("alert-distinguished-hint"))
        .value(posted.raw("distinguished_by"));
    let whole = missing.then(|| t.text("alert-like-unseen"));
    let entry = alert.to_entry(egnatia_record::RecordId::from_bytes([0; 16]));
    let goes = alert_facts::goes(t, &recipients);
    let shown_again = ["csrf", "step", "different_from", "distinguished_by"];
    Ok(Ok(AlertPreviewPage {
        subject: subjects::of_entry(&entry, t),
        covert: alert_facts::is_covert(app.profile(), &alert),
        recipients: alert_facts::recipients(t, &recipients),
        like: like
            .iter()
            .map(|like| like_row(signed, like, &new))
            .collect(),
        errors: FormErrors::new(t, &[&distinguished], whole),
        distinguished,
        facts: alert_facts::of(t, &alert)
            .with(t.text("alert-action"), Cell::Text(alert.action.clone()))
            .with(
                t.text("alert-review-on"),
                Cell::Text(alert_facts::day(alert.review_on)),
            ),
        described: alert_facts::described(t, &alert),
        hidden: posted
            .fields()
            .filter(|(name, value)| !shown_again.contains(name) && !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        goes,
        frame,
    }))
}

fn like_row(signed: &Signed, like: &LikeAlert, new: &NewAlert) -> LikeRow {
    let t = signed.t();
    let likelihood = match checking::likelihood(t, like.probability) {
        Cell::Lines(percent, words) => format!("{percent} {words}"),
        _ => String::new(),
    };
    LikeRow {
        id: like.alert.to_string(),
        name: like.name.clone(),
        issuer: match &like.issuer {
            Some(issuer) => terms::authority(&signed.state.app, t, issuer),
            None => t.text("alert-issuer-own"),
        },
        likelihood,
        different: new.different_from.contains(&like.alert),
    }
}

/// Everything that is wrong is said at once.
fn read(posted: &Posted, kind: Kind, t: &Texts) -> Result<NewAlert, Wrong> {
    let draft = alert_form::read(posted, kind, t);
    match (draft, alert_terms::read(posted, kind, t)) {
        (Ok(draft), Ok(terms)) => Ok(terms.with(draft)),
        (Err(wrong), Ok(_)) | (Ok(_), Err(wrong)) => Err(wrong),
        (Err(mut wrong), Err(more)) => {
            wrong.extend(more);
            Err(wrong)
        }
    }
}

/// Enters the alert.
pub(crate) async fn enter(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let kind = kind_of(&signed, posted.raw("category"), posted.raw("about"))?;
    let t = signed.t();
    let new = match read(&posted, kind, t) {
        Ok(new) => new,
        Err(wrong) => {
            let page = form_page(&signed, kind, &posted, &wrong).await;
            return Ok(show_refused(&page));
        }
    };
    let app = &signed.state.app;
    let problem = match app.enter_alert(signed.caller(), new).await {
        Ok(entered) => {
            return Ok(done(&format!("/alerts/{}", entered.alert), "alert-entered"));
        }
        Err(error) => Problem::from(error),
    };
    if problem.errors.is_empty() {
        return Err(problem);
    }
    if problem.of_field("different_from").is_some()
        && let Ok(page) = shown(&signed, kind, &posted, true).await?
    {
        return Ok(show_refused(&page));
    }
    let wrong = alert_form::wrong_of(&problem, kind, t);
    let page = form_page(&signed, kind, &posted, &wrong).await;
    Ok(show_refused(&page))
}

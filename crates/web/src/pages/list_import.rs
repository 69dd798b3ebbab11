//! Handlers of the import of a list: first what would change, then the import itself.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::Response;
use egnatia_app::{Action, ImportReport, Importing};
use egnatia_formats::{ParsedList, ftm, ofac, un};
use sha2::{Digest, Sha256};

use super::list_changes::{OrphanRow, count_facts, orphans_table};
use super::lists::{ListFormat, ListImportPage, ListPreviewPage};
use crate::parts::{Facts, Form};
use crate::problem::{Problem, ProblemCode};
use crate::uploads::Kept;
use crate::visit::{Posted, Signed, done, show, show_with};
use crate::{Area, Texts, guard, words};

/// The most parts that a form of an import has.
const PARTS_MAX: usize = 12;

/// Shows the forms.
pub(crate) async fn form(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ImportList)?;
    let title = signed.t().text("import-title");
    let frame = signed.frame(title, Some(Area::Lists)).await;
    Ok(show(&ListImportPage::new(frame, None)))
}

/// Reads the files and shows what they would change, or imports them.
pub(crate) async fn import(signed: Signed, request: Request) -> Result<Response, Problem> {
    signed.enter(Action::ImportList)?;
    let parts = parts_of(request).await?;
    let token = text_of(&parts, "csrf");
    if !guard::same_token(&signed.who.csrf, &token) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    let write = text_of(&parts, "write") == "yes";
    let format = text_of(&parts, "format");
    let list = text_of(&parts, "list");
    let kept = kept_of(&parts, &format, &list);
    let outcome = run(&signed, parts, (&format, list), write).await?;
    let report = match outcome {
        Ok(report) => report,
        Err(wrong) => return refuse(&signed, wrong).await,
    };
    if write {
        return Ok(done(&format!("/lists/{}", report.list), "imported"));
    }
    let is_kept = keep(&signed, kept).await;
    preview(&signed, &report, &format, is_kept).await
}

/// Imports the files that were kept when their preview was shown.
pub(crate) async fn confirm(signed: Signed, _posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ImportList)?;
    let (session, now) = (signed.who.csrf.clone(), signed.visit.now);
    let uploads = signed.state.uploads.clone();
    let taken = tokio::task::spawn_blocking(move || uploads?.take(&session, now)).await;
    let Some(kept) = taken.map_err(|_| Problem::new(ProblemCode::Internal))? else {
        return refuse(&signed, signed.t().text("import-gone")).await;
    };
    let parts = kept.files.into_iter().collect();
    match run(&signed, parts, (&kept.format, kept.list), true).await? {
        Ok(report) => Ok(done(&format!("/lists/{}", report.list), "imported")),
        Err(wrong) => refuse(&signed, wrong).await,
    }
}

/// Reads the files and says what they would change, or changes it; or what is wrong with them.
async fn run(
    signed: &Signed,
    mut parts: HashMap<String, Bytes>,
    (format, list): (&str, String),
    write: bool,
) -> Result<Result<ImportReport, String>, Problem> {
    let read = match Upload::take(&mut parts, format, list, signed.t()) {
        Ok(upload) => upload.parse().await?,
        Err(wrong) => Err(wrong),
    };
    let (parsed, checksum) = match read {
        Ok(read) => read,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let importing = Importing {
        checksum,
        dry_run: !write,
        progress: &|_, _| {},
    };
    match signed
        .state
        .app
        .import(signed.caller(), parsed, importing)
        .await
    {
        Ok(report) => Ok(Ok(report)),
        Err(error) => {
            let problem = Problem::from(error);
            match problem.errors.first() {
                Some(error) => Ok(Err(words::sentence(&error.detail))),
                None => Err(problem),
            }
        }
    }
}

/// The files of a format, without the rest of the form.
fn kept_of(parts: &HashMap<String, Bytes>, format: &str, list: &str) -> Kept {
    let names = ListFormat::ALL
        .iter()
        .filter(|known| known.as_str() == format)
        .flat_map(|known| known.files().iter().map(|(name, ..)| *name));
    let files = names.filter_map(|name| Some((name.to_owned(), parts.get(name)?.clone())));
    Kept {
        format: format.to_owned(),
        list: list.to_owned(),
        files: files.collect(),
    }
}

/// Keeps the files for the confirmation; `false` where they have to be chosen again.
async fn keep(signed: &Signed, kept: Kept) -> bool {
    let (session, now) = (signed.who.csrf.clone(), signed.visit.now);
    let uploads = signed.state.uploads.clone();
    let keep = move || uploads.is_some_and(|uploads| uploads.keep(&session, &kept, now));
    tokio::task::spawn_blocking(keep).await.unwrap_or(false)
}

async fn refuse(signed: &Signed, wrong: String) -> Result<Response, Problem> {
    let frame = signed
        .frame(signed.t().text("import-title"), Some(Area::Lists))
        .await;
    let page = ListImportPage::new(frame, Some(wrong));
    Ok(show_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn preview(
    signed: &Signed,
    report: &ImportReport,
    format: &str,
    is_kept: bool,
) -> Result<Response, Problem> {
    let t = signed.t();
    let list = signed.state.app.list_name(&report.list);
    let title = t.with("preview-title", "list", list);
    let frame = signed.frame(title, Some(Area::Lists)).await;
    let changes = report
        .added
        .saturating_add(report.changed)
        .saturating_add(report.removed);
    let counts = [
        report.added,
        report.changed,
        report.removed,
        report.unchanged,
    ];
    let total = report
        .added
        .saturating_add(report.changed)
        .saturating_add(report.unchanged);
    let facts = count_facts(t, Facts::new(), (total, counts, report.orphans));
    let values = [
        ("changes", words::quantity(changes)),
        ("version", report.version.to_string()),
    ];
    let form = ListFormat::ALL
        .iter()
        .find(|known| known.as_str() == format && changes > 0)
        .map(|format| {
            let submit = t.with_all("preview-write", &values);
            if is_kept {
                Form::new(t, "/lists/import/confirm", Vec::new(), submit, None).csrf(frame.csrf())
            } else {
                ListImportPage::form(t, *format, &report.list, submit)
                    .csrf(frame.csrf())
                    .hidden("write", "yes".to_owned())
            }
        });
    let orphans: Vec<OrphanRow> = report.orphan_rows.iter().map(OrphanRow::of).collect();
    let page = ListPreviewPage {
        lede: t.text(if is_kept {
            "preview-lede"
        } else {
            "preview-lede-again"
        }),
        facts,
        form,
        orphans: orphans_table(t, &orphans),
        frame,
    };
    Ok(show(&page))
}

pub(super) async fn parts_of(request: Request) -> Result<HashMap<String, Bytes>, Problem> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|refused| Problem::new(ProblemCode::of_status(refused.status())))?;
    let mut parts = HashMap::new();
    let failed = |refused: axum::extract::multipart::MultipartError| {
        Problem::new(ProblemCode::of_status(refused.status()))
    };
    while let Some(field) = form.next_field().await.map_err(failed)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(failed)?;
        parts.insert(name, bytes);
        if parts.len() > PARTS_MAX {
            return Err(Problem::new(ProblemCode::BadRequest));
        }
    }
    Ok(parts)
}

pub(super) fn text_of(parts: &HashMap<String, Bytes>, name: &str) -> String {
    parts
        .get(name)
        .map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned())
        .unwrap_or_default()
}

/// The files of a list as they were sent.
enum Upload {
    Ofac { sdn: Bytes, alt: Bytes, add: Bytes },
    UnitedNations(Bytes),
    FollowTheMoney { list: String, lines: Bytes },
}

type Read = Result<(ParsedList, egnatia_audit::Hash), String>;

impl Upload {
    fn take(
        parts: &mut HashMap<String, Bytes>,
        format: &str,
        list: String,
        t: &Texts,
    ) -> Result<Self, String> {
        let mut file = |name: &str| {
            parts
                .remove(name)
                .filter(|bytes| !bytes.is_empty())
                .ok_or_else(|| t.text("import-no-file"))
        };
        match format {
            "ofac" => Ok(Self::Ofac {
                sdn: file("ofac_entries")?,
                alt: file("ofac_names").unwrap_or_default(),
                add: file("ofac_addresses").unwrap_or_default(),
            }),
            "un" => Ok(Self::UnitedNations(file("un_xml")?)),
            "ftm" if list.is_empty() => Err(t.text("import-list-invalid")),
            "ftm" => Ok(Self::FollowTheMoney {
                list,
                lines: file("ftm_json")?,
            }),
            _ => Err(t.text("import-no-file")),
        }
    }

    fn files(&self) -> Vec<&[u8]> {
        match self {
            Self::Ofac { sdn, alt, add } => vec![sdn, alt, add],
            Self::UnitedNations(xml) => vec![xml],
            Self::FollowTheMoney { lines, .. } => vec![lines],
        }
    }

    /// Reads the files on a thread of their own: it takes seconds, and others wait for answers.
    async fn parse(self) -> Result<Read, Problem> {
        tokio::task::spawn_blocking(move || {
            let mut hash = Sha256::new();
            for file in self.files() {
                hash.update(file);
            }
            let checksum = egnatia_audit::Hash::from_bytes(hash.finalize().into());
            let parsed = match &self {
                Self::Ofac { sdn, alt, add } => {
                    let files = ofac::Files {
                        sdn,
                        alt,
                        add,
                        comments: None,
                    };
                    ofac::parse(&files, &mut |_| {})
                }
                Self::UnitedNations(xml) => un::parse(xml, &mut |_| {}),
                Self::FollowTheMoney { list, lines } => {
                    ftm::parse(list, &mut lines.as_ref(), &mut |_| {})
                }
            };
            parsed
                .map(|parsed| (parsed, checksum))
                .map_err(|error| words::sentence(&error.to_string()))
        })
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))
    }
}

//! Lists, their versions, what each version changed, and entries.

use axum::Json;
use axum::extract::{Path, State};
use egnatia_alerts::ListEntry;
use egnatia_app::{Action, ChangesQuery, EntryChange, ListChange, ListVersionRow};
use egnatia_record::{Envelope, RecordId, UserId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{PageOf, Paging, ProblemBody, Query, limit_of};
use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// A version of a list: counts only, nothing personal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionBody {
    /// The list's name.
    list: String,
    /// The node's number of the version, from 1.
    version: u64,
    /// The version or date that the source states.
    source_version: String,
    /// SHA-256 of what was read, hexadecimal.
    checksum: String,
    /// When it was imported, UTC.
    #[schema(value_type = String, format = DateTime)]
    imported_at: Timestamp,
    /// Who imported it.
    #[schema(value_type = String)]
    imported_by: UserId,
    /// Entries that were not there before.
    added: u64,
    /// Entries that say something else than before.
    changed: u64,
    /// Entries that are gone.
    removed: u64,
    /// Entries that say the same.
    unchanged: u64,
    /// Rows that join no entry.
    orphans: u64,
}

/// What a version did to an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeBody {
    /// The entry's id in its source.
    source_id: String,
    /// The record of the entry.
    #[schema(value_type = String)]
    record: RecordId,
    /// `added`, `changed` or `removed`.
    #[schema(value_type = String)]
    change: ListChange,
    /// What it said before.
    #[schema(value_type = Option<Object>)]
    before: Option<ListEntry>,
    /// What it says now.
    #[schema(value_type = Option<Object>)]
    after: Option<ListEntry>,
}

/// An entry with its history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryBody {
    /// `listed`, `removed` or `erased`.
    state: String,
    /// All versions, newest first.
    versions: Vec<EntryVersionBody>,
}

/// A version of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryVersionBody {
    /// Who wrote it, when, and what may be done with it.
    #[schema(value_type = Object)]
    envelope: Envelope,
    /// What it says; absent once erased.
    #[schema(value_type = Option<Object>)]
    entry: Option<ListEntry>,
}

/// The newest version of every list.
#[utoipa::path(
    get, path = "/api/v1/lists", tag = "lists",
    responses((status = 200, description = "The lists", body = PageOf<VersionBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<PageOf<VersionBody>>, Problem> {
    bearer.enter(&state, Action::ListLists)?;
    let rows = state.app.lists(bearer.caller()).await?;
    Ok(Json(PageOf {
        items: rows.into_iter().map(VersionBody::of).collect(),
        next: None,
    }))
}

/// All versions of a list, newest first.
#[utoipa::path(
    get, path = "/api/v1/lists/{list}/versions", tag = "lists",
    params(("list" = String, Path, description = "The list's name")),
    responses((status = 200, description = "The versions", body = PageOf<VersionBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn versions(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(list): Path<String>,
) -> Result<Json<PageOf<VersionBody>>, Problem> {
    bearer.enter(&state, Action::ListLists)?;
    let rows = state.app.list_versions(bearer.caller(), &list).await?;
    Ok(Json(PageOf {
        items: rows.into_iter().map(VersionBody::of).collect(),
        next: None,
    }))
}

/// What a version changed, entry by entry, ordered by the entries' ids in the source.
#[utoipa::path(
    get, path = "/api/v1/lists/{list}/versions/{version}/changes", tag = "lists",
    params(
        ("list" = String, Path, description = "The list's name"),
        ("version" = u64, Path, description = "The node's number of the version"),
        Paging
    ),
    responses((status = 200, description = "A page of changes", body = PageOf<ChangeBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn changes(
    State(state): State<WebState>,
    bearer: Bearer,
    Path((list, version)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<ChangeBody>>, Problem> {
    bearer.enter(&state, Action::ListChanges)?;
    let version = version
        .parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))?;
    let limit = limit_of(paging.limit);
    let query = ChangesQuery {
        list: &list,
        version,
        after: paging.after.as_deref(),
        limit,
    };
    let changes = state.app.list_changes(bearer.caller(), query).await?;
    let full = u32::try_from(changes.len()).is_ok_and(|count| count >= limit);
    let next = changes
        .last()
        .filter(|_| full)
        .map(|last| last.source_id.clone());
    Ok(Json(PageOf {
        items: changes.into_iter().map(ChangeBody::of).collect(),
        next,
    }))
}

/// An entry with all its versions.
#[utoipa::path(
    get, path = "/api/v1/entries/{id}", tag = "lists",
    params(("id" = String, Path, description = "The record of the entry")),
    responses((status = 200, description = "The entry", body = EntryBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn entry(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<EntryBody>, Problem> {
    bearer.enter(&state, Action::ViewEntry)?;
    let view = state.app.entry(bearer.caller(), record_id(&id)?).await?;
    let versions = view.versions.into_iter().map(|version| EntryVersionBody {
        envelope: version.envelope,
        entry: version.entry,
    });
    Ok(Json(EntryBody {
        state: view.state,
        versions: versions.collect(),
    }))
}

impl VersionBody {
    fn of(row: ListVersionRow) -> Self {
        Self {
            list: row.list,
            version: row.version,
            source_version: row.source_version,
            checksum: row.checksum,
            imported_at: row.imported_at,
            imported_by: row.imported_by,
            added: row.added,
            changed: row.changed,
            removed: row.removed,
            unchanged: row.unchanged,
            orphans: row.orphan_count,
        }
    }
}

impl ChangeBody {
    fn of(change: EntryChange) -> Self {
        Self {
            source_id: change.source_id,
            record: change.record,
            change: change.change,
            before: change.before,
            after: change.after,
        }
    }
}

//! Lists that come in pages, read to the number that somebody wants.

use egnatia_app::{AppError, Page};

/// How many are read at a time.
const PAGE: u32 = 100;

/// The first `limit` items; `read` gives a page behind a place, of so many at most.
///
/// # Errors
/// As `read`.
pub(super) async fn up_to<T, P>(
    limit: u32,
    read: impl AsyncFn(Option<P>, u32) -> Result<Page<T, P>, AppError>,
) -> anyhow::Result<Vec<T>> {
    let most = usize::try_from(limit)?;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = read(after, PAGE.min(limit)).await?;
        found.extend(page.items);
        after = page.next;
        if after.is_none() || found.len() >= most {
            break;
        }
    }
    found.truncate(most);
    Ok(found)
}

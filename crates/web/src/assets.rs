//! The style sheet, the script and the fonts, embedded in the binary.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// `assets/`, with `assets/dist/` where it has been built. Without it there are no fonts, and the
/// pages use those of the system.
#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

const FONTS: &str = "dist/fonts.css";

/// Where the assets are served: the path changes when any of them does, so that they may be kept
/// for ever.
pub fn base() -> &'static str {
    static BASE: OnceLock<String> = OnceLock::new();
    BASE.get_or_init(|| {
        let mut hash = Sha256::new();
        let mut paths: Vec<_> = Assets::iter().collect();
        paths.sort();
        for path in paths {
            if let Some(file) = Assets::get(&path) {
                hash.update(path.as_bytes());
                hash.update(&file.data);
            }
        }
        let digest = hash.finalize();
        let short: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
        format!("/assets/{short}")
    })
}

/// One style sheet: the fonts, then ours in the order of their numbers.
fn style_sheet() -> &'static str {
    static SHEET: OnceLock<String> = OnceLock::new();
    SHEET.get_or_init(|| {
        let mut paths: Vec<_> = Assets::iter().filter(|p| p.starts_with("css/")).collect();
        paths.sort();
        std::iter::once(FONTS.into())
            .chain(paths)
            .filter_map(|path| Assets::get(&path))
            .map(|file| String::from_utf8_lossy(&file.data).into_owned())
            .collect()
    })
}

/// The script of the worker that keeps the page of a count for when the line is gone. It is served in
/// the folder of that page, so that it has no say over others.
pub(crate) fn counting_worker() -> Vec<u8> {
    let file = Assets::get("counting-worker.js");
    file.map(|file| file.data.into_owned()).unwrap_or_default()
}

/// Serves `/assets/{version}/{path}`.
pub(crate) async fn serve(Path((_version, path)): Path<(String, String)>) -> Response {
    let (kind, bytes) = if path == "egnatia.css" {
        ("text/css".to_owned(), style_sheet().as_bytes().to_vec())
    } else {
        // The style sheet names the fonts relative to itself.
        let stored = if path.starts_with("fonts/") {
            format!("dist/{path}")
        } else {
            path
        };
        let Some(file) = Assets::get(&stored) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let kind = mime_guess::from_path(&stored).first_or_octet_stream();
        (kind.to_string(), file.data.into_owned())
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_starts_its_own_part_with_the_tokens() {
        let sheet = style_sheet();
        let tokens = sheet.find("--ground").unwrap();
        let parts = sheet.find(".evidence-table").unwrap();
        assert!(tokens < parts);
    }

    #[test]
    fn no_style_or_script_is_fetched_from_elsewhere() {
        // What others wrote names spaces of XML, and cannot fetch: the policy of the pages forbids it.
        let ours = Assets::iter().filter(|path| !path.starts_with("dist/"));
        for path in ours.filter(|p| p.ends_with(".css") || p.ends_with(".js")) {
            let text = String::from_utf8(Assets::get(&path).unwrap().data.into_owned()).unwrap();
            assert!(!text.contains("://"), "{path}");
        }
    }
}

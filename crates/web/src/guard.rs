//! Who may send a form: only a page of this node, with the token of the session.

use axum::http::{HeaderMap, Method, header};

use crate::problem::{Problem, ProblemCode};

/// Refuses whatever would change something and comes from another site. Browsers say so in
/// `Sec-Fetch-Site`; older ones only in `Origin`.
pub(crate) fn same_site(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let from_here = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str()).unwrap_or_default();
            let of_origin = origin
                .strip_prefix("https://")
                .or(origin.strip_prefix("http://"));
            of_origin.is_some_and(|of_origin| !host.is_empty() && of_origin == host)
        }
        // No browser: the form's token decides alone.
        (None, None) => true,
    };
    if from_here {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::BadOrigin))
    }
}

/// Whether the form carries the session's token. The time does not depend on where they differ.
pub(crate) fn same_token(expected: &str, given: &str) -> bool {
    let (expected, given) = (expected.as_bytes(), given.as_bytes());
    let differ = expected
        .iter()
        .zip(given)
        .fold(0_u8, |differ, (a, b)| differ | (a ^ b));
    !expected.is_empty() && expected.len() == given.len() && std::hint::black_box(differ) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn refuses_other_sites_by_either_header() {
        let refused = [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://elsewhere.example"), ("host", "node")],
            &[("origin", "null"), ("host", "node")],
            &[("origin", "https://node")],
        ];
        for pairs in refused {
            assert!(
                same_site(&Method::POST, &headers(pairs)).is_err(),
                "{pairs:?}"
            );
            assert!(same_site(&Method::GET, &headers(pairs)).is_ok());
        }
    }

    #[test]
    fn admits_the_node_itself() {
        let admitted = [
            &[("sec-fetch-site", "same-origin")][..],
            &[
                ("origin", "http://127.0.0.1:7070"),
                ("host", "127.0.0.1:7070"),
            ],
            &[],
        ];
        for pairs in admitted {
            assert!(
                same_site(&Method::POST, &headers(pairs)).is_ok(),
                "{pairs:?}"
            );
        }
    }

    #[test]
    fn an_empty_token_is_never_the_same() {
        assert!(same_token("abc", "abc"));
        for given in ["", "ab", "abd", "abcd"] {
            assert!(!same_token("abc", given), "{given}");
        }
        assert!(!same_token("", ""));
    }
}

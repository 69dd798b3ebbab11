//! The cookie that holds a session's token.

use axum::http::{HeaderMap, HeaderValue, header};
use egnatia_app::SessionToken;

/// The name: with the prefix that ties it to this host where it travels over TLS only.
const fn name(secure: bool) -> &'static str {
    if secure { "__Host-egnatia" } else { "egnatia" }
}

/// The token that a request presents.
pub(crate) fn read(headers: &HeaderMap, secure: bool) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name(secure) && !value.is_empty()).then(|| value.to_owned())
        })
}

/// The header that hands a token to the browser, for as long as the browser runs.
pub(crate) fn set(token: &SessionToken, secure: bool) -> Option<HeaderValue> {
    header_value(token.reveal(), "", secure)
}

/// The header that takes the token back.
pub(crate) fn clear(secure: bool) -> Option<HeaderValue> {
    header_value("", "; Max-Age=0", secure)
}

fn header_value(token: &str, more: &str, secure: bool) -> Option<HeaderValue> {
    let tls = if secure { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Strict{tls}{more}",
        name(secure)
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; egnatia=t-_0; b=2"),
        );
        assert_eq!(read(&headers, false).as_deref(), Some("t-_0"));
        assert_eq!(read(&headers, true), None);
    }

    #[test]
    fn is_for_scripts_and_other_sites_out_of_reach() {
        let value = clear(true).unwrap();
        let text = value.to_str().unwrap();
        assert!(text.starts_with("__Host-egnatia=; Path=/; HttpOnly; SameSite=Strict; Secure"));
        assert!(!clear(false).unwrap().to_str().unwrap().contains("Secure"));
    }
}

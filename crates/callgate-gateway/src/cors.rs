//! Which browsers' pages may call: off unless a listener lists exact origins, and answered here, never by the node.
//!
//! There is no wildcard and no credentials mode: a page sends its key or token in a header it sets itself, so that a
//! foreign page cannot spend a visitor's cookie.

use std::time::Duration;

use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;

/// The request headers a page may set: the media type and the places of a credential.
const ALWAYS_ALLOWED: &str = "content-type, authorization";

/// What a listener tells browsers.
#[derive(Clone, Debug)]
pub(crate) struct Cors {
    origins: Vec<HeaderValue>,
    allow_headers: HeaderValue,
    max_age: HeaderValue,
}

/// Where a request says that it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum From<'a> {
    /// No `origin`: not a page of another site.
    NoPage,
    /// A page of this listed origin.
    Listed(&'a HeaderValue),
    /// A page that may not call.
    Stranger,
}

impl Cors {
    /// Answers pages of `origins`, which may set `credential` headers beside the usual ones. Origins that cannot stand
    /// in a header name no page and are left out.
    pub(crate) fn new<'a>(
        origins: impl Iterator<Item = &'a str>,
        credential: &[HeaderName],
        max_age: Duration,
    ) -> Self {
        let names = credential.iter().map(HeaderName::as_str);
        let allowed = std::iter::once(ALWAYS_ALLOWED)
            .chain(names)
            .collect::<Vec<_>>()
            .join(", ");
        Self {
            origins: origins
                .filter_map(|origin| HeaderValue::from_str(origin).ok())
                .collect(),
            allow_headers: HeaderValue::from_str(&allowed).unwrap_or_else(|_| HeaderValue::from_static(ALWAYS_ALLOWED)),
            max_age: HeaderValue::from(max_age.as_secs()),
        }
    }

    fn lists(&self, origin: &HeaderValue) -> bool {
        self.origins.contains(origin)
    }

    /// Headers of the answer to a preflight.
    pub(crate) fn preflight(&self, origin: &HeaderValue, headers: &mut HeaderMap) {
        tag(origin, headers);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, self.allow_headers.clone());
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
    }
}

/// Where `head` comes from, as far as `cors` knows. Two `origin` headers come from a stranger.
pub(crate) fn from<'a>(head: &'a Parts, cors: Option<&Cors>) -> From<'a> {
    let mut origins = head.headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => From::NoPage,
        (Some(origin), None) if cors.is_some_and(|cors| cors.lists(origin)) => From::Listed(origin),
        (Some(_), _) => From::Stranger,
    }
}

/// Lets the page of `origin` read this answer.
pub(crate) fn tag(origin: &HeaderValue, headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn head(origins: &[&str]) -> Parts {
        let mut request = Request::new(());
        for origin in origins {
            request
                .headers_mut()
                .append(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        request.into_parts().0
    }

    #[test]
    fn only_listed_origins_are_known_and_whole() {
        let cors = Cors::new(["https://app.example"].into_iter(), &[], Duration::from_secs(600));
        assert_eq!(from(&head(&[]), Some(&cors)), From::NoPage);
        assert!(matches!(
            from(&head(&["https://app.example"]), Some(&cors)),
            From::Listed(_)
        ));
        for stranger in [
            "https://app.example.evil",
            "https://APP.example",
            "null",
            "http://app.example",
            "https://app.example:1",
        ] {
            assert_eq!(from(&head(&[stranger]), Some(&cors)), From::Stranger, "{stranger}");
        }
        assert_eq!(
            from(&head(&["https://app.example", "https://app.example"]), Some(&cors)),
            From::Stranger
        );
        assert_eq!(from(&head(&["https://app.example"]), None), From::Stranger);
    }

    #[test]
    fn a_preflight_names_the_credential_headers() {
        let own = HeaderName::from_static("x-api-key");
        let cors = Cors::new(["https://app.example"].into_iter(), &[own], Duration::from_secs(600));
        let mut headers = HeaderMap::new();
        cors.preflight(&HeaderValue::from_static("https://app.example"), &mut headers);
        assert_eq!(
            headers["access-control-allow-headers"],
            "content-type, authorization, x-api-key"
        );
        assert_eq!(headers["access-control-allow-methods"], "POST");
        assert_eq!(headers["access-control-max-age"], "600");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
}

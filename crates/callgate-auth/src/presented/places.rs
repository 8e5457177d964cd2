//! The places of a request that may carry a credential: what is configured, checked once.

/// The parameter of RFC 6750 section 2.3.
pub(super) const ACCESS_TOKEN: &str = "access_token";

/// The places one system (tokens or application credentials) accepts; all off by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// `Authorization: Basic`, application credentials only.
    pub basic: bool,
    /// `Authorization: Bearer`.
    pub bearer: bool,
    /// The `access_token` query parameter.
    pub access_token: bool,
    /// A header of this name.
    pub header: Option<String>,
    /// A query parameter of this name.
    pub query: Option<String>,
    /// A cookie of this name.
    pub cookie: Option<String>,
}

/// The places of both systems together, checked.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub(super) basic: Systems,
    pub(super) bearer: Systems,
    pub(super) headers: Names,
    pub(super) queries: Names,
    pub(super) cookies: Names,
}

impl Places {
    /// Joins the places of tokens and of application credentials; `None` switches a system off.
    pub fn new(jwt: Option<&Switches>, appcreds: Option<&Switches>) -> Result<Self, PlacesError> {
        let mut places = Self::default();
        if let Some(switches) = jwt {
            places.add(
                switches,
                Systems {
                    jwt: true,
                    appcreds: false,
                },
            )?;
        }
        if let Some(switches) = appcreds {
            places.add(
                switches,
                Systems {
                    jwt: false,
                    appcreds: true,
                },
            )?;
        }
        Ok(places)
    }

    fn add(&mut self, switches: &Switches, system: Systems) -> Result<(), PlacesError> {
        if switches.basic && system.appcreds {
            self.basic.join(system);
        }
        if switches.bearer {
            self.bearer.join(system);
        }
        if switches.access_token {
            self.queries.add(ACCESS_TOKEN.to_owned(), system);
        }
        if let Some(name) = &switches.header {
            check_header_name(name)?;
            self.headers.add(name.to_ascii_lowercase(), system);
        }
        if let Some(name) = &switches.query {
            check_name(name)?;
            self.queries.add(name.clone(), system);
        }
        if let Some(name) = &switches.cookie {
            check_name(name)?;
            self.cookies.add(name.clone(), system);
        }
        Ok(())
    }
}

/// A place that cannot be configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacesError {
    /// Not a header name, or one that looks like another to software that folds `_` and `-`.
    #[error("`{0}` cannot carry a credential: a header name of letters, digits and `-` is needed")]
    HeaderName(String),
    /// A header with a meaning of its own.
    #[error("header `{0}` has a meaning of its own and cannot carry a credential")]
    HeaderTaken(String),
    /// An empty name or one with characters that would need escaping.
    #[error("`{0}` cannot name a query parameter or cookie: letters, digits, `-`, `_` and `.` are needed")]
    Name(String),
}

/// Which systems may judge a value from some place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Systems {
    pub(crate) jwt: bool,
    pub(crate) appcreds: bool,
}

impl Systems {
    pub(super) fn any(self) -> bool {
        self.jwt || self.appcreds
    }

    pub(super) fn join(&mut self, other: Self) {
        self.jwt |= other.jwt;
        self.appcreds |= other.appcreds;
    }
}

/// Names of one kind of place; one per system, so at most three.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<(String, Systems)>);

impl Names {
    fn add(&mut self, name: String, system: Systems) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, systems)) => systems.join(system),
            None => self.0.push((name, system)),
        }
    }

    pub(super) fn find(&self, is: impl Fn(&str) -> bool) -> Option<(usize, Systems)> {
        self.0
            .iter()
            .enumerate()
            .find(|(_, (name, _))| is(name))
            .map(|(at, (_, systems))| (at, *systems))
    }
}

fn check_header_name(name: &str) -> Result<(), PlacesError> {
    const TAKEN: [&str; 9] = [
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "origin",
        "transfer-encoding",
        "upgrade",
    ];
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(PlacesError::HeaderName(name.to_owned()));
    }
    if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name)) {
        return Err(PlacesError::HeaderTaken(name.to_owned()));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), PlacesError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !name.is_empty() && name.bytes().all(fits) {
        Ok(())
    } else {
        Err(PlacesError::Name(name.to_owned()))
    }
}

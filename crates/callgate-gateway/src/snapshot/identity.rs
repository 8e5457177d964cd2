//! From settings and file contents to what proves who somebody is: issuers with their keys, credentials, places.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use callgate_auth::credential::{InlineSecrets, Store};
use callgate_auth::jwt::{Algorithm, Issuer, IssuerError, KeySet, TypRule, Verifier};
use callgate_auth::presented::PlacesError;
use callgate_auth::{Authenticator, Places, Secret, Switches};
use callgate_policy::document::raw_identity::RawSecret;
use callgate_policy::settings::{self, AppCredsSettings, IssuerSettings, KeySource, Settings, TokenType};

use super::build::{Contents, Parts};
use super::refusal::{Mistake, Refusal};
use crate::files::{Content, KEY_BYTES, Reading};
use crate::keys::{KeyUrl, Place};

/// Where systemd puts the credentials of a service.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// An issuer as the policy has it.
#[derive(Clone)]
pub(super) struct IssuerPlan {
    pub(super) issuer: Issuer,
    pub(super) keys: Keys,
}

/// Where an issuer's keys are.
#[derive(Clone)]
pub(super) enum Keys {
    /// Here.
    Held(Arc<KeySet>),
    /// To be fetched.
    Fetched(Place),
}

/// What was made of files before and can be used again when they are the same.
#[derive(Default)]
pub(super) struct Cache {
    store: Option<(blake3::Hash, InlineSecrets, Arc<Store>)>,
    keys: HashMap<String, (blake3::Hash, Arc<KeySet>)>,
}

/// The credentials of the policy, and the hash of what they were made of.
pub(super) fn store(
    settings: &Settings,
    contents: &Contents,
    cache: &mut Cache,
) -> Result<Option<(Arc<Store>, blake3::Hash)>, Mistake> {
    let Some(appcreds) = &settings.appcreds else {
        return Ok(None);
    };
    let Some(path) = &appcreds.credentials_file else {
        return Ok(Some((Arc::default(), blake3::hash(b""))));
    };
    let inline = if settings.insecure_inline_secrets {
        InlineSecrets::Allowed
    } else {
        InlineSecrets::Refused
    };
    let content = contents.of(path)?;
    let hash = content.hash();
    if let Some((_, _, store)) = cache
        .store
        .as_ref()
        .filter(|known| (known.0, known.1) == (hash, inline))
    {
        return Ok(Some((Arc::clone(store), hash)));
    }
    let text = content.text().map_err(|fault| contents.fault(path, fault))?;
    let store = Arc::new(Store::read(&contents.name(path), text, inline).map_err(Mistake::Credentials)?);
    cache.store = Some((hash, inline, Arc::clone(&store)));
    Ok(Some((store, hash)))
}

/// The issuers of the policy, and the hash of the keys and secrets they were made of. Every mistake is listed.
pub(super) fn issuers(
    settings: &Settings,
    contents: &Contents,
    reading: &mut Reading,
    cache: &mut Cache,
    mistakes: &mut Vec<Mistake>,
) -> (Vec<IssuerPlan>, KeyHashes) {
    let mut workshop = Workshop {
        contents,
        reading,
        known: std::mem::take(&mut cache.keys),
        next: HashMap::new(),
    };
    let mut plans = Vec::new();
    let mut hashes = KeyHashes::default();
    for settings in settings.jwt.iter().flat_map(|jwt| &jwt.issuers) {
        match (issuer(settings), workshop.keys(settings, &mut hashes)) {
            (Ok(issuer), Ok(keys)) => plans.push(IssuerPlan { issuer, keys }),
            (issuer, keys) => mistakes.extend([issuer.err(), keys.err()].into_iter().flatten()),
        }
    }
    cache.keys = workshop.next;
    (plans, hashes)
}

/// Hashes of keys: those that may be shown, and those that may not since a short secret could be guessed from them.
#[derive(Default)]
pub(super) struct KeyHashes {
    pub(super) public: blake3::Hasher,
    pub(super) secret: blake3::Hasher,
}

struct Workshop<'c> {
    contents: &'c Contents,
    reading: &'c mut Reading,
    known: HashMap<String, (blake3::Hash, Arc<KeySet>)>,
    next: HashMap<String, (blake3::Hash, Arc<KeySet>)>,
}

impl Workshop<'_> {
    fn keys(&mut self, settings: &IssuerSettings, hashes: &mut KeyHashes) -> Result<Keys, Mistake> {
        match &settings.keys {
            KeySource::JwksUrl(url) => {
                let url = KeyUrl::parse(url).map_err(|why| Mistake::Url {
                    issuer: settings.issuer.clone(),
                    why,
                })?;
                Ok(Keys::Fetched(Place::Url(url)))
            }
            KeySource::Discovery => Ok(Keys::Fetched(Place::Discovery)),
            KeySource::JwksFile(path) => self.file(path, "jwks", KeySet::from_jwks, &mut hashes.public),
            KeySource::PemFile(path) => self.file(path, "pem", KeySet::from_pem, &mut hashes.public),
            KeySource::Secret(secret) => self.secret(secret, &mut hashes.secret),
        }
    }

    fn file(
        &mut self,
        path: &str,
        form: &str,
        read: impl Fn(&str) -> Result<KeySet, callgate_auth::jwt::KeyError>,
        hasher: &mut blake3::Hasher,
    ) -> Result<Keys, Mistake> {
        let content = self.contents.of(path)?;
        hasher.update(content.hash().as_bytes());
        self.remembered(&format!("{form} {path}"), content.hash(), || {
            let text = content.text().map_err(|fault| self.contents.fault(path, fault))?;
            read(text).map_err(|why| Mistake::Keys {
                file: self.contents.name(path),
                why,
            })
        })
    }

    fn secret(&mut self, secret: &RawSecret, hasher: &mut blake3::Hasher) -> Result<Keys, Mistake> {
        let name = format!("{secret:?}");
        let (bytes, hash) = self.secret_bytes(secret)?;
        hasher.update(hash.as_bytes());
        // A literal has no name that tells it from another: its hash does.
        self.remembered(&format!("{name} {hash}"), hash, || {
            KeySet::from_secret(&bytes).map_err(|why| Mistake::Keys {
                file: name.clone(),
                why,
            })
        })
    }

    fn secret_bytes(&mut self, secret: &RawSecret) -> Result<(Secret, blake3::Hash), Mistake> {
        let of = |content: &Content| {
            let bytes = without_line_end(content.bytes());
            (Secret::new(bytes.to_vec()), blake3::hash(bytes))
        };
        match secret {
            RawSecret::File(path) => self.contents.of(path).map(of),
            RawSecret::Cred(name) => {
                let directory = std::env::var_os(CREDENTIALS_DIRECTORY)
                    .ok_or_else(|| Mistake::NoSecret(format!("${CREDENTIALS_DIRECTORY}, needed for `cred:{name}`,")))?;
                let path = PathBuf::from(directory).join(name);
                self.reading
                    .read(&path, KEY_BYTES)
                    .map(|content| of(&content))
                    .map_err(Mistake::File)
            }
            RawSecret::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| Mistake::NoSecret(format!("`env:{name}`")))?;
                let bytes = std::os::unix::ffi::OsStringExt::into_vec(value);
                let hash = blake3::hash(&bytes);
                Ok((Secret::new(bytes), hash))
            }
            RawSecret::Literal(text) => Ok((Secret::new(text.clone().into_bytes()), blake3::hash(text.as_bytes()))),
        }
    }

    fn remembered(
        &mut self,
        name: &str,
        hash: blake3::Hash,
        make: impl FnOnce() -> Result<KeySet, Mistake>,
    ) -> Result<Keys, Mistake> {
        let keys = match self.known.get(name).filter(|(before, _)| *before == hash) {
            Some((_, keys)) => Arc::clone(keys),
            None => Arc::new(make()?),
        };
        self.next.insert(name.to_owned(), (hash, Arc::clone(&keys)));
        Ok(Keys::Held(keys))
    }
}

/// Editors and `echo` end a file with a line feed that is no part of the secret.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn issuer(settings: &IssuerSettings) -> Result<Issuer, Mistake> {
    let algorithms = settings
        .algorithms
        .iter()
        .map(|name| name.parse::<Algorithm>())
        .collect::<Result<Vec<_>, _>>();
    let algorithms = algorithms.map_err(|why| Mistake::Algorithm {
        issuer: settings.issuer.clone(),
        why,
    })?;
    Ok(Issuer {
        leeway_secs: settings.leeway.as_secs(),
        typ: match settings.typ {
            TokenType::Usual => TypRule::Usual,
            TokenType::AccessToken => TypRule::AccessToken,
        },
        max_lifetime_secs: settings.max_lifetime.map(|lifetime| lifetime.as_secs()),
        ..Issuer::new(settings.issuer.clone(), settings.audiences.clone(), algorithms)
    })
}

/// The places of both systems.
pub(super) fn places(settings: &Settings) -> Result<Places, PlacesError> {
    let jwt = settings.jwt.as_ref().map(|jwt| switches(&jwt.places));
    let appcreds = settings
        .appcreds
        .as_ref()
        .map(|AppCredsSettings { places, .. }| switches(places));
    Places::new(jwt.as_ref(), appcreds.as_ref())
}

/// `bearer` is both the header and the `access_token` parameter, as in BAF.
fn switches(places: &settings::Places) -> Switches {
    Switches {
        basic: places.basic,
        bearer: places.bearer,
        access_token: places.bearer,
        header: places.header.clone(),
        query: places.query.clone(),
        cookie: places.cookie.clone(),
    }
}

/// Puts keys and credentials together. `fetched` gives what was last fetched of an issuer.
pub(super) fn authenticator(
    parts: &Parts,
    fetched: impl Fn(&str) -> Option<Arc<KeySet>>,
) -> Result<Authenticator, Refusal> {
    let keyed = |plan: &IssuerPlan| {
        let keys = match &plan.keys {
            Keys::Held(keys) => Arc::clone(keys),
            Keys::Fetched(_) => fetched(&plan.issuer.issuer).unwrap_or_else(|| Arc::new(KeySet::empty())),
        };
        (plan.issuer.clone(), keys)
    };
    let verifier = match &parts.compiled.settings.jwt {
        None => None,
        Some(_) => Some(Arc::new(
            Verifier::new(parts.issuers.iter().map(keyed).collect()).map_err(of_issuers)?,
        )),
    };
    Ok(Authenticator {
        verifier,
        store: parts.store.clone(),
    })
}

fn of_issuers(errors: Vec<IssuerError>) -> Refusal {
    Refusal::of(errors.into_iter().map(Mistake::Issuer).collect())
}

/// A path of the policy, relative to it.
pub(super) fn resolve(base: &Path, written: &str) -> PathBuf {
    base.join(written)
}

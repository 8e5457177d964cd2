//! Application credentials: long random keys, of which only hashes are stored.
//!
//! A presented key is hashed and looked up by its digest, so the cost is the same with ten credentials and a hundred
//! thousand, and the same for every kind of refusal.

mod document;
mod edit;
mod expiry;
mod file;
mod key;

pub use edit::{EditError, Listed, NewCredential, add, list, rotate};
pub use expiry::{TimeError, parse_time, write_time};
pub use file::{CREDENTIALS, FILE_BYTES, InlineSecrets, Problem};
pub use key::{Generated, ID_BYTES, IdError, RANDOM_BYTES, check_id, fresh_id, generate};

use crate::principal::{Method, Place, Principal};
use key::Spelling;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// SHA-256 of a whole key as it is presented.
pub(crate) type Digest = [u8; 32];

/// All application credentials, immutable.
#[derive(Default)]
pub struct Store {
    credentials: Vec<Credential>,
    slots: Vec<Slot>,
    /// First eight bytes of a digest to the first slot that begins so.
    by_prefix: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
}

/// Why a key is refused. For the audit only: the client's answer is the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Begins like one of our keys, but is cut, misspelled or made up.
    #[error("key is misspelled: its checksum is wrong")]
    Misspelled,
    /// No live credential has this secret, or (with Basic) the id belongs to another secret.
    #[error("no credential has this secret")]
    Unknown,
    /// Right, but switched off.
    #[error("credential is disabled")]
    Disabled,
    /// Right, but over.
    #[error("credential expired at {0}")]
    Expired(u64),
}

impl Refusal {
    /// A stable code for audit lines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Misspelled => "credential_misspelled",
            Self::Unknown => "credential_unknown",
            Self::Disabled => "credential_disabled",
            Self::Expired(_) => "credential_expired",
        }
    }
}

impl Store {
    /// Reads a credentials file (YAML or JSON): a list of
    /// `{ id, hash, previous?: { hash, expires }, expires?, disabled?, tenant? }`. `name` is only for messages. All
    /// mistakes are reported at once, in the order of the file.
    pub fn read(name: &str, text: &str, inline: InlineSecrets) -> Result<Self, Vec<Problem>> {
        file::read(name, text, inline).map(Self::build)
    }

    /// How many credentials there are.
    pub fn len(&self) -> usize {
        self.credentials.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.credentials.is_empty()
    }

    /// The ids, in the order of the file.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.credentials.iter().map(|credential| &*credential.id)
    }

    /// The ids of the credentials that are not disabled; some may have expired.
    pub fn active_ids(&self) -> impl Iterator<Item = &str> {
        let active = self
            .credentials
            .iter()
            .filter(|credential| credential.state != State::Disabled);
        active.map(|credential| &*credential.id)
    }

    /// Judges a whole key presented alone, at `now` (unix seconds).
    pub fn find(&self, key: &str, place: Place, now: u64) -> Result<Principal, Refusal> {
        self.judge(None, key, place, now)
    }

    /// Judges an id and a whole key presented together (Basic): both must belong to one credential.
    pub fn find_pair(&self, id: &str, key: &str, place: Place, now: u64) -> Result<Principal, Refusal> {
        self.judge(Some(id), key, place, now)
    }

    fn judge(&self, id: Option<&str>, key: &str, place: Place, now: u64) -> Result<Principal, Refusal> {
        let named = match Spelling::of(key) {
            Spelling::Wrong => return Err(Refusal::Misspelled),
            Spelling::Ours { id } => Some(id),
            Spelling::Other => None,
        };
        let digest = key::digest(key);
        let (slot, equal) = self.slot(&digest);
        let credential = slot.and_then(|slot| self.credentials.get(slot.credential as usize));
        let (Some(slot), Some(credential), true) = (slot, credential, equal) else {
            return Err(Refusal::Unknown);
        };
        // A hash copied to another entry does not make the key that entry's.
        if [id, named].into_iter().flatten().any(|id| id != &*credential.id) {
            return Err(Refusal::Unknown);
        }
        if credential.state == State::Disabled {
            return Err(Refusal::Disabled);
        }
        match slot.expires {
            Some(expires) if now >= expires => Err(Refusal::Expired(expires)),
            expires_at => Ok(credential.principal(place, expires_at)),
        }
    }

    /// The slot with this digest and whether it really has it: at least one constant-time comparison, found or not.
    fn slot(&self, digest: &Digest) -> (Option<&Slot>, bool) {
        let mut at = self.by_prefix.get(&prefix(digest)).copied();
        loop {
            let slot = at.and_then(|at| self.slots.get(at as usize));
            let stored = slot.map_or(&NOBODY, |slot| &slot.digest);
            let equal: bool = stored.ct_eq(digest).into();
            match slot.and_then(|slot| slot.next) {
                Some(next) if !equal => at = Some(next),
                _ => return (slot, equal),
            }
        }
    }

    fn build(entries: Vec<Entry>) -> Self {
        let mut store = Self::default();
        store.credentials.reserve_exact(entries.len());
        store.slots.reserve(entries.len());
        store.by_prefix.reserve(entries.len());
        for entry in entries {
            let credential = store.credentials.len() as u32;
            store.insert(Slot {
                digest: entry.digest,
                credential,
                expires: entry.expires,
                next: None,
            });
            if let Some((digest, expires)) = entry.previous {
                let expires = Some(entry.expires.map_or(expires, |whole| whole.min(expires)));
                store.insert(Slot {
                    digest,
                    credential,
                    expires,
                    next: None,
                });
            }
            store.credentials.push(Credential {
                id: entry.id,
                tenant: entry.tenant,
                state: entry.state,
            });
        }
        store
    }

    fn insert(&mut self, mut slot: Slot) {
        let at = self.slots.len() as u32;
        slot.next = self.by_prefix.insert(prefix(&slot.digest), at);
        self.slots.push(slot);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("credentials", &self.credentials.len())
            .finish_non_exhaustive()
    }
}

/// A valid entry of the file. At most [`CREDENTIALS`] of them, so places fit 32 bits.
#[derive(PartialEq, Eq)]
pub(crate) struct Entry {
    id: Box<str>,
    digest: Digest,
    previous: Option<(Digest, u64)>,
    expires: Option<u64>,
    state: State,
    tenant: Option<Arc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    Disabled,
}

struct Credential {
    id: Box<str>,
    tenant: Option<Arc<str>>,
    state: State,
}

impl Credential {
    fn principal(&self, place: Place, expires_at: Option<u64>) -> Principal {
        let mut claims = Map::new();
        claims.insert("id".to_owned(), Value::String(self.id.to_string()));
        Principal {
            id: self.id.to_string(),
            method: Method::AppCredential,
            presented: place,
            issuer: None,
            claims,
            tenant: self.tenant.as_deref().map(str::to_owned),
            expires_at,
        }
    }
}

/// One live secret of a credential.
struct Slot {
    digest: Digest,
    credential: u32,
    expires: Option<u64>,
    next: Option<u32>,
}

/// What an unknown key is compared with. No input with this SHA-256 is known.
const NOBODY: Digest = [0; 32];

fn prefix(digest: &Digest) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A hasher for keys that are hashes already. Nobody can choose what is stored: stored digests are of random keys.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

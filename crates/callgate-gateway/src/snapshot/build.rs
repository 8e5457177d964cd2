//! Building: from files to the parts of a snapshot, with everything reused that is made of the same bytes as before.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use callgate_auth::Places;
use callgate_auth::credential::Store;
use callgate_policy::settings::{AuditSink, Settings, Upstream};
use callgate_policy::{Compiled, Document, FileNeed, FilePurpose, Inputs};

use super::identity::{self, Cache, IssuerPlan, resolve};
use super::refusal::{Mistake, Refusal};
use super::{Overrides, Sources};
use crate::audit::Destination;
use crate::files::{Content, FileError, FileFault, KEY_BYTES, POLICY_BYTES, Reading, TABLE_BYTES};
use crate::upstream;

/// How often files that change while they are read are read again before giving up until the next event.
const TRIES: usize = 8;

/// The pause before reading again.
const PAUSE: Duration = Duration::from_millis(25);

/// Reads and compiles, and remembers what it made.
pub(super) struct Builder {
    sources: Sources,
    base: PathBuf,
    document: Option<(blake3::Hash, Arc<Document>)>,
    compiled: Option<(blake3::Hash, Arc<Compiled>)>,
    identity: Cache,
}

/// What one reading led to.
pub(super) struct Built {
    pub(super) parts: Result<Parts, Refusal>,
    /// Every file that was read or looked for.
    pub(super) reading: Reading,
}

/// The parts of a snapshot, but for fetched keys.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) compiled: Arc<Compiled>,
    pub(super) store: Option<Arc<Store>>,
    pub(super) issuers: Vec<IssuerPlan>,
    pub(super) places: Arc<Places>,
    /// Of everything that was read, secrets included: what is compared.
    pub(super) hash: blake3::Hash,
    /// Of everything but secrets: what is shown.
    pub(super) digest: String,
    /// The names of the files for the board of sources.
    pub(super) files: Vec<String>,
}

impl Builder {
    pub(super) fn new(sources: Sources) -> Self {
        let base = sources.policy.parent().map(PathBuf::from).unwrap_or_default();
        Self {
            sources,
            base,
            document: None,
            compiled: None,
            identity: Cache::default(),
        }
    }

    /// Reads all files as of one moment and makes the parts of a snapshot of them.
    pub(super) fn build(&mut self) -> Built {
        let mut reading = Reading::default();
        for _ in 0..TRIES {
            reading = Reading::default();
            let parts = catch_unwind(AssertUnwindSafe(|| self.build_once(&mut reading)))
                .unwrap_or_else(|_| Err(Refusal::one(Mistake::Internal)));
            if reading.still_holds() {
                return Built { parts, reading };
            }
            std::thread::sleep(PAUSE);
        }
        Built {
            parts: Err(Refusal::one(Mistake::Restless)),
            reading,
        }
    }

    fn build_once(&mut self, reading: &mut Reading) -> Result<Parts, Refusal> {
        let policy = reading.read(&self.sources.policy, POLICY_BYTES).map_err(Refusal::one)?;
        let document = self.document(&policy)?;
        let needs = document.files();
        let contents = Contents::read(reading, &self.base, &needs);
        let (compiled, policy_hash) = self.compiled(&policy, &document, &needs, &contents)?;
        let settings = &compiled.settings;
        let mut mistakes = Vec::new();
        let store = identity::store(settings, &contents, &mut self.identity);
        let (issuers, keys) = identity::issuers(settings, &contents, reading, &mut self.identity, &mut mistakes);
        let places = identity::places(settings);
        let (store, places) = match (store, places) {
            (Ok(store), Ok(places)) if mistakes.is_empty() => (store, Arc::new(places)),
            (store, places) => {
                mistakes.extend(store.err());
                mistakes.extend(places.err().map(Mistake::Place));
                return Err(Refusal::of(mistakes));
            }
        };
        let mut shown = blake3::Hasher::new();
        shown
            .update(policy_hash.as_bytes())
            .update(keys.public.finalize().as_bytes());
        shown.update(store.as_ref().map_or(&[], |(_, hash)| hash.as_bytes().as_slice()));
        let shown = shown.finalize();
        let mut hash = blake3::Hasher::new();
        hash.update(shown.as_bytes()).update(keys.secret.finalize().as_bytes());
        Ok(Parts {
            store: store.map(|(store, _)| store),
            issuers,
            places,
            hash: hash.finalize(),
            digest: shown.to_hex().chars().take(32).collect(),
            files: std::iter::once(self.policy_name())
                .chain(needs.iter().map(|need| contents.name(&need.path)))
                .collect(),
            compiled,
        })
    }

    /// The policy file's name on the board of sources and in reports.
    pub(super) fn policy(&self) -> &Path {
        &self.sources.policy
    }

    fn policy_name(&self) -> String {
        self.sources.policy.display().to_string()
    }

    fn document(&mut self, policy: &Content) -> Result<Arc<Document>, Refusal> {
        if let Some((_, document)) = self.document.as_ref().filter(|(hash, _)| *hash == policy.hash()) {
            return Ok(Arc::clone(document));
        }
        let path = &self.sources.policy;
        let text = policy.text().map_err(|fault| {
            Refusal::one(FileError {
                path: path.clone(),
                fault,
            })
        })?;
        let document = callgate_policy::read(&self.policy_name(), text);
        let document = Arc::new(document.map_err(|report| Refusal::one(Mistake::Policy(report)))?);
        self.document = Some((policy.hash(), Arc::clone(&document)));
        Ok(document)
    }

    /// The rules and settings, and the hash of every file they were made of.
    fn compiled(
        &mut self,
        policy: &Content,
        document: &Document,
        needs: &[FileNeed],
        contents: &Contents,
    ) -> Result<(Arc<Compiled>, blake3::Hash), Refusal> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(policy.hash().as_bytes());
        let rules = needs
            .iter()
            .filter(|need| matches!(need.purpose, FilePurpose::Set | FilePurpose::Tenants));
        let rules: Vec<_> = rules.map(|need| need.path.as_str()).collect();
        for path in &rules {
            let hash = contents.of(path).map_or_else(|_| blake3::hash(b""), Content::hash);
            hasher
                .update(blake3::hash(path.as_bytes()).as_bytes())
                .update(hash.as_bytes());
        }
        let hash = hasher.finalize();
        if let Some((_, compiled)) = self.compiled.as_ref().filter(|(before, _)| *before == hash) {
            return Ok((Arc::clone(compiled), hash));
        }
        let mut inputs = Inputs::default();
        let mut mistakes = Vec::new();
        for path in rules {
            match contents
                .of(path)
                .and_then(|content| content.text().map_err(|fault| contents.fault(path, fault)))
            {
                Ok(text) => drop(inputs.files.insert(path.to_owned(), text.to_owned())),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        match callgate_policy::compile(document, &inputs) {
            Ok(compiled) if mistakes.is_empty() => {
                let compiled = Arc::new(overridden(compiled, &self.sources.overrides));
                guard_inline_secrets(&compiled.settings)?;
                // workers could not follow a snapshot without a way to its node: they would go on with the one before
                upstream::check(&compiled.settings.upstream).map_err(|why| Refusal::one(Mistake::Upstream(why)))?;
                self.compiled = Some((hash, Arc::clone(&compiled)));
                Ok((compiled, hash))
            }
            result => {
                mistakes.extend(result.err().map(Mistake::Policy));
                Err(Refusal::of(mistakes))
            }
        }
    }

    pub(super) fn audit_destination(&self, settings: &Settings) -> Destination {
        match &settings.log.audit {
            AuditSink::Stdout => Destination::Stdout,
            AuditSink::Stderr => Destination::Stderr,
            AuditSink::File(path) => Destination::File(resolve(&self.base, path)),
        }
    }
}

/// The files beside the policy, by the paths they are written with. Whether one is missing matters to who needs it.
pub(super) struct Contents {
    base: PathBuf,
    files: HashMap<String, Result<Content, FileError>>,
}

impl Contents {
    fn read(reading: &mut Reading, base: &std::path::Path, needs: &[FileNeed]) -> Self {
        let mut files = HashMap::new();
        for need in needs {
            let limit = match need.purpose {
                FilePurpose::Set | FilePurpose::Tenants | FilePurpose::Credentials => TABLE_BYTES,
                FilePurpose::Jwks | FilePurpose::Pem | FilePurpose::Secret => KEY_BYTES,
            };
            let read = || reading.read(&resolve(base, &need.path), limit);
            files.entry(need.path.clone()).or_insert_with(read);
        }
        Self {
            base: base.to_path_buf(),
            files,
        }
    }

    /// What a file held.
    pub(super) fn of(&self, path: &str) -> Result<&Content, Mistake> {
        match self.files.get(path) {
            Some(Ok(content)) => Ok(content),
            Some(Err(error)) => Err(self.fault(path, error.fault.clone())),
            None => Err(self.fault(path, std::io::Error::from(std::io::ErrorKind::NotFound).into())),
        }
    }

    /// A file's name on the board of sources and in messages.
    pub(super) fn name(&self, path: &str) -> String {
        resolve(&self.base, path).display().to_string()
    }

    /// A mistake about a file.
    pub(super) fn fault(&self, path: &str, fault: FileFault) -> Mistake {
        Mistake::File(FileError {
            path: resolve(&self.base, path),
            fault,
        })
    }
}

fn overridden(mut compiled: Compiled, overrides: &Overrides) -> Compiled {
    let settings = &mut compiled.settings;
    if let (Some(address), Some(first)) = (overrides.listen, settings.listeners.first_mut()) {
        first.address = address;
    }
    if let Some(upstream) = &overrides.upstream {
        settings.upstream = Upstream {
            name: std::mem::take(&mut settings.upstream.name),
            ..upstream.clone()
        };
    }
    if let Some(admin) = overrides.admin {
        settings.admin = admin;
    }
    compiled
}

/// Literal secrets are for trying things out: whoever else can reach a listener must not meet them.
fn guard_inline_secrets(settings: &Settings) -> Result<(), Refusal> {
    if !settings.insecure_inline_secrets {
        return Ok(());
    }
    let exposed = settings
        .listeners
        .iter()
        .filter(|listener| !listener.address.ip().to_canonical().is_loopback());
    let mistakes: Vec<_> = exposed
        .map(|listener| Mistake::InlineSecrets {
            listener: listener.name.clone(),
            address: listener.address,
        })
        .collect();
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(Refusal::of(mistakes))
    }
}

//! What a socket may do and for how long: the credential of its handshake, judged again and again.

use std::sync::Arc;
use std::time::Duration;

use callgate_auth::Presented;
use hyper::Request;

use super::close::Ending;
use super::limits::LEEWAY_LOOK;
use crate::authenticate::{Caller, Stranger};
use crate::current::Current;
use crate::handles::OwnerKey;
use crate::reply::Refused;
use crate::server::{Entrance, Visit, Worker};

/// Longer than any socket lives: for credentials without an end.
const NO_END: Duration = Duration::from_secs(365 * 24 * 3600);

/// A credential and what it is good for now.
pub(super) struct Grant {
    presented: Presented<'static>,
    caller: Arc<Caller>,
    current: Arc<Current>,
    entrance: Arc<Entrance>,
    /// The place of the listener among the open ones.
    place: usize,
    /// The newest snapshot that it was judged by.
    revision: u64,
}

impl Grant {
    /// Of a handshake whose caller is known.
    pub(super) fn of<B>(visit: &Visit, caller: Arc<Caller>, request: &Request<B>) -> Result<Self, Refused> {
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()));
        let places = &visit.current.snapshot().places;
        let presented = places.extract(headers, request.uri().query());
        // it was found a moment ago; when a new policy looks elsewhere now, the client may try again
        let presented = presented.map_err(|_| Refused::Stopping)?.into_owned();
        Ok(Self {
            presented,
            caller,
            current: Arc::clone(&visit.current),
            entrance: Arc::clone(&visit.entrance),
            place: visit.guest.place,
            revision: visit.current.revision(),
        })
    }

    /// Who is calling.
    pub(super) fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// The snapshot it was judged by, and what goes with it.
    pub(super) fn current(&self) -> &Arc<Current> {
        &self.current
    }

    /// The listener.
    pub(super) fn entrance(&self) -> &Arc<Entrance> {
        &self.entrance
    }

    /// Whether it needs no new judging: the snapshot is the same, and its time is not over.
    pub(super) fn is_fresh(&self, worker: &Worker) -> bool {
        self.revision == worker.gateway.live.load().revision && !self.is_over(worker)
    }

    /// How long until it should be judged again, whatever else happens.
    pub(super) fn lasts(&self, worker: &Worker) -> Duration {
        let Some(end) = self.caller.principal().expires_at else {
            return NO_END;
        };
        let now = Duration::from_micros(worker.gateway.clock.unix_micros());
        match Duration::from_secs(end).checked_sub(now) {
            Some(left) if !left.is_zero() => left.min(NO_END),
            // only leeway lets it pass now
            _ => LEEWAY_LOOK,
        }
    }

    fn is_over(&self, worker: &Worker) -> bool {
        let end = self.caller.principal().expires_at;
        end.is_some_and(|second| worker.gateway.clock.unix_seconds() >= second)
    }

    /// Judges the credential again, by the newest snapshot.
    ///
    /// # Errors
    /// How the socket ends, when nothing is granted any more.
    pub(super) async fn renew(&mut self, worker: &Worker) -> Result<(), Ending> {
        let live = &worker.gateway.live;
        let mut snapshot = live.load_full();
        let outcome = worker
            .authentication
            .of_presented(&self.presented, None, &mut snapshot, live)
            .await;
        let caller = outcome.map_err(|stranger| self.ending(&stranger, worker))?;
        if OwnerKey::of(caller.principal()) != OwnerKey::of(self.caller.principal()) {
            // the secret was given to somebody else
            return Err(Ending::Revoked);
        }
        self.caller = caller;
        self.revision = snapshot.revision;
        self.current = worker.current_of(&snapshot);
        self.entrance = self
            .current
            .entrance(self.place)
            .map(Arc::clone)
            .ok_or(Ending::ListenerGone)?;
        Ok(())
    }

    fn ending(&self, stranger: &Stranger, worker: &Worker) -> Ending {
        match stranger {
            Stranger::Unmapped { .. } => Ending::Unmapped,
            Stranger::Unknown { .. } | Stranger::TooManyFailures if self.is_over(worker) => Ending::Expired,
            Stranger::Unknown { .. } | Stranger::TooManyFailures => Ending::Revoked,
        }
    }
}

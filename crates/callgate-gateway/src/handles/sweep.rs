//! Ending filters in the background, here and at the node.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callgate_eth::HandleKind;
use callgate_policy::Outgoing;

use super::Ended;
use crate::audit::Front;
use crate::server::Worker;
use crate::upstream::Repeat;

/// How often filters are looked at: nothing is delivered from an overdue one meanwhile, it only takes room.
const EVERY: Duration = Duration::from_secs(5);

/// Ends filters whose time or whose owner's grant is over, for as long as the worker lives.
pub(crate) async fn sweep(worker: Arc<Worker>) {
    let mut changed = worker.gateway.live.subscribe();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        let ended = tokio::select! {
            _ = ticks.tick() => worker.gateway.handles.end_overdue(),
            change = changed.changed() => match change {
                Ok(()) => worker.gateway.handles.end_revoked(&worker.gateway.live.load_full()),
                Err(_) => return,
            },
        };
        release(&worker, ended).await;
    }
}

/// Tells the node, as far as it is still the same one and takes calls: it forgets unused filters by itself.
async fn release(worker: &Arc<Worker>, ended: Vec<Ended>) {
    let current = worker.current();
    for Ended { node, at } in ended {
        if at != current.node_mark(Front::Http) {
            continue;
        }
        let release = Outgoing::release(worker.node_ids(1), HandleKind::Filter, &node);
        if let Err(fault) = current
            .upstream()
            .ask(Bytes::from(release.into_bytes()), Repeat::Never)
            .await
        {
            tracing::debug!(%fault, "filters could not be removed at the node");
            return;
        }
    }
}

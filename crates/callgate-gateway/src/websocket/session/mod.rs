//! The life of one socket: one loop over everything that can happen to it, one thing at a time.

mod client;
mod node;

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use tokio::sync::watch;
use tokio::time::{Interval, Sleep};
use tokio_tungstenite::tungstenite::{Error, Message};

use self::node::Held;
use super::close::Ending;
use super::connection::{ClientStream, Identity};
use super::flights::{Flights, Landed};
use super::grant::Grant;
use super::limits::{CLOSING, GONE_AFTER, IN_FLIGHT, PING_AFTER, TICK};
use super::link::{FromNode, Link};
use super::meter::Meter;
use super::outbox::Outbox;
use super::subscriptions::Subscriptions;
use crate::pipeline::{Answer, refusal_of_deed};
use crate::server::Worker;

/// Everything about one open socket.
pub(super) struct Session {
    worker: Arc<Worker>,
    grant: Grant,
    identity: Identity,
    /// What goes to the client.
    client: Arc<Outbox>,
    /// What comes from the client.
    meter: Arc<Meter>,
    heard: Instant,
    controls: u32,
    /// The node's end, from the first permitted call on.
    link: Option<Link>,
    flights: Flights,
    subscriptions: Arc<Subscriptions>,
    held: Held,
    /// Why it ends as soon as the messages under way have landed.
    leaving: Option<Ending>,
    changed: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// When the grant is judged again.
    alarm: Pin<Box<Sleep>>,
    /// When it leaves, whatever is still under way.
    last_call: Pin<Box<Sleep>>,
    ticks: Interval,
}

/// Something that happens to a socket.
enum Happening {
    Stop,
    SnapshotChanged,
    GrantMayBeOver,
    LastCall,
    Tick,
    Landed(Landed),
    Node(FromNode),
    Client(Option<Result<Message, Error>>),
    Room,
}

impl Session {
    /// A session on an open socket.
    pub(super) fn new(
        worker: Arc<Worker>,
        grant: Grant,
        identity: Identity,
        client: Arc<Outbox>,
        meter: Arc<Meter>,
    ) -> Self {
        let in_time = grant.lasts(&worker);
        Self {
            changed: worker.gateway.live.subscribe(),
            stop: worker.gateway.stop.clone(),
            alarm: Box::pin(tokio::time::sleep(in_time)),
            last_call: Box::pin(tokio::time::sleep(Duration::ZERO)),
            ticks: tokio::time::interval_at(tokio::time::Instant::now() + TICK, TICK),
            flights: Flights::new(worker.gateway.limits.exchange_time),
            subscriptions: Arc::default(),
            held: Held::default(),
            heard: Instant::now(),
            controls: 0,
            link: None,
            leaving: None,
            worker,
            grant,
            identity,
            client,
            meter,
        }
    }

    /// Serves the socket until something ends it.
    pub(super) async fn run(mut self, client: &mut SplitStream<ClientStream>) -> Ending {
        loop {
            if let Some(ending) = self.leaving.filter(|_| self.flights.count() == 0) {
                return ending;
            }
            let happening = self.happening(client).await;
            if let Err(ending) = self.handle(happening).await {
                return ending;
            }
        }
    }

    /// Whether the client's next message is wanted.
    fn reads(&self) -> bool {
        self.leaving.is_none()
            && self.flights.count() < IN_FLIGHT
            && self.client.has_room()
            && self.link.as_ref().is_none_or(|link| link.outbox.has_room())
    }

    async fn happening(&mut self, client: &mut SplitStream<ClientStream>) -> Happening {
        let (reads, is_leaving, has_room) = (self.reads(), self.leaving.is_some(), self.client.has_room());
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stop| *stop), if !is_leaving => Happening::Stop,
            _ = self.changed.changed() => Happening::SnapshotChanged,
            () = &mut self.alarm => Happening::GrantMayBeOver,
            () = &mut self.last_call, if is_leaving => Happening::LastCall,
            _ = self.ticks.tick() => Happening::Tick,
            Some(landed) = self.flights.next() => Happening::Landed(landed),
            news = from_node(&mut self.link), if has_room => Happening::Node(news),
            message = client.next(), if reads => Happening::Client(message),
            () = self.client.room(), if !has_room => Happening::Room,
        }
    }

    async fn handle(&mut self, happening: Happening) -> Result<(), Ending> {
        match happening {
            Happening::Stop => self.leave(Ending::Stopping),
            Happening::SnapshotChanged => self.refresh().await?,
            Happening::GrantMayBeOver => self.renew().await?,
            Happening::LastCall => return Err(self.leaving.unwrap_or(Ending::Stopping)),
            Happening::Tick => self.tick()?,
            Happening::Landed(landed) => self.landed(landed)?,
            Happening::Node(from_node) => {
                self.refresh().await?;
                self.hear_node(from_node)?;
            }
            Happening::Client(message) => self.hear_client(message).await?,
            Happening::Room => {}
        }
        Ok(())
    }

    /// Takes no more from the client; ends when everything under way has landed.
    fn leave(&mut self, ending: Ending) {
        if self.leaving.is_none() {
            self.leaving = Some(ending);
            let time = self.worker.gateway.limits.drain_time.saturating_sub(CLOSING);
            self.last_call.as_mut().reset(tokio::time::Instant::now() + time);
        }
    }

    /// Sees that what follows is judged by a grant that stands.
    async fn refresh(&mut self) -> Result<(), Ending> {
        if self.grant.is_fresh(&self.worker) {
            Ok(())
        } else {
            self.renew().await
        }
    }

    async fn renew(&mut self) -> Result<(), Ending> {
        let before = self.grant.current().revision();
        self.grant.renew(&self.worker).await?;
        let lasts = self.grant.lasts(&self.worker);
        self.alarm.as_mut().reset(tokio::time::Instant::now() + lasts);
        if self.grant.current().revision() != before {
            self.turn_to_new_policy();
        }
        Ok(())
    }

    /// Ends what the new policy no longer grants, and what hangs on a node that it no longer names.
    fn turn_to_new_policy(&mut self) {
        let (current, caller) = (self.grant.current(), self.grant.caller());
        let door = self.grant.entrance().door();
        let is_refused = |deed: &[u8]| refusal_of_deed(current, caller.subject(), door, deed).is_some();
        for node in self.subscriptions.end(is_refused) {
            self.release(&node);
        }
        if self
            .link
            .as_ref()
            .is_some_and(|link| !link.goes(self.grant.current().route()))
        {
            if self.is_node_needed() {
                self.leave(Ending::NodeReplaced);
            } else {
                self.link = None;
            }
        }
    }

    /// Whether something would be lost with the connection to the node.
    fn is_node_needed(&self) -> bool {
        self.flights.wait_for_node() || !self.subscriptions.is_empty()
    }

    fn landed(&mut self, landed: Landed) -> Result<(), Ending> {
        self.flights.landed(&landed);
        if let Answer::Json(_, text) = landed.answer {
            self.client.push(0, text);
        }
        if landed.handles.subscribes() {
            for id in landed.handles.born() {
                self.subscriptions.told(id);
            }
            for orphan in self.subscriptions.orphans() {
                self.release(&orphan);
            }
            self.let_go()?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), Ending> {
        self.controls = 0;
        if !self.reads() {
            // nobody listens, so nobody can be called slow or silent
            self.heard = Instant::now();
            self.meter.excuse();
        }
        if self.meter.age() > self.worker.gateway.limits.body_time {
            return Err(Ending::SlowMessage);
        }
        let silent = self.heard.elapsed();
        if silent >= GONE_AFTER {
            return Err(Ending::Silent);
        }
        if silent >= PING_AFTER {
            self.client.ping();
        }
        Ok(())
    }
}

/// The next thing from the node, if there is a link to one.
async fn from_node(link: &mut Option<Link>) -> FromNode {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

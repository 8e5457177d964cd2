//! What the client sends: messages to judge, and frames that keep the socket alive.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Session;
use crate::audit::{Event, Front, Origin, RefusalEvent};
use crate::pipeline::{self, Scene};
use crate::reply::{self, Refused, Signature};
use crate::request_id::RequestId;
use crate::websocket::close::Ending;
use crate::websocket::handles::MessageHandles;
use crate::websocket::limits::CONTROL_FRAMES;
use crate::websocket::link::Link;
use crate::websocket::outbox::Outbox;

impl Session {
    /// Takes what the client's end of the socket gave.
    pub(super) async fn hear_client(&mut self, message: Option<Result<Message, Error>>) -> Result<(), Ending> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => self.message(text.as_str().as_bytes()).await,
            // web3.py sends its calls so: the same bytes, the same reader, and nothing of them goes on either way
            Some(Ok(Message::Binary(bytes))) => self.message(&bytes).await,
            Some(Ok(Message::Ping(payload) | Message::Pong(payload))) => self.control(payload.len()),
            Some(Ok(Message::Close(frame))) => Err(Ending::Closed(frame.map(|frame| frame.code.into()))),
            Some(Ok(Message::Frame(_))) => Err(Ending::Protocol),
            Some(Err(error)) => Err(Ending::of_reading(&error)),
            None => Err(Ending::Gone),
        }
    }

    async fn message(&mut self, bytes: &[u8]) -> Result<(), Ending> {
        self.meter.message();
        let started = Instant::now();
        self.refresh().await?;
        self.call(bytes, started).await;
        Ok(())
    }

    fn control(&mut self, payload: usize) -> Result<(), Ending> {
        self.meter.control(payload);
        self.controls = self.controls.saturating_add(1);
        if self.controls > CONTROL_FRAMES {
            Err(Ending::Controls)
        } else {
            Ok(())
        }
    }

    /// Judges one message and sends on what is permitted of it.
    async fn call(&mut self, text: &[u8], started: Instant) {
        self.worker.metrics.request(Front::WebSocket);
        let request_id = self.worker.request_ids.next();
        let handles = MessageHandles::new(&self.worker.gateway.handles, &self.subscriptions);
        let scene = Scene {
            request_id,
            front: Front::WebSocket,
            entrance: Arc::clone(self.grant.entrance()),
            peer: self.identity.peer,
            connection: Some(Arc::clone(&self.identity.connection)),
            caller: Arc::clone(self.grant.caller()),
            current: Arc::clone(self.grant.current()),
            handles: Arc::<MessageHandles>::clone(&handles),
        };
        let mut flight = match pipeline::judge(&self.worker, scene, started, text) {
            Ok(flight) => flight,
            Err(error) => return self.refuse(request_id, &Refused::Document(error), started).await,
        };
        self.identity.calls.fetch_add(flight.calls(), Ordering::Relaxed);
        match flight.depart() {
            None => self.flights.land(flight, handles),
            Some(bytes) => {
                let outbox = self.outbox_to_node();
                self.flights.send(flight, bytes, handles, &outbox);
            }
        }
    }

    fn outbox_to_node(&mut self) -> Arc<Outbox> {
        let (route, worker) = (self.grant.current().route(), &self.worker);
        let link = self.link.get_or_insert_with(|| {
            let gateway = &worker.gateway;
            Link::start(route, &gateway.limits, &gateway.answer_memory, &worker.metrics)
        });
        Arc::clone(&link.outbox)
    }

    /// Answers a message that is no request, and puts it on record. It is refused even when that fails.
    async fn refuse(&mut self, request_id: RequestId, refused: &Refused, started: Instant) {
        let (kind, reason) = (refused.kind(), refused.reason());
        self.worker.metrics.request_refused(kind, reason);
        let kept = {
            let mut digits = [0; 32];
            let origin = Origin {
                request_id: request_id.encode(&mut digits),
                front: Front::WebSocket,
                listener: self.grant.entrance().name(),
                peer: Some(self.identity.peer),
                connection: Some(&self.identity.connection),
            };
            self.worker.gateway.audit.record_or_keep(&Event::Refusal(RefusalEvent {
                origin,
                kind,
                reason,
                actor: Some(self.grant.caller().actor()),
                presented: None,
                us_callgate: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
                revision: self.grant.current().revision(),
                why: None,
            }))
        };
        if let Err(line) = kept {
            // the audit has counted the loss
            drop(self.worker.gateway.audit.wait_for_room(line).await);
        }
        let signature = Signature {
            request_id,
            detail: self.grant.current().detail(),
        };
        self.client
            .push(0, Bytes::from(reply::refusal_text(refused, &signature)));
    }
}

//! A node in the world of the lab, with what was known of it last.

use crate::client::Client;
use crate::effects::{Deed, FALLS_OVER, Watched, results};
use crate::ground;
use crate::support::{Node, Wallet};
use crate::wire::Wire;

/// A node with what was known of it last.
pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) node: Node,
    wire: Wire,
    watched: Watched,
    /// Whether it takes more bodies.
    pub(crate) is_fit: bool,
}

impl Stage {
    /// None when the client is not installed.
    pub(crate) async fn new(client: Client, senders: &[Wallet]) -> Option<Self> {
        let node = client.start().await?;
        ground::lay(&node, senders).await;
        let wire = Wire::to(&node.url());
        let watched = Watched::new(client, wire.clone()).await;
        Some(Self {
            client,
            node,
            wire,
            watched,
            is_fit: true,
        })
    }

    /// Another node takes its place when it fell over or was made unfit.
    pub(crate) async fn renew(&mut self, senders: &[Wallet]) {
        if !self.is_fit {
            *self = Self::new(self.client, senders).await.expect("it was installed");
        }
    }

    /// What comes of a body.
    pub(crate) async fn take(&mut self, body: &[u8]) -> Deed {
        let answer = self.wire.post(body).await;
        self.deed(&answer).await
    }

    pub(crate) async fn deed(&mut self, answer: &str) -> Deed {
        let (taken, changes) = self.watched.changes().await.unwrap_or_else(|| {
            self.is_fit = false;
            (Vec::new(), vec![FALLS_OVER.to_owned()])
        });
        Deed {
            results: results(answer),
            taken,
            changes,
        }
    }
}

//! A snapshot, and what one worker makes of it once so that no request has to: entrances, the way to the node, limits.

use std::sync::Arc;

use callgate_eth::{Client, Context};
use callgate_policy::Policy;
use callgate_policy::settings::{ChainId, ErrorDetail, NodeDialect, Settings};

use crate::audit::Front;
use crate::chain::Chain;
use crate::limits::Limits;
use crate::metrics::WorkerMetrics;
use crate::reply::Challenge;
use crate::server::{Entrance, Gateway};
use crate::snapshot::Snapshot;
use crate::upstream::{Target, Upstream};
use crate::websocket::Route;

/// What one request or message is handled with, from its first step to its last.
pub(crate) struct Current {
    snapshot: Arc<Snapshot>,
    entrances: Vec<Option<Arc<Entrance>>>,
    upstream: Arc<Upstream>,
    route: Arc<Route>,
    node_marks: NodeMarks,
    rpc_limits: callgate_rpc::Limits,
    reply_limits: callgate_rpc::ReplyLimits,
    challenge: Challenge,
    chain: Arc<Chain>,
}

impl Current {
    /// What `snapshot` means for the listeners that `gateway` has opened. The way to the node is taken over from `before` while the
    /// node stays the same: its connections are warm.
    ///
    /// # Errors
    /// When the node's URL or the platform's certificates cannot be used.
    pub(crate) fn of(
        snapshot: Arc<Snapshot>,
        gateway: &Gateway,
        metrics: &WorkerMetrics,
        before: Option<&Self>,
    ) -> std::io::Result<Self> {
        let settings = &snapshot.compiled.settings;
        let limits = Limits::of(settings);
        let target = Target::parse(&settings.upstream.url).map_err(std::io::Error::other)?;
        let upstream = match before {
            Some(before) if before.upstream.leads_to(&target, &limits) => Arc::clone(&before.upstream),
            _ => Arc::new(Upstream::to(target, &limits, &gateway.answer_memory, metrics)?),
        };
        let target = Target::parse(&settings.upstream.ws).map_err(std::io::Error::other)?;
        let route = match before {
            Some(before) if before.route.leads_to(&target) => Arc::clone(&before.route),
            _ => Arc::new(Route::to(target)?),
        };
        Ok(Self {
            entrances: gateway.opened.iter().map(|opened| opened.entrance(settings)).collect(),
            upstream,
            route,
            node_marks: NodeMarks::of(settings),
            rpc_limits: rpc_limits(settings),
            reply_limits: reply_limits(settings),
            challenge: challenge(settings),
            chain: Arc::clone(&gateway.chain),
            snapshot,
        })
    }

    /// The snapshot.
    pub(crate) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.snapshot.compiled.settings
    }

    /// The number of the snapshot.
    pub(crate) fn revision(&self) -> u64 {
        self.snapshot.revision
    }

    /// The policy.
    pub(crate) fn policy(&self) -> &Policy {
        &self.snapshot.compiled.policy
    }

    /// The listener at this place among the open ones; none when the policy no longer has it.
    pub(crate) fn entrance(&self, place: usize) -> Option<&Arc<Entrance>> {
        self.entrances.get(place)?.as_ref()
    }

    /// The way to the node.
    pub(crate) fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// The way to the node's WebSocket.
    pub(crate) fn route(&self) -> &Arc<Route> {
        &self.route
    }

    /// Tells the node behind a front from others, which the policy may name before or after it, or behind the other front.
    pub(crate) fn node_mark(&self, front: Front) -> NodeMark {
        self.node_marks.at(front)
    }

    /// The node's name in the policy.
    pub(crate) fn upstream_name(&self) -> &str {
        &self.settings().upstream.name
    }

    /// Bounds for what clients send.
    pub(crate) fn rpc_limits(&self) -> &callgate_rpc::Limits {
        &self.rpc_limits
    }

    /// Bounds for what the node answers.
    pub(crate) fn reply_limits(&self) -> &callgate_rpc::ReplyLimits {
        &self.reply_limits
    }

    /// How much clients are told.
    pub(crate) fn detail(&self) -> ErrorDetail {
        self.settings().errors_detail
    }

    /// What a 401 asks for.
    pub(crate) fn challenge(&self) -> Challenge {
        self.challenge
    }

    /// What is known about the node.
    pub(crate) fn context(&self) -> Context {
        let settings = self.settings();
        Context {
            chain_id: match settings.chain_id {
                ChainId::Pinned(number) => Some(number),
                ChainId::Auto => self.chain.id(&settings.upstream.url),
            },
            client: self.client(settings),
        }
    }

    /// The client that calls are written for. The policy's word about the dialect counts; the version is the node's to say,
    /// if it is of that dialect.
    fn client(&self, settings: &Settings) -> Client {
        let told = self.chain.client(&settings.upstream.url);
        match settings.dialect {
            NodeDialect::Auto => told,
            NodeDialect::Pinned(dialect) if told.dialect == dialect => told,
            NodeDialect::Pinned(dialect) => dialect.into(),
        }
    }

    /// Whether the node was last seen on another chain than it must be on: then nothing may reach it.
    pub(crate) fn node_is_astray(&self) -> bool {
        let settings = self.settings();
        let wanted = match settings.chain_id {
            ChainId::Pinned(number) => Some(number),
            ChainId::Auto => None,
        };
        self.chain.is_astray(&settings.upstream.url, wanted)
    }
}

/// Tells one node from another without keeping its URL, which may hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeMark([u8; 32]);

/// The marks of what the two fronts lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeMarks {
    http: NodeMark,
    web_socket: NodeMark,
}

impl NodeMarks {
    /// Of what `settings` name: one node when both URLs have the same host, otherwise two.
    pub(crate) fn of(settings: &Settings) -> Self {
        let (url, ws) = (settings.upstream.url.as_str(), settings.upstream.ws.as_str());
        let host = |url: &str| Target::parse(url).ok().map(|target| target.host().to_ascii_lowercase());
        if host(url) == host(ws) {
            let mark = NodeMark::of(&[url, ws]);
            return Self {
                http: mark,
                web_socket: mark,
            };
        }
        Self {
            http: NodeMark::of(&[url]),
            web_socket: NodeMark::of(&[ws]),
        }
    }

    /// Of what this front leads to.
    pub(crate) fn at(self, front: Front) -> NodeMark {
        match front {
            Front::Http => self.http,
            Front::WebSocket => self.web_socket,
        }
    }
}

impl NodeMark {
    fn of(urls: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for url in urls {
            hasher.update(&(url.len() as u64).to_le_bytes());
            hasher.update(url.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }
}

fn rpc_limits(settings: &Settings) -> callgate_rpc::Limits {
    callgate_rpc::Limits {
        body_bytes: settings.limits.body_bytes,
        string_bytes: settings.limits.body_bytes,
        batch_calls: settings.limits.batch_calls,
        depth: settings.limits.depth,
        ..callgate_rpc::Limits::default()
    }
}

fn reply_limits(settings: &Settings) -> callgate_rpc::ReplyLimits {
    callgate_rpc::ReplyLimits {
        bytes: settings.limits.response_bytes,
        batch: settings.limits.batch_calls,
        ..callgate_rpc::ReplyLimits::default()
    }
}

fn challenge(settings: &Settings) -> Challenge {
    match &settings.appcreds {
        Some(appcreds) if appcreds.places.basic => Challenge::BearerOrBasic,
        _ => Challenge::Bearer,
    }
}

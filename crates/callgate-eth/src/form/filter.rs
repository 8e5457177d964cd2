//! Log filters and trace filters: which addresses, topics and blocks a read asks for.
//!
//! What clients take for "any" in several spellings (`null`, an empty list, left out) is written in one: addresses are
//! left out, topics are `null`.

use alloy_primitives::{Address, B256};
use arrayvec::ArrayVec;
use callgate_rpc::{Object, Value, Writer};

use super::block::{Block, Tag};
use super::plain::Integer;
use super::scalar;
use crate::asked::{Asked, Blocks};
use crate::dialect::Client;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// The most addresses of one filter: geth's own limit.
pub(crate) const MAX_ADDRESSES: usize = 1000;

/// A log has at most four topics (the EVM has LOG0 to LOG4).
pub(crate) const MAX_TOPICS: usize = 4;

/// The most alternatives at one topic position: geth's own limit.
pub(crate) const MAX_ALTERNATIVES: usize = 1000;

/// Which logs are asked for.
#[derive(Debug)]
pub(crate) struct Filter {
    addresses: Addresses,
    topics: ArrayVec<Topic, MAX_TOPICS>,
    blocks: Span,
}

/// The blocks that are searched.
#[derive(Debug, Clone, Copy)]
enum Span {
    Range { from: Option<Block>, to: Option<Block> },
    Block(B256),
}

/// Who emitted a log.
#[derive(Debug)]
enum Addresses {
    Any,
    One(Address),
    /// Never empty.
    Among(Vec<Address>),
}

/// What stands at one topic position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic(Alternatives);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Alternatives {
    Any,
    One(B256),
    /// Never empty.
    Among(Vec<B256>),
}

/// What a filter is for, which decides what it may say about blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Logs found now: what the client takes an end of the range for that is left out is written.
    Query,
    /// A filter to poll: an end left out means from now on, and stays out where clients agree.
    Poll,
    /// Logs to come: no block, and no range but all that is to come, which is not written.
    Subscription,
}

impl Filter {
    /// Every log, for a subscription that says no more.
    pub(crate) fn any() -> Self {
        Self {
            addresses: Addresses::Any,
            topics: ArrayVec::new(),
            blocks: Span::Range { from: None, to: None },
        }
    }

    pub(crate) fn read(
        value: Value<'_>,
        purpose: Purpose,
        client: Client,
        spot: &Spot<'_>,
    ) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "a filter object"))?;
        let known: &[&str] = match purpose {
            Purpose::Query | Purpose::Poll => &["address", "topics", "fromBlock", "toBlock", "blockHash"],
            Purpose::Subscription => &["address", "topics", "fromBlock", "toBlock"],
        };
        let mut filter = Self::any();
        let (mut from, mut to, mut hash) = (None, None, None);
        for (name, member) in object.iter() {
            let field = name.as_str();
            let here = spot.member(field);
            match field {
                "address" => filter.addresses = Addresses::read(member, &here)?,
                "topics" => filter.topics = topics(member, &here)?,
                "fromBlock" if known.contains(&field) => from = Some(Block::read_tag_or_number(member, &here)?),
                "toBlock" if known.contains(&field) => to = Some(Block::read_tag_or_number(member, &here)?),
                "blockHash" if known.contains(&field) => hash = Some(scalar::hash(member, &here)?),
                _ => return Err(spot.unknown_member(field, name.offset(), known)),
            }
        }
        filter.blocks = match (hash, from, to) {
            (Some(hash), None, None) => Span::Block(hash),
            (Some(_), _, _) => return Err(spot.refuse(Reason::Conflict, value, "has `blockHash` and a range")),
            (None, from, to) if purpose == Purpose::Subscription => to_come(from, to, value, spot)?,
            (None, from, to) => range(purpose, client, from, to, value, spot)?,
        };
        Ok(filter)
    }

    /// The addresses asked for; none when it is about any.
    pub(crate) fn addresses(&self) -> Option<&[Address]> {
        match &self.addresses {
            Addresses::Any => None,
            Addresses::One(address) => Some(std::slice::from_ref(address)),
            Addresses::Among(addresses) => Some(addresses),
        }
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked::Logs {
            emitters: self.addresses(),
            topics: &self.topics,
            blocks: match self.blocks {
                Span::Block(hash) => Blocks::One(Block::Hash(hash)),
                Span::Range { from, to } => Blocks::Range { from, to },
            },
        }
    }

    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        match &self.blocks {
            Span::Block(hash) => {
                out.name("blockHash");
                out.hex(hash.as_slice());
            }
            Span::Range { from, to } => {
                write_block(out, "fromBlock", *from);
                write_block(out, "toBlock", *to);
            }
        }
        self.addresses.write(out);
        if !self.topics.is_empty() {
            out.name("topics");
            out.begin_array();
            self.topics.iter().for_each(|topic| topic.write(out));
            out.end_array();
        }
        out.end_object();
    }
}

fn range(
    purpose: Purpose,
    client: Client,
    from: Option<Block>,
    to: Option<Block>,
    value: Value<'_>,
    spot: &Spot<'_>,
) -> Result<Span, Misunderstood> {
    check_range(from, to, value, spot)?;
    let latest = Some(Block::Tag(Tag::Latest));
    Ok(match purpose {
        Purpose::Query => Span::Range {
            from: from.or(Some(Block::Tag(client.queries_begin()))),
            to: to.or(latest),
        },
        Purpose::Poll => Span::Range {
            from: from.or(client.filters_begin().map(Block::Tag)),
            to,
        },
        Purpose::Subscription => Span::Range { from, to },
    })
}

fn check_range(from: Option<Block>, to: Option<Block>, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    match (from, to) {
        (Some(Block::Number(from)), Some(Block::Number(to))) if from > to => {
            Err(spot.refuse(Reason::Conflict, value, "has a range that ends before it begins"))
        }
        _ => Ok(()),
    }
}

/// The range of a subscription. Clients differ in what they make of one that begins later or ends: only that which
/// every new block is in says the same to all, and nothing.
fn to_come(from: Option<Block>, to: Option<Block>, value: Value<'_>, spot: &Spot<'_>) -> Result<Span, Misunderstood> {
    let begins = matches!(
        from,
        None | Some(Block::Number(0) | Block::Tag(Tag::Earliest | Tag::Latest))
    );
    let goes_on = matches!(to, None | Some(Block::Tag(Tag::Latest)));
    if begins && goes_on {
        return Ok(Span::Range { from: None, to: None });
    }
    Err(spot.refuse(
        Reason::Conflict,
        value,
        "has a range: a subscription is for all that is to come, `earliest` to `latest`",
    ))
}

fn write_block(out: &mut Writer<'_>, name: &str, block: Option<Block>) {
    if let Some(block) = block {
        out.name(name);
        block.write(out);
    }
}

impl Addresses {
    fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let Some(list) = value.as_array() else {
            return if value.is_null() {
                Ok(Self::Any)
            } else {
                scalar::address(value, spot).map(Self::One)
            };
        };
        if list.len() > MAX_ADDRESSES {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_ADDRESSES} addresses"),
            ));
        }
        let addresses: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(index, item)| scalar::address(item, &spot.item(index)))
            .collect::<Result<_, _>>()?;
        Ok(if addresses.is_empty() {
            Self::Any
        } else {
            Self::Among(addresses)
        })
    }

    fn write(&self, out: &mut Writer<'_>) {
        match self {
            Self::Any => {}
            Self::One(address) => {
                out.name("address");
                out.hex(address.as_slice());
            }
            Self::Among(addresses) => {
                out.name("address");
                write_addresses(out, addresses);
            }
        }
    }
}

fn write_addresses(out: &mut Writer<'_>, addresses: &[Address]) {
    out.begin_array();
    addresses.iter().for_each(|address| out.hex(address.as_slice()));
    out.end_array();
}

fn topics(value: Value<'_>, spot: &Spot<'_>) -> Result<ArrayVec<Topic, MAX_TOPICS>, Misunderstood> {
    if value.is_null() {
        return Ok(ArrayVec::new());
    }
    let list = value
        .as_array()
        .ok_or_else(|| spot.wrong_type(value, "an array of topics"))?;
    let mut topics = ArrayVec::new();
    for (index, item) in list.iter().enumerate() {
        let topic = Topic::read(item, &spot.item(index))?;
        topics.try_push(topic).map_err(|_| {
            spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_TOPICS} positions"),
            )
        })?;
    }
    Ok(topics)
}

impl Topic {
    fn read(value: Value<'_>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let Some(list) = value.as_array() else {
            return if value.is_null() {
                Ok(Self(Alternatives::Any))
            } else {
                scalar::hash(value, spot).map(|hash| Self(Alternatives::One(hash)))
            };
        };
        if list.len() > MAX_ALTERNATIVES {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_ALTERNATIVES} alternatives"),
            ));
        }
        let hashes: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(index, item)| scalar::hash(item, &spot.item(index)))
            .collect::<Result<_, _>>()?;
        Ok(Self(if hashes.is_empty() {
            Alternatives::Any
        } else {
            Alternatives::Among(hashes)
        }))
    }

    /// What may stand there; none when it may be anything.
    pub fn alternatives(&self) -> Option<&[B256]> {
        match &self.0 {
            Alternatives::Any => None,
            Alternatives::One(hash) => Some(std::slice::from_ref(hash)),
            Alternatives::Among(hashes) => Some(hashes),
        }
    }

    fn write(&self, out: &mut Writer<'_>) {
        match &self.0 {
            Alternatives::Any => out.null(),
            Alternatives::One(hash) => out.hex(hash.as_slice()),
            Alternatives::Among(hashes) => {
                out.begin_array();
                hashes.iter().for_each(|hash| out.hex(hash.as_slice()));
                out.end_array();
            }
        }
    }
}

/// Which traces `trace_filter` asks for.
#[derive(Debug)]
pub(crate) struct TraceFilter {
    from: Option<Block>,
    to: Option<Block>,
    senders: Vec<Address>,
    receivers: Vec<Address>,
    after: Option<u64>,
    count: Option<u64>,
}

impl TraceFilter {
    pub(crate) fn read(value: Value<'_>, client: Client, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        const KNOWN: &[&str] = &["fromBlock", "toBlock", "fromAddress", "toAddress", "after", "count"];
        let object: Object<'_> = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "a trace filter object"))?;
        let mut filter = Self {
            from: None,
            to: None,
            senders: Vec::new(),
            receivers: Vec::new(),
            after: None,
            count: None,
        };
        for (name, member) in object.iter() {
            let here = spot.member(name.as_str());
            match name.as_str() {
                "fromBlock" => filter.from = Some(Block::read_tag_or_number(member, &here)?),
                "toBlock" => filter.to = Some(Block::read_tag_or_number(member, &here)?),
                "fromAddress" => filter.senders = address_list(member, &here)?,
                "toAddress" => filter.receivers = address_list(member, &here)?,
                "after" => filter.after = Some(Integer::read_u64(member, &here)?),
                "count" => filter.count = Some(Integer::read_u64(member, &here)?),
                other => return Err(spot.unknown_member(other, name.offset(), KNOWN)),
            }
        }
        check_range(filter.from, filter.to, value, spot)?;
        if filter.from.is_none() {
            let Some(begin) = client.trace_filters_begin() else {
                let what = "needs `fromBlock`: clients differ in where they begin, and this node's is not known";
                return Err(spot.refuse(Reason::NotRead, value, what));
            };
            filter.from = Some(Block::Tag(begin));
        }
        filter.to.get_or_insert(Block::Tag(Tag::Latest));
        Ok(filter)
    }

    pub(crate) fn asked(&self) -> Asked<'_> {
        Asked::Traces {
            senders: &self.senders,
            receivers: &self.receivers,
            blocks: Blocks::Range {
                from: self.from,
                to: self.to,
            },
        }
    }

    /// Both ends of the range are written, for clients differ in what they take a missing one for; `after` and `count` as plain integers, the one spelling all tracing clients read.
    pub(crate) fn write(&self, out: &mut Writer<'_>) {
        out.begin_object();
        write_block(out, "fromBlock", self.from);
        write_block(out, "toBlock", self.to);
        for (name, addresses) in [("fromAddress", &self.senders), ("toAddress", &self.receivers)] {
            if !addresses.is_empty() {
                out.name(name);
                write_addresses(out, addresses);
            }
        }
        for (name, number) in [("after", self.after), ("count", self.count)] {
            if let Some(number) = number {
                out.name(name);
                out.u64(number);
            }
        }
        out.end_object();
    }
}

/// Addresses in a list; an empty one means any, as if left out.
fn address_list(value: Value<'_>, spot: &Spot<'_>) -> Result<Vec<Address>, Misunderstood> {
    match Addresses::read(value, spot)? {
        Addresses::Any => Ok(Vec::new()),
        Addresses::Among(addresses) => Ok(addresses),
        Addresses::One(_) => Err(spot.wrong_type(value, "an array of addresses")),
    }
}

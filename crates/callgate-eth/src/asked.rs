//! What a call asks the node about: accounts, slots, logs, traces, blocks, transactions. Found in the typed parameters,
//! so that what is told is what the node is asked.

use std::fmt;

use alloy_primitives::{Address, B256, U256};

use crate::catalogue::{Access, Carrier, Method, Param, Role};
use crate::form::block::{Block, Tag};
use crate::form::filter::Topic;
use crate::form::storage::Slot;
use crate::form::subscription::Options;
use crate::understood::{Argument, Understood};

/// One thing that a call asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked<'a> {
    /// An account or contract: its state, its history, its place in the pool.
    Account(Address),
    /// Storage slots of an account. Never empty.
    Slots {
        /// Whose.
        account: Address,
        /// Which.
        slots: Vec<U256>,
    },
    /// Logs that are there or will come.
    Logs {
        /// Who emitted them; none when it may be anybody.
        emitters: Option<&'a [Address]>,
        /// What stands at each topic position, the event's signature first; what is not listed may be anything.
        topics: &'a [Topic],
        /// In which blocks.
        blocks: Blocks,
    },
    /// Calls within transactions, with their value.
    Traces {
        /// Who called; empty when it may be anybody.
        senders: &'a [Address],
        /// Who was called; empty when it may be anybody.
        receivers: &'a [Address],
        /// In which blocks.
        blocks: Blocks,
    },
    /// Blocks, or the state after them.
    Blocks(Blocks),
    /// A transaction.
    Transaction(TransactionId),
    /// An ERC-4337 user operation, by its hash.
    UserOperation(B256),
    /// What has this hash: code, a preimage, a blob, a bundle.
    Hash(B256),
}

/// Which blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// One block.
    One(Block),
    /// From one to another, both included. Left out: from what is new when it is asked, without an end.
    Range {
        /// The first.
        from: Option<Block>,
        /// The last.
        to: Option<Block>,
    },
    /// As many as this, up to one.
    UpTo {
        /// How many.
        count: U256,
        /// The last of them.
        newest: Block,
    },
    /// As many as this, from one on.
    From {
        /// How many.
        count: U256,
        /// The first of them.
        oldest: Block,
    },
}

/// A transaction by what its caller knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionId {
    /// Its hash.
    Hash(B256),
    /// Its place in a block, counted from 0.
    InBlock {
        /// The block.
        block: Block,
        /// The place.
        index: U256,
    },
    /// The account that sent it and the nonce.
    OfSender {
        /// The account.
        sender: Address,
        /// The nonce.
        nonce: U256,
    },
}

impl Understood<'_> {
    /// What it asks the node about, in the order of its parameters. Empty for calls that send or sign, for those that say
    /// nothing (`eth_blockNumber`), and for methods that nobody knows. What a call executes is in
    /// [`operations`](Self::operations), the block that it runs on is here.
    ///
    /// Collected anew each time: decisions that do not look at it do not pay for it.
    pub fn asked(&self) -> Vec<Asked<'_>> {
        let Some(method) = self.method().filter(|method| method.asks()) else {
            return Vec::new();
        };
        let mut collector = Collector {
            // What stands in a bundle or an override is not what is asked for.
            blocks_only: method.carrier() != Carrier::None,
            ..Collector::default()
        };
        for (position, argument) in self.arguments.iter().enumerate() {
            let params = method.params();
            let param = params.get(position).or_else(|| params.last());
            collector.take(param.map_or(Role::Alone, Param::role), argument);
        }
        collector.close()
    }
}

impl Method {
    /// Whether a call asks for something: it reads, or executes and forgets.
    pub(crate) fn asks(&self) -> bool {
        match self.access() {
            Access::Read | Access::Call | Access::Filter | Access::Subscription | Access::Debug => true,
            Access::Write | Access::Sign | Access::Admin | Access::Engine | Access::Dev => false,
        }
    }
}

#[derive(Default)]
struct Collector<'a> {
    blocks_only: bool,
    found: Vec<Asked<'a>>,
    account: Option<Address>,
    block: Option<Block>,
    first: Option<Block>,
    last: Option<Block>,
    newest: Option<Block>,
    count: Option<U256>,
}

impl<'a> Collector<'a> {
    fn take(&mut self, role: Role, argument: &'a Argument<'_>) {
        match role {
            Role::Alone => self.alone(argument),
            Role::First => self.first = block_of(argument),
            Role::Last => self.last = block_of(argument),
            Role::Newest => self.newest = block_of(argument),
            Role::Count => self.count = number_of(argument),
            Role::Following => {
                let blocks = number_of(argument)
                    .zip(self.block)
                    .map(|(count, oldest)| Blocks::From { count, oldest });
                self.found.extend(blocks.map(Asked::Blocks));
            }
            Role::Place => {
                let id = number_of(argument)
                    .zip(self.block)
                    .map(|(index, block)| TransactionId::InBlock { block, index });
                self.found.extend(id.map(Asked::Transaction));
            }
            Role::Nonce => {
                let id = number_of(argument)
                    .zip(self.account)
                    .map(|(nonce, sender)| TransactionId::OfSender { sender, nonce });
                self.found.extend(id.map(Asked::Transaction));
            }
        }
    }

    fn alone(&mut self, argument: &'a Argument<'_>) {
        if let Some(block) = block_of(argument) {
            self.block = Some(block);
            return self.found.push(Asked::Blocks(Blocks::One(block)));
        }
        match argument {
            Argument::Items(items) => return items.iter().for_each(|item| self.alone(item)),
            Argument::Members(members) => return members.iter().for_each(|(_, member)| self.alone(member)),
            _ if self.blocks_only => return,
            _ => {}
        }
        match argument {
            Argument::Address(address) => {
                self.account = Some(*address);
                self.found.push(Asked::Account(*address));
            }
            Argument::Hash(hash) => self.found.push(Asked::Hash(*hash)),
            Argument::TransactionHash(hash) => self.found.push(Asked::Transaction(TransactionId::Hash(*hash))),
            Argument::UserOperationHash(hash) => self.found.push(Asked::UserOperation(*hash)),
            Argument::Slot(slot) => self.slots(self.account, std::slice::from_ref(slot)),
            Argument::Slots(slots) => self.slots(self.account, slots),
            Argument::SlotsByAccount(accounts) => {
                for (account, slots) in accounts.iter() {
                    self.found.push(Asked::Account(account));
                    self.slots(Some(account), slots);
                }
            }
            Argument::Filter(filter) => self.found.push(filter.asked()),
            Argument::SubscriptionOptions(Options::Logs(filter)) => self.found.push(filter.asked()),
            Argument::TraceFilter(filter) => self.found.push(filter.asked()),
            _ => {}
        }
    }

    fn slots(&mut self, account: Option<Address>, slots: &[Slot]) {
        let slots: Vec<_> = slots.iter().map(|slot| slot.number()).collect();
        if let Some(account) = account.filter(|_| !slots.is_empty()) {
            self.found.push(Asked::Slots { account, slots });
        }
    }

    fn close(mut self) -> Vec<Asked<'a>> {
        if let Some(newest) = self.newest {
            let count = self.count.unwrap_or(U256::ONE);
            self.found.push(Asked::Blocks(Blocks::UpTo { count, newest }));
        }
        if self.first.is_some() || self.last.is_some() {
            let (from, to) = (self.first, self.last);
            self.found.push(Asked::Blocks(Blocks::Range { from, to }));
        }
        self.found
    }
}

fn block_of(argument: &Argument<'_>) -> Option<Block> {
    match argument {
        Argument::Block(block) => Some(*block),
        Argument::BlockHash(hash) => Some(Block::Hash(*hash)),
        Argument::BlockNumber(number) => number.number().try_into().ok().map(Block::Number),
        _ => None,
    }
}

fn number_of(argument: &Argument<'_>) -> Option<U256> {
    match argument {
        Argument::Quantity(number) => Some(*number),
        Argument::Integer(number) => Some(number.number()),
        _ => None,
    }
}

/// As a person would say it; lists are cut after a few.
impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(address) => write!(f, "account {address:#x}"),
            Self::Slots { account, slots } => {
                f.write_str("slots ")?;
                list(f, slots, |f, slot| write!(f, "{slot:#x}"))?;
                write!(f, " of {account:#x}")
            }
            Self::Logs {
                emitters,
                topics,
                blocks,
            } => {
                f.write_str("logs of ")?;
                match emitters {
                    None => f.write_str("any contract")?,
                    Some(emitters) => list(f, emitters, |f, address| write!(f, "{address:#x}"))?,
                }
                if !topics.is_empty() {
                    f.write_str(" with topics ")?;
                    list(f, topics, |f, topic| topic.fmt(f))?;
                }
                write!(f, " in {blocks}")
            }
            Self::Traces {
                senders,
                receivers,
                blocks,
            } => {
                f.write_str("traces")?;
                for (word, addresses) in [("from", senders), ("to", receivers)] {
                    write!(f, " {word} ")?;
                    if addresses.is_empty() {
                        f.write_str("anybody")?;
                    }
                    list(f, addresses, |f, address| write!(f, "{address:#x}"))?;
                }
                write!(f, " in {blocks}")
            }
            Self::Blocks(blocks) => blocks.fmt(f),
            Self::Transaction(TransactionId::Hash(hash)) => write!(f, "transaction {hash:#x}"),
            Self::Transaction(TransactionId::InBlock { block, index }) => {
                write!(f, "transaction {index} of block {block}")
            }
            Self::Transaction(TransactionId::OfSender { sender, nonce }) => {
                write!(f, "transaction of {sender:#x} with nonce {nonce}")
            }
            Self::UserOperation(hash) => write!(f, "user operation {hash:#x}"),
            Self::Hash(hash) => write!(f, "what has the hash {hash:#x}"),
        }
    }
}

impl fmt::Display for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(block) => write!(f, "block {block}"),
            Self::Range { from: None, to: None } => f.write_str("blocks to come"),
            Self::Range {
                from: None,
                to: Some(to),
            } => write!(f, "blocks up to {to}"),
            Self::Range {
                from: Some(from),
                to: None,
            } => write!(f, "blocks from {from} on"),
            Self::Range {
                from: Some(from),
                to: Some(to),
            } => write!(f, "blocks {from} to {to}"),
            Self::UpTo { count, newest } => write!(f, "{count} blocks up to {newest}"),
            Self::From { count, oldest } => write!(f, "{count} blocks from {oldest} on"),
        }
    }
}

/// `any`, one topic, or `one | another`.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.alternatives() {
            None => f.write_str("any"),
            Some(hashes) => {
                for (place, hash) in hashes.iter().take(SHOWN).enumerate() {
                    let separator = if place == 0 { "" } else { " | " };
                    write!(f, "{separator}{hash:#x}")?;
                }
                more(f, hashes.len())
            }
        }
    }
}

/// A tag, a number or a hash.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag.name()),
            Self::Number(number) => write!(f, "{number}"),
            Self::Hash(hash) | Self::HashObject { hash, .. } => write!(f, "{hash:#x}"),
        }
    }
}

/// How many of a list are shown.
const SHOWN: usize = 4;

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (place, item) in items.iter().take(SHOWN).enumerate() {
        if place > 0 {
            f.write_str(", ")?;
        }
        show(f, item)?;
    }
    more(f, items.len())
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(SHOWN) {
        None | Some(0) => Ok(()),
        Some(more) => write!(f, " and {more} more"),
    }
}

impl From<Tag> for Block {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

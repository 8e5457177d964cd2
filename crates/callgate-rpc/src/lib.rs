//! The only place that reads and writes JSON-RPC text.
//!
//! Strangers' bytes come in through [`parse`], which checks the whole body against one strict JSON profile in a single
//! non-recursive pass and leaves a flat tape of tokens; [`Value`]s are cursors into that tape. What goes to a node is
//! written anew with [`Writer`], never copied. What a node answers is scanned by [`scan_reply`], [`scan_batch`] and
//! [`scan_message`], which check it and find its members without building anything.
//!
//! No Ethereum, no I/O, no clock, and no second JSON library: two readers that disagree are a way past a firewall.

mod answer;
mod call;
mod error;
mod fold;
mod id;
mod limits;
mod owned;
mod parse;
mod reply;
mod tape;
mod text;
mod value;
mod write;

pub use answer::{
    ErrorData, ErrorObject, write_answers, write_error, write_node_error, write_notification, write_result,
};
pub use call::{Batch, Call, InvalidCall, InvalidCallKind, Params, Request, is_method_name};
pub use error::{ParseError, ParseErrorKind, code};
pub use id::{AsId, Id, OwnedId};
pub use limits::{Limits, ReplyLimits};
pub use owned::OwnedDocument;
pub use parse::parse;
pub use reply::{
    BatchReply, NodeError, NodeMessage, Notification, Outcome, Reply, ReplyError, ReplyErrorKind, ReplyId, read_items,
    read_member, read_text, scan_batch, scan_message, scan_reply,
};
pub use tape::Tape;
pub use value::{Array, Kind, Name, Number, Object, Value};
pub use write::{BatchWriter, Writer, write_call};

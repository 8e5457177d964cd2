//! Owns decisions: allow or deny, with the rule that decided, a stable reason, and what came
//! nearest. A decision is data: it logs nothing and costs no text until somebody prints it.

use std::fmt;

use alloy_primitives::{Address, U256};

use crate::ruleset::matchers::Matcher;
use crate::ruleset::permission::Permission;
use crate::subject::Subject;

/// Whether the call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It does.
    Allow,
    /// It does not.
    Deny,
}

/// Why a call was allowed or denied; the codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasonCode {
    /// The method is granted by `chain`, `namespaces` or `methods`.
    MethodGranted,
    /// Every operation is permitted by an entry of `tx`.
    RulePermits,
    /// Nothing grants the method.
    MethodNotGranted,
    /// The method is not in the catalogue, and nothing grants it by name.
    UnknownMethod,
    /// The method is sealed and not written out in `methods`.
    MethodSealed,
    /// The method is sealed, and this listener is not for operators.
    OperatorListenerRequired,
    /// `subscribe` is granted, what this kind of subscription would tell is not.
    SubscriptionKindNotGranted,
    /// What the method does is not known well enough to be let through.
    NotUnderstood,
    /// The subject was made by another policy than the one that judges.
    StaleSubject,
    /// No entry of `tx` matches an operation.
    NoRuleMatches,
    /// The first entry that matches lacks this permission.
    NotPermitted(Permission),
    /// An entry asks who signed, and the signature recovers nobody.
    SenderUnrecoverable,
    /// The same for the signature of an authorization.
    AuthorityUnrecoverable,
}

/// What was decided about one call.
#[derive(Debug, Clone)]
pub struct Decision {
    pub(crate) subject: Subject,
    pub(crate) reason: ReasonCode,
    pub(crate) rule: Option<u32>,
    pub(crate) operation: Option<usize>,
    pub(crate) nearest: Option<Nearest>,
}

/// The entry of `tx` that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleRef<'d> {
    /// Its position in `tx`, counted from 0.
    pub index: usize,
    /// Its name.
    pub name: Option<&'d str>,
}

/// The entry that came nearest to matching, and what did not match. Formats when printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NearestMiss<'d> {
    rule: Option<RuleRef<'d>>,
    nearest: Nearest,
}

/// The same without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nearest {
    /// The entry; none when the index left all of them out.
    pub(crate) rule: Option<u32>,
    pub(crate) matcher: Matcher,
    pub(crate) got: Got,
}

/// What the operation had where the matcher looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Got {
    Address(Address),
    Creation,
    Message,
    Selector(Option<[u8; 4]>),
    /// Calldata of which only a hash is there.
    HiddenCalldata,
    Number(U256),
    Other,
}

impl ReasonCode {
    /// What follows from it.
    #[must_use]
    pub fn effect(self) -> Effect {
        match self {
            Self::MethodGranted | Self::RulePermits => Effect::Allow,
            _ => Effect::Deny,
        }
    }

    /// The stable snake_case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MethodGranted => "method_granted",
            Self::RulePermits => "rule_permits",
            Self::MethodNotGranted => "method_not_granted",
            Self::UnknownMethod => "unknown_method",
            Self::MethodSealed => "method_sealed",
            Self::OperatorListenerRequired => "operator_listener_required",
            Self::SubscriptionKindNotGranted => "subscription_kind_not_granted",
            Self::NotUnderstood => "not_understood",
            Self::StaleSubject => "stale_subject",
            Self::NoRuleMatches => "no_rule_matches",
            Self::NotPermitted(permission) => not_permitted_code(permission),
            Self::SenderUnrecoverable => "sender_unrecoverable",
            Self::AuthorityUnrecoverable => "authority_unrecoverable",
        }
    }

    /// The JSON-RPC error code of a denial (policy.md section 6); none for what is allowed.
    #[must_use]
    pub fn jsonrpc_code(self) -> Option<i32> {
        match self {
            Self::MethodGranted | Self::RulePermits => None,
            Self::MethodNotGranted
            | Self::UnknownMethod
            | Self::MethodSealed
            | Self::OperatorListenerRequired
            | Self::SubscriptionKindNotGranted
            | Self::StaleSubject
            | Self::NotUnderstood => Some(-32004),
            Self::NoRuleMatches | Self::NotPermitted(_) | Self::SenderUnrecoverable | Self::AuthorityUnrecoverable => {
                Some(-32003)
            }
        }
    }

    /// A sentence for people; tells nothing about other rules.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::MethodGranted => "the method is granted",
            Self::RulePermits => "a rule permits it",
            Self::MethodNotGranted => "the method is not granted",
            Self::UnknownMethod => "the method is not known and not granted by name",
            Self::MethodSealed => "the method is sealed: only its exact name in `methods` grants it",
            Self::OperatorListenerRequired => "the method is sealed: only a listener for operators serves it",
            Self::SubscriptionKindNotGranted => "this kind of subscription is not granted",
            Self::NotUnderstood => "what the method does is not understood well enough to let it through",
            Self::StaleSubject => "the grant is that of a policy which is no longer in force",
            Self::NoRuleMatches => "no rule matches the operation",
            Self::NotPermitted(permission) => not_permitted_sentence(permission),
            Self::SenderUnrecoverable => "the sender cannot be recovered from the signature",
            Self::AuthorityUnrecoverable => "the authority cannot be recovered from the signature of an authorization",
        }
    }
}

fn not_permitted_code(permission: Permission) -> &'static str {
    match permission {
        Permission::Call => "call_not_permitted",
        Permission::Estimate => "estimate_not_permitted",
        Permission::Trace => "trace_not_permitted",
        Permission::Raw => "raw_not_permitted",
        Permission::Send => "send_not_permitted",
        Permission::Sign => "sign_not_permitted",
        Permission::Create => "create_not_permitted",
        Permission::Private => "private_not_permitted",
        Permission::Overrides => "overrides_not_permitted",
        Permission::Userop => "userop_not_permitted",
    }
}

fn not_permitted_sentence(permission: Permission) -> &'static str {
    match permission {
        Permission::Call => "the rule that matches does not permit `call`",
        Permission::Estimate => "the rule that matches does not permit `estimate`",
        Permission::Trace => "the rule that matches does not permit `trace`",
        Permission::Raw => "the rule that matches does not permit `raw`",
        Permission::Send => "the rule that matches does not permit `send`",
        Permission::Sign => "the rule that matches does not permit `sign`",
        Permission::Create => "the rule that matches does not permit `create`",
        Permission::Private => "the rule that matches does not permit `private`",
        Permission::Overrides => "the rule that matches does not permit `overrides`",
        Permission::Userop => "the rule that matches does not permit `userop`",
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl Decision {
    /// Allow or deny.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.reason.effect()
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        self.reason
    }

    /// The ruleset that was asked.
    #[must_use]
    pub fn ruleset(&self) -> &str {
        self.subject.ruleset()
    }

    /// The entry of `tx` that decided; of several operations, the one of the denied or else of the
    /// first.
    #[must_use]
    pub fn rule(&self) -> Option<RuleRef<'_>> {
        self.rule.and_then(|number| self.rule_ref(number))
    }

    /// Which operation of the call was denied, counted from 0, when it carries any.
    #[must_use]
    pub fn operation(&self) -> Option<usize> {
        self.operation
    }

    /// What came nearest to matching, when nothing did.
    #[must_use]
    pub fn nearest_miss(&self) -> Option<NearestMiss<'_>> {
        let nearest = self.nearest?;
        Some(NearestMiss {
            rule: nearest.rule.and_then(|number| self.rule_ref(number)),
            nearest,
        })
    }

    fn rule_ref(&self, number: u32) -> Option<RuleRef<'_>> {
        let entry = self.subject.rules_of().rules.entry(number)?;
        Some(RuleRef {
            index: usize::try_from(number).ok()?,
            name: entry.name.as_deref(),
        })
    }
}

impl NearestMiss<'_> {
    /// The entry; none when no entry was near enough to be looked at.
    #[must_use]
    pub fn rule(&self) -> Option<RuleRef<'_>> {
        self.rule
    }

    /// The matcher that did not hold.
    #[must_use]
    pub fn matcher(&self) -> Matcher {
        self.nearest.matcher
    }
}

impl fmt::Display for RuleRef<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "tx[{}]", self.index)?;
        match self.name {
            Some(name) => write!(out, " `{name}`"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for NearestMiss<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matcher = self.nearest.matcher;
        match self.rule {
            Some(rule) => write!(out, "{rule}: `{matcher}` does not match")?,
            None => write!(out, "no entry matches this `{matcher}`")?,
        }
        match self.nearest.got {
            Got::Address(address) => write!(out, " {address:#x}"),
            Got::Creation => out.write_str(" a contract creation"),
            Got::Message => out.write_str(" a message"),
            Got::Selector(Some([a, b, c, d])) => write!(out, " 0x{a:02x}{b:02x}{c:02x}{d:02x}"),
            Got::Selector(None) => out.write_str(" calldata without selector"),
            Got::HiddenCalldata => out.write_str(" calldata that only its participants can read"),
            Got::Number(number) => write!(out, " {number}"),
            Got::Other => Ok(()),
        }
    }
}

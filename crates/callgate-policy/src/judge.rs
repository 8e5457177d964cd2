//! Owns judging: whether a subject may make a call. Pure: values in, a judgement out. What nothing
//! grants is denied, and so is what cannot be decided.

use callgate_eth::catalogue::{Access, Carrier, Group, Method};
use callgate_eth::{HandleKind, To, Understood};

use crate::decision::{Decision, Effect, Got, Nearest, ReasonCode};
use crate::permit::{Permitted, Refused};
use crate::policy::Identity;
use crate::ruleset::Ruleset;
use crate::ruleset::facts::Facts;
use crate::ruleset::matchers::Matcher;
use crate::ruleset::rules::Found;
use crate::subject::Subject;

/// The listener a call came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Door {
    /// Whether the listener is marked `operator: true`: only there can sealed methods be granted.
    pub operator: bool,
}

/// A call with what was decided about it.
pub enum Judgement<'t> {
    /// It may be sent.
    Permitted(Permitted<'t>),
    /// It may not.
    Refused(Refused<'t>),
}

impl Judgement<'_> {
    /// What was decided.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        match self {
            Self::Permitted(permitted) => permitted.decision(),
            Self::Refused(refused) => refused.decision(),
        }
    }
}

/// Decides about a call.
pub(crate) fn judge<'t>(policy: Identity, subject: &Subject, call: Understood<'t>, door: Door) -> Judgement<'t> {
    let decision = decide(policy, subject, &call, door);
    match decision.effect() {
        Effect::Allow => Judgement::Permitted(Permitted::new(call, decision)),
        Effect::Deny => Judgement::Refused(Refused::new(call, decision)),
    }
}

fn decide(policy: Identity, subject: &Subject, call: &Understood<'_>, door: Door) -> Decision {
    let decision = |reason| Decision {
        subject: subject.clone(),
        reason,
        rule: None,
        operation: None,
        nearest: None,
    };
    if !subject.is_of(policy) {
        return decision(ReasonCode::StaleSubject);
    }
    if let Err(reason) = judge_method(subject.rules_of(), call, door) {
        return decision(reason);
    }
    let mut first_rule = None;
    for (position, operation) in call.operations().iter().enumerate() {
        let verdict = judge_operation(subject, &Facts::of(operation));
        if verdict.reason.effect() == Effect::Deny {
            let Verdict { reason, rule, nearest } = verdict;
            return Decision {
                subject: subject.clone(),
                reason,
                rule,
                operation: Some(position),
                nearest,
            };
        }
        first_rule = first_rule.or(verdict.rule);
    }
    match first_rule {
        Some(rule) => Decision {
            rule: Some(rule),
            ..decision(ReasonCode::RulePermits)
        },
        None => decision(ReasonCode::MethodGranted),
    }
}

/// What was decided about one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) reason: ReasonCode,
    pub(crate) rule: Option<u32>,
    pub(crate) nearest: Option<Nearest>,
}

/// Whether the method may be called at all.
pub(crate) fn judge_method(ruleset: &Ruleset, call: &Understood<'_>, door: Door) -> Result<(), ReasonCode> {
    let Some(method) = call.method() else {
        // Nothing is known about it: what it carries, it carries at the risk of who named it.
        let is_granted = ruleset.grants.contains_unlisted(call.method_name()) && call.operations().is_empty();
        return if is_granted {
            Ok(())
        } else {
            Err(ReasonCode::UnknownMethod)
        };
    };
    if method.is_sealed() {
        judge_seal(ruleset, method, door)?;
    } else if !ruleset.grants.contains(method) && !is_left_to_rules(ruleset, method) {
        return Err(ReasonCode::MethodNotGranted);
    }
    judge_understanding(call, method)?;
    match call.subscription_kind() {
        Some(kind) if !ruleset.grants.contains_kind(kind) => Err(ReasonCode::SubscriptionKindNotGranted),
        _ => Ok(()),
    }
}

fn judge_seal(ruleset: &Ruleset, method: &Method, door: Door) -> Result<(), ReasonCode> {
    if !ruleset.grants.unseals(method) {
        Err(ReasonCode::MethodSealed)
    } else if !door.operator {
        Err(ReasonCode::OperatorListenerRequired)
    } else {
        Ok(())
    }
}

/// The methods that exist to carry operations need no other grant than `tx` (BAF).
pub(crate) fn is_left_to_rules(ruleset: &Ruleset, method: &Method) -> bool {
    let is_for_operations = matches!(
        method.group(),
        Group::Call | Group::Estimate | Group::Raw | Group::Send | Group::Sign | Group::Trace
    );
    is_for_operations && method.carrier() == Carrier::Understood && !ruleset.rules.is_empty()
}

/// A second look at what `understand` vouches for: a carrier without operations, or a filter or
/// subscription whose id nobody would own, is a mistake of ours and must not be one of security.
fn judge_understanding(call: &Understood<'_>, method: &Method) -> Result<(), ReasonCode> {
    let operations_known = match method.carrier() {
        Carrier::None => true,
        // Who opens a sealed method may leave out what the node then chooses itself.
        Carrier::Understood => !call.operations().is_empty() || call.carries_nothing() || method.is_sealed(),
        Carrier::Opaque(_) => method.is_sealed(),
        Carrier::NotUnderstood(_) => false,
    };
    let handles_known = match method.access() {
        Access::Filter => call.makes() == Some(HandleKind::Filter) || call.handle().is_some(),
        Access::Subscription => {
            let is_known_kind = call.makes() == Some(HandleKind::Subscription) && call.subscription_kind().is_some();
            is_known_kind || call.handle().is_some()
        }
        _ => true,
    };
    if operations_known && handles_known {
        Ok(())
    } else {
        Err(ReasonCode::NotUnderstood)
    }
}

/// What the first matching entry says about an operation.
pub(crate) fn judge_operation(subject: &Subject, facts: &Facts<'_>) -> Verdict {
    let rules = &subject.rules_of().rules;
    let (found, before) = rules.find(subject.filled(), facts);
    match found {
        Found::Entry(number) => {
            let given = rules.entry(number).map(|entry| entry.permissions).unwrap_or_default();
            let reason = match facts.needs.first_lacking(given) {
                None => ReasonCode::RulePermits,
                Some(permission) => ReasonCode::NotPermitted(permission),
            };
            // An entry that was meant may stand before the one that decided: tell what kept it from matching.
            let missed = before.filter(|_| reason != ReasonCode::RulePermits);
            let nearest = missed.map(|(rule, matcher)| Nearest {
                rule: Some(rule),
                matcher,
                got: got(facts, matcher),
            });
            Verdict {
                reason,
                rule: Some(number),
                nearest,
            }
        }
        Found::Undecidable { entry, matcher } => {
            let reason = match matcher {
                Matcher::Authority => ReasonCode::AuthorityUnrecoverable,
                _ => ReasonCode::SenderUnrecoverable,
            };
            Verdict {
                reason,
                rule: Some(entry),
                nearest: None,
            }
        }
        Found::Nothing { nearest } => {
            let (rule, matcher) = nearest.map_or((None, Matcher::To), |(rule, matcher)| (Some(rule), matcher));
            let nearest = Nearest {
                rule,
                matcher,
                got: got(facts, matcher),
            };
            Verdict {
                reason: ReasonCode::NoRuleMatches,
                rule: None,
                nearest: Some(nearest),
            }
        }
    }
}

/// What the operation has where a matcher looks. Never recovers a sender: the matcher that looked at
/// one has done so.
fn got(facts: &Facts<'_>, matcher: Matcher) -> Got {
    if facts.is_message() && matcher != Matcher::From {
        return Got::Message;
    }
    match matcher {
        Matcher::To => match facts.to {
            To::Address(address) => Got::Address(address),
            To::Create => Got::Creation,
            To::None | To::Node => Got::Other,
        },
        Matcher::Function if facts.to == To::Create => Got::Creation,
        Matcher::Function if facts.hides_calldata => Got::HiddenCalldata,
        Matcher::Function => Got::Selector(facts.selector),
        Matcher::Value => facts.value.map_or(Got::Other, Got::Number),
        Matcher::Gas => facts
            .gas
            .map_or(Got::Other, |gas| Got::Number(alloy_primitives::U256::from(gas))),
        Matcher::From => facts.sender().map_or(Got::Other, Got::Address),
        Matcher::Types | Matcher::Protected | Matcher::Authorizations | Matcher::Delegate | Matcher::Authority => {
            Got::Other
        }
    }
}

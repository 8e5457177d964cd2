//! Owns explanations: the way to a decision, step by step, as data that prints and serialises.
//! What is told here is computed by the same matchers as the decision, one after the other and
//! without index; the decision itself is the one `judge` makes.

use std::fmt;

use callgate_eth::{Operation, To, Understood};
use serde::Serialize;

use crate::claims::Claims;
use crate::judge::{Door, is_left_to_rules, judge_method};
use crate::policy::Policy;
use crate::ruleset::facts::Facts;
use crate::ruleset::grants::GrantedBy;
use crate::ruleset::matchers::Matcher;
use crate::ruleset::permission::Permission;
use crate::subject::{Section, Subject};

/// Steps beyond this are counted, not listed.
const MAX_STEPS: usize = 200;

/// The principal of an explanation: what `Policy::subject` takes.
#[derive(Debug, Clone, Copy)]
pub struct Principal<'p> {
    /// The section that authenticated it.
    pub section: Section,
    /// Its claims.
    pub claims: &'p Claims,
    /// The tenant its credential names.
    pub tenant: Option<&'p str>,
}

/// How a decision came about.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// `jwt` or `appcreds`.
    pub section: &'static str,
    /// The mappings tried, to the one that matched.
    pub mappings: Vec<MappingStep>,
    /// How many more were tried than are listed.
    pub mappings_omitted: usize,
    /// The ruleset, when a mapping matched.
    pub ruleset: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
    /// The method and by what it is granted.
    pub method: MethodStep,
    /// What the call asks the node about, for people.
    pub asks: Vec<String>,
    /// How much more it asks about than is listed.
    pub asks_omitted: usize,
    /// The operations, each with the entries tried.
    pub operations: Vec<OperationStep>,
    /// What was decided.
    pub decision: Outcome,
}

/// One mapping.
#[derive(Debug, Clone, Serialize)]
pub struct MappingStep {
    /// Its position in the file, counted from 0.
    pub position: usize,
    /// Its ruleset.
    pub ruleset: String,
    /// The tenant of a copy.
    pub tenant: Option<String>,
    /// What did not match; none when it did.
    pub miss: Option<String>,
}

/// The method.
#[derive(Debug, Clone, Serialize)]
pub struct MethodStep {
    /// Its name.
    pub name: String,
    /// Whether the catalogue has it.
    pub known: bool,
    /// By what it is granted: `chain.info`, `namespaces.txpool`, `methods`, `tx`.
    pub granted_by: Option<String>,
    /// Why it may not be called.
    pub refused: Option<&'static str>,
}

/// One operation.
#[derive(Debug, Clone, Serialize)]
pub struct OperationStep {
    /// Its position among the operations, counted from 0.
    pub operation: usize,
    /// What it is, for people.
    pub summary: String,
    /// The permissions it needs.
    pub needs: Vec<&'static str>,
    /// The entries tried, to the one that matched.
    pub entries: Vec<EntryStep>,
    /// How many more were tried than are listed.
    pub entries_omitted: usize,
}

/// One entry of `tx`.
#[derive(Debug, Clone, Serialize)]
pub struct EntryStep {
    /// Its position in `tx`, counted from 0.
    pub index: usize,
    /// Its name.
    pub name: Option<String>,
    /// Whether every matcher holds.
    pub matches: bool,
    /// Each matcher the entry has, or that is implied, and whether it holds.
    pub matchers: Vec<MatcherStep>,
    /// Why the entry matches nothing for this principal.
    pub dead: Option<String>,
    /// What it permits, when it matches.
    pub permits: Vec<&'static str>,
}

/// One matcher of an entry.
#[derive(Debug, Clone, Serialize)]
pub struct MatcherStep {
    /// Its key.
    pub matcher: &'static str,
    /// Whether it holds.
    pub verdict: MatcherVerdict,
}

/// Whether a matcher holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MatcherVerdict {
    /// It does.
    Holds,
    /// It does not.
    Fails,
    /// The signature recovers nobody.
    Undecidable,
}

/// What was decided.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Whether the call goes on.
    pub allowed: bool,
    /// The stable reason code; `no_mapping` or `unknown_tenant` when there is no ruleset.
    pub reason: &'static str,
    /// The same as a sentence.
    pub sentence: String,
    /// The entry that decided, as `tx[0]`, with its name.
    pub rule: Option<String>,
    /// What came nearest.
    pub nearest_miss: Option<String>,
}

impl Explanation {
    pub(crate) fn of(policy: &Policy, principal: &Principal<'_>, call: Understood<'_>, door: Door) -> Self {
        let (mappings, mappings_omitted) = mapping_steps(policy, principal);
        let subject = policy.subject(principal.section, principal.claims, principal.tenant);
        let mut explanation = Self {
            section: principal.section.name(),
            mappings,
            mappings_omitted,
            ruleset: None,
            tenant: None,
            method: MethodStep::bare(&call),
            asks: Vec::new(),
            asks_omitted: 0,
            operations: Vec::new(),
            decision: Outcome::default(),
        };
        match subject {
            Err(error) => {
                explanation.decision = Outcome {
                    reason: error.code(),
                    sentence: error.to_string(),
                    ..Outcome::default()
                };
            }
            Ok(subject) => explanation.add_judgement(policy, &subject, call, door),
        }
        explanation
    }

    fn add_judgement(&mut self, policy: &Policy, subject: &Subject, call: Understood<'_>, door: Door) {
        self.ruleset = Some(subject.ruleset().to_owned());
        self.tenant = subject.tenant().map(str::to_owned);
        self.method = MethodStep::of(subject, &call, door);
        let asked = call.asked();
        self.asks_omitted = asked.len().saturating_sub(MAX_STEPS);
        self.asks = asked.iter().take(MAX_STEPS).map(ToString::to_string).collect();
        let operations = call.operations().iter().enumerate();
        self.operations = operations
            .map(|(number, operation)| OperationStep::of(subject, number, operation))
            .collect();
        let judgement = policy.judge(subject, call, door);
        let decision = judgement.decision();
        self.decision = Outcome {
            allowed: decision.effect() == crate::decision::Effect::Allow,
            reason: decision.reason().code(),
            sentence: decision.reason().sentence().to_owned(),
            rule: decision.rule().map(|rule| rule.to_string()),
            nearest_miss: decision.nearest_miss().map(|miss| miss.to_string()),
        };
    }
}

fn mapping_steps(policy: &Policy, principal: &Principal<'_>) -> (Vec<MappingStep>, usize) {
    let (mut steps, mut omitted) = (Vec::new(), 0_usize);
    let named = principal.tenant.filter(|_| policy.tenants.configured);
    for mapping in policy.mappings(principal.section).iter() {
        let miss = mapping
            .check(principal.claims, named)
            .err()
            .map(|miss| miss.to_string());
        let matched = miss.is_none();
        if steps.len() < MAX_STEPS || matched {
            steps.push(MappingStep {
                position: mapping.position,
                ruleset: mapping.ruleset.name.to_string(),
                tenant: mapping.tenant.as_ref().map(|tenant| tenant.id().to_string()),
                miss,
            });
        } else {
            omitted = omitted.saturating_add(1);
        }
        if matched {
            break;
        }
    }
    (steps, omitted)
}

impl MethodStep {
    fn bare(call: &Understood<'_>) -> Self {
        let known = call.method().is_some();
        Self {
            name: call.method_name().to_owned(),
            known,
            granted_by: None,
            refused: None,
        }
    }

    fn of(subject: &Subject, call: &Understood<'_>, door: Door) -> Self {
        let ruleset = subject.rules_of();
        let granted_by = match call.method() {
            None => ruleset
                .grants
                .contains_unlisted(call.method_name())
                .then(|| "methods".to_owned()),
            Some(method) => match ruleset.grants.granted_by(method) {
                Some(GrantedBy::Group(group)) => Some(group.name().to_owned()),
                Some(GrantedBy::Namespace(name)) => Some(format!("namespaces.{name}")),
                Some(GrantedBy::Name) => Some("methods".to_owned()),
                Some(GrantedBy::Pattern(pattern)) => Some(format!("methods: pattern `{pattern}`")),
                None => is_left_to_rules(ruleset, method).then(|| "tx".to_owned()),
            },
        };
        let refused = judge_method(ruleset, call, door)
            .err()
            .map(crate::decision::ReasonCode::code);
        Self {
            granted_by,
            refused,
            ..Self::bare(call)
        }
    }
}

impl OperationStep {
    fn of(subject: &Subject, number: usize, operation: &Operation<'_>) -> Self {
        let facts = Facts::of(operation);
        let rules = &subject.rules_of().rules;
        let (mut entries, mut omitted) = (Vec::new(), 0_usize);
        for index in 0..rules.len() {
            let Some(step) = EntryStep::of(subject, index, &facts) else {
                continue;
            };
            let is_last = step.matches || step.is_undecidable();
            if entries.len() < MAX_STEPS || is_last {
                entries.push(step);
            } else {
                omitted = omitted.saturating_add(1);
            }
            if is_last {
                break;
            }
        }
        let needs = facts.needs.iter().map(Permission::name).collect();
        Self {
            operation: number,
            summary: summary(operation),
            needs,
            entries,
            entries_omitted: omitted,
        }
    }
}

impl EntryStep {
    fn of(subject: &Subject, index: usize, facts: &Facts<'_>) -> Option<Self> {
        let number = u32::try_from(index).ok()?;
        let rules = &subject.rules_of().rules;
        let entry = rules.entry(number)?;
        let mut step = Self {
            index,
            name: entry.name.as_deref().map(str::to_owned),
            matches: false,
            matchers: Vec::new(),
            dead: subject.filled().why_dead(number).map(ToString::to_string),
            permits: Vec::new(),
        };
        let Some(matchers) = rules.matchers(subject.filled(), number) else {
            return Some(step);
        };
        for matcher in Matcher::ORDER {
            let verdict = match matchers.holds(matcher, facts) {
                Ok(None) => continue,
                Ok(Some(true)) => MatcherVerdict::Holds,
                Ok(Some(false)) => MatcherVerdict::Fails,
                Err(_) => MatcherVerdict::Undecidable,
            };
            step.matchers.push(MatcherStep {
                matcher: matcher.name(),
                verdict,
            });
            // What follows is not looked at: a sender nobody needs is not recovered here either.
            if verdict != MatcherVerdict::Holds {
                return Some(step);
            }
        }
        step.matches = true;
        step.permits = entry.permissions.iter().map(Permission::name).collect();
        Some(step)
    }

    fn is_undecidable(&self) -> bool {
        self.matchers
            .last()
            .is_some_and(|step| step.verdict == MatcherVerdict::Undecidable)
    }
}

impl Default for Outcome {
    fn default() -> Self {
        Self {
            allowed: false,
            reason: "no_mapping",
            sentence: String::new(),
            rule: None,
            nearest_miss: None,
        }
    }
}

/// An operation in one line. Calldata does not appear.
fn summary(operation: &Operation<'_>) -> String {
    let from = operation.sender().map_or_else(
        |_| "nobody (the signature recovers none)".to_owned(),
        |a| format!("{a:#x}"),
    );
    let to = match operation.to() {
        To::Address(address) => format!("to {address:#x}"),
        To::Create => "creates a contract".to_owned(),
        To::None => match operation.typed_message() {
            Some(message) => {
                let contract = message.contract().map(|address| format!(" for {address:#x}"));
                let (kind, contract) = (message.primary_type(), contract.unwrap_or_default());
                format!("signs a typed message `{}`{contract}", kind.escape_debug())
            }
            None => "signs a message".to_owned(),
        },
        To::Node => "to a contract that the node fills in".to_owned(),
    };
    let selector = operation
        .selector()
        .map(|[a, b, c, d]| format!(", selector 0x{a:02x}{b:02x}{c:02x}{d:02x}"));
    let kind = operation.kind().name();
    let value = operation.value().map(|value| format!(", value {value} wei"));
    let place = operation.position();
    let private = if operation.is_private() { ", private" } else { "" };
    let overridden = if operation.has_overrides() {
        ", on a state that the caller changes"
    } else {
        ""
    };
    format!(
        "{kind} at {place} from {from}, {to}{}{}{private}{overridden}",
        value.unwrap_or_default(),
        selector.unwrap_or_default()
    )
}

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.mappings {
            let tenant = step
                .tenant
                .as_ref()
                .map(|tenant| format!(" for tenant `{tenant}`"))
                .unwrap_or_default();
            let verdict = step.miss.as_deref().unwrap_or("matches");
            writeln!(out, "{}.mappings[{}]{tenant}: {verdict}", self.section, step.position)?;
        }
        write_omitted(out, self.mappings_omitted, "mappings that do not match")?;
        if let Some(ruleset) = &self.ruleset {
            writeln!(out, "ruleset `{ruleset}`")?;
        }
        let granted = self.method.granted_by.as_deref().map(|by| format!("granted by `{by}`"));
        let known = if self.method.known {
            ""
        } else {
            ", not in the catalogue"
        };
        writeln!(
            out,
            "method `{}`{known}: {}",
            self.method.name,
            granted.as_deref().unwrap_or("not granted")
        )?;
        for asked in &self.asks {
            writeln!(out, "asks about {asked}")?;
        }
        write_omitted(out, self.asks_omitted, "things that it asks about")?;
        for operation in &self.operations {
            write!(out, "{operation}")?;
        }
        write!(out, "{}", self.decision)
    }
}

impl fmt::Display for OperationStep {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "operation {}: {}, needs {}",
            self.operation,
            self.summary,
            self.needs.join(" and ")
        )?;
        for entry in &self.entries {
            let name = entry.name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
            write!(out, "  tx[{}]{name}:", entry.index)?;
            for step in &entry.matchers {
                let verdict = match step.verdict {
                    MatcherVerdict::Holds => "holds",
                    MatcherVerdict::Fails => "does not hold",
                    MatcherVerdict::Undecidable => "cannot be decided",
                };
                write!(out, " {} {verdict};", step.matcher)?;
            }
            match (&entry.dead, entry.matches) {
                (Some(why), _) => writeln!(out, " matches nothing: {why}")?,
                (None, true) => writeln!(out, " matches, permits {}", entry.permits.join(", "))?,
                (None, false) => writeln!(out, " does not match")?,
            }
        }
        write_omitted(out, self.entries_omitted, "entries that do not match")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = if self.allowed { "allowed" } else { "denied" };
        write!(out, "{effect}: {} ({})", self.sentence, self.reason)?;
        if let Some(rule) = &self.rule {
            write!(out, ", by {rule}")?;
        }
        if let Some(miss) = &self.nearest_miss {
            write!(out, "\nnearest: {miss}")?;
        }
        Ok(())
    }
}

fn write_omitted(out: &mut fmt::Formatter<'_>, count: usize, what: &str) -> fmt::Result {
    if count == 0 {
        Ok(())
    } else {
        writeln!(out, "({count} more {what})")
    }
}

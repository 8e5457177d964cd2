//! Owns the compiling of conditions on numbers.

use std::sync::Arc;

use super::texts;
use crate::diagnostics::{Code, Problem, Problems, quoted};
use crate::document::raw::Text;
use crate::document::raw_rules::RawCondition;
use crate::matcher::amount::{AmountError, Unit, read_amount};
use crate::matcher::condition::{Comparison, Condition};
use crate::pattern::Template;
use crate::ruleset::draft::{ConditionDraft, Operator};

/// A condition, ready or with templates.
pub(super) enum CompiledCondition {
    /// Without templates.
    Ready(Arc<Condition>),
    /// To be filled per principal.
    Draft(ConditionDraft),
}

/// Compiles a condition.
pub(super) fn condition(raw: &RawCondition, unit: Unit, problems: &mut Problems) -> CompiledCondition {
    let mut draft = ConditionDraft {
        unit,
        fixed: Vec::new(),
        among: Vec::new(),
        templates: Vec::new(),
    };
    let ordered = [
        (Operator::Equal, &raw.eq),
        (Operator::Less, &raw.lt),
        (Operator::AtMost, &raw.lte),
        (Operator::Greater, &raw.gt),
        (Operator::AtLeast, &raw.gte),
    ];
    let mut is_empty = raw.among.is_none() && raw.not_among.is_none() && raw.regex.is_none();
    for (operator, text) in ordered {
        is_empty &= text.is_none();
        let numbers = numbers(operator, text.iter(), &mut draft, problems);
        // `eq` with one number is a comparison like the others; a list of one is its simplest form.
        draft
            .fixed
            .extend(numbers.and_then(|numbers| operator.compare(numbers)));
    }
    if let Some(list) = &raw.among {
        draft.among = numbers(Operator::Among, list.iter(), &mut draft, problems).unwrap_or_default();
    }
    if let Some(list) = &raw.not_among {
        let numbers = numbers(Operator::NotAmong, list.iter(), &mut draft, problems).unwrap_or_default();
        draft.fixed.push(Comparison::NotAmong(numbers));
    }
    if let Some(text) = &raw.regex {
        draft.fixed.extend(texts::pattern(text, problems).map(Comparison::Text));
    }
    if is_empty {
        let problem = Problem::error(Code::BAD_CONDITION, raw.span, "a condition without comparison");
        problems.push(problem.hint("write for example `{ lte: \"1 ether\" }`"));
    }
    if !draft.templates.is_empty() {
        return CompiledCondition::Draft(draft);
    }
    if raw.among.is_some() {
        draft.fixed.push(Comparison::Among(draft.among));
    }
    let condition = Condition::new(draft.fixed);
    if condition.is_impossible() && !problems.has_errors() {
        let problem = Problem::error(Code::BAD_CONDITION, raw.span, "no number satisfies this condition");
        problems.push(problem.hint("the comparisons exclude each other"));
    }
    CompiledCondition::Ready(Arc::new(condition))
}

/// The numbers written out; templates go to the draft. None when nothing is written out.
fn numbers<'t>(
    operator: Operator,
    texts: impl Iterator<Item = &'t Text>,
    draft: &mut ConditionDraft,
    problems: &mut Problems,
) -> Option<Vec<alloy_primitives::U256>> {
    let mut numbers = Vec::new();
    for text in texts {
        if Template::is_in(text) {
            draft
                .templates
                .extend(texts::template(text, problems).map(|template| (operator, template)));
            continue;
        }
        match read_amount(text, draft.unit) {
            Ok(number) => numbers.push(number),
            Err(error) => report(text, error, problems),
        }
    }
    if numbers.is_empty() { None } else { Some(numbers) }
}

fn report(text: &Text, error: AmountError, problems: &mut Problems) {
    problems.error(Code::BAD_AMOUNT, text.span, format!("{}: {error}", quoted(text)));
}

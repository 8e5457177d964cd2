//! `callgate check`: everything that `serve` would read, with every mistake at once.

use crate::cli::{Check, Format};
use crate::exit::{Exit, Failure, fail};
use crate::output::{colours, remark, say};
use callgate_gateway::snapshot::{Loaded, Mistake, Overrides, Refusal, Sources};
use callgate_policy::{Finding, Report, Severity};
use serde_json::{Value, json};

pub(super) fn run(options: &Check) -> Result<Exit, Failure> {
    if !options.policy.is_file() {
        return Err(fail(
            Exit::Usage,
            format_args!("`{}` is not a file", options.policy.display()),
        ));
    }
    let sources = Sources {
        policy: options.policy.clone(),
        overrides: Overrides::default(),
    };
    match Loaded::read(sources) {
        Ok(loaded) => Ok(fine(options, loaded.warnings())),
        Err(refusal) => {
            match options.format {
                Format::Human => remark(refusal.render(colours()).trim_end()),
                Format::Json => say(format_args!("{:#}", mistakes(&refusal))),
            }
            Ok(Exit::BadPolicy)
        }
    }
}

fn fine(options: &Check, warnings: &Report) -> Exit {
    match options.format {
        Format::Json => say(format_args!(
            "{:#}",
            Value::from_iter(warnings.findings().iter().map(finding))
        )),
        Format::Human if warnings.is_empty() => say(format_args!("{}: ok", options.policy.display())),
        Format::Human => {
            remark(warnings.render(colours()).trim_end());
            say(format_args!(
                "{}: ok, with {} to look at",
                options.policy.display(),
                warnings.len()
            ));
        }
    }
    if options.deny_warnings && !warnings.is_empty() {
        Exit::Denied
    } else {
        Exit::Done
    }
}

fn mistakes(refusal: &Refusal) -> Value {
    let mut all = Vec::new();
    for mistake in refusal.mistakes() {
        match mistake {
            Mistake::Policy(report) => all.extend(report.findings().iter().map(finding)),
            Mistake::Credentials(problems) => all.extend(problems.iter().map(|problem| {
                json!({ "severity": "error", "file": problem.file, "line": problem.line, "column": problem.column, "message": problem.message })
            })),
            other => all.push(json!({ "severity": "error", "message": other.to_string() })),
        }
    }
    Value::Array(all)
}

fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code.to_string(),
        "severity": match finding.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "endLine": finding.place.end_line,
        "endColumn": finding.place.end_column,
        "text": finding.place.text,
        "message": finding.message,
        "hint": finding.hint,
    })
}

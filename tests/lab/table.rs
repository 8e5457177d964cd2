//! The table: for each client and case what a bare node does and what happens behind Callgate, and the totals of it.

use crate::judge::SURPRISE;
use crate::run::{Outcome, Row};
use crate::support::repository;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

const HEAD: &str = "case,bare node,behind Callgate";

/// What a client's file of results holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) version: String,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self {
            version: outcome.version,
            rows: outcome.rows,
        }
    }

    /// The file of a client.
    pub(crate) fn path(client: &str) -> PathBuf {
        repository("tests/lab/results").join(format!("{client}.csv"))
    }

    pub(crate) fn read(client: &str) -> Self {
        let path = Self::path(client);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines = text.lines();
        let version = lines
            .next()
            .and_then(|line| line.strip_prefix("# "))
            .expect("a version")
            .to_owned();
        assert_eq!(lines.next(), Some(HEAD));
        let row = |line: &str| {
            let cells = cells(line);
            let [case, bare, behind] = <[String; 3]>::try_from(cells).expect("three cells");
            Row { case, bare, behind }
        };
        Self {
            version,
            rows: lines.map(row).collect(),
        }
    }

    pub(crate) fn write(&self, client: &str) {
        let mut text = format!("# {}\n{HEAD}\n", self.version);
        for Row { case, bare, behind } in &self.rows {
            let _ = writeln!(text, "{},{},{}", quoted(case), quoted(bare), quoted(behind));
        }
        std::fs::write(Self::path(client), text).unwrap();
    }

    /// How many bodies made the bare node do what a careful reader does not expect.
    pub(crate) fn surprises(&self) -> usize {
        self.rows.iter().filter(|row| row.bare.starts_with(SURPRISE)).count()
    }

    /// How many were sent on.
    pub(crate) fn sent(&self) -> usize {
        self.rows.iter().filter(|row| row.behind == "sent as audited").count()
    }

    /// How many did something behind Callgate that its audit does not tell.
    pub(crate) fn violations(&self) -> usize {
        self.rows
            .iter()
            .filter(|row| row.behind != "sent as audited" && row.behind != "not sent")
            .count()
    }

    /// What differs from another run, by case.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let of_other: BTreeMap<_, _> = other.rows.iter().map(|row| (&row.case, row)).collect();
        let mut differences = Vec::new();
        if self.version != other.version {
            differences.push(format!("{} instead of {}", other.version, self.version));
        }
        if self.rows.len() != other.rows.len() {
            differences.push(format!("{} cases instead of {}", other.rows.len(), self.rows.len()));
        }
        for row in &self.rows {
            match of_other.get(&row.case) {
                None => differences.push(format!("{} is gone", row.case)),
                Some(&other) if other != row => differences.push(format!("{row:?}\n  now {other:?}")),
                Some(_) => {}
            }
        }
        differences
    }
}

/// The summary of all clients, by the group of the catalogue: how many bodies surprise a bare node, and what came of them behind
/// Callgate.
pub(crate) fn summary(tables: &[(&str, Table)]) -> String {
    let mut text = String::from(
        "# Results of the lab\n\nWritten by the tests of `tests/lab` (`CALLGATE_WRITE_LAB=1 cargo test --test lab`); what each body did is \
         in `results/`.\n\n*Surprises*: bodies that make the bare node do something other than a careful reader expects. *Sent*: bodies of \
         which Callgate sent something on, exactly as its audit line says. *Otherwise*: bodies behind which anything else happened. As messages of a \
         WebSocket all bodies come to the same.\n\n",
    );
    text.push_str(
        "| client | bodies | surprises | behind Callgate: sent | otherwise |\n| --- | --- | --- | --- | --- |\n",
    );
    for (_, table) in tables {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            table.version,
            table.rows.len(),
            table.surprises(),
            table.sent(),
            table.violations()
        );
    }
    text.push_str("\n## Surprises by entry of the catalogue\n\n| entry | bodies |");
    for (_, table) in tables {
        let _ = write!(text, " {} |", table.version);
    }
    let _ = writeln!(text, "\n| --- | --- |{}", " --- |".repeat(tables.len()));
    let mut groups: BTreeMap<&str, (usize, Vec<usize>)> = BTreeMap::new();
    for (place, (_, table)) in tables.iter().enumerate() {
        for row in &table.rows {
            let group = row.case.split(' ').next().unwrap_or_default();
            let (bodies, surprises) = groups.entry(group).or_insert_with(|| (0, vec![0; tables.len()]));
            *bodies += usize::from(place == 0);
            surprises[place] += usize::from(row.bare.starts_with(SURPRISE));
        }
    }
    for (group, (bodies, surprises)) in groups {
        let surprises: Vec<_> = surprises.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "| {group} | {bodies} | {} |", surprises.join(" | "));
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            char => cells.last_mut().unwrap().push(char),
        }
    }
    cells
}

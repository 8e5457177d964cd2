//! The table: medians over rounds, ratios to nginx taken within a round.

use crate::load::Sample;
use crate::subject::Subject;

/// Every sample of the run.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<(usize, &'static str, &'static str, Sample)>,
}

impl Table {
    pub(crate) fn add(&mut self, round: usize, scenario: &'static str, subject: &'static str, sample: Sample) {
        println!(
            "round {round} {scenario:<14} {subject:<40} {:>9.0} req/s {:>7.1} us cpu {} errors",
            sample.rate,
            sample.cpu.unwrap_or_default(),
            sample.errors
        );
        self.rows.push((round, scenario, subject, sample));
    }

    pub(crate) fn print(&self, subjects: &[Subject]) {
        let mut scenarios: Vec<&str> = self.rows.iter().map(|row| row.1).collect();
        scenarios.sort_unstable();
        scenarios.dedup();
        println!(
            "\n| scenario | subject | req/s × nginx | CPU µs/request | CPU × nginx |\n| --- | --- | --- | --- | --- |"
        );
        for scenario in scenarios {
            for subject in subjects {
                let rate = self.ratios(scenario, subject.name, |sample| Some(sample.rate));
                let cpu = self.ratios(scenario, subject.name, |sample| sample.cpu);
                let own: Vec<f64> = self
                    .of(scenario, subject.name)
                    .filter_map(|(_, sample)| sample.cpu)
                    .collect();
                println!(
                    "| {scenario} | {} | {} | {} | {} |",
                    subject.name,
                    span(&rate),
                    span(&own),
                    span(&cpu)
                );
            }
        }
        println!("\n| subject | resident MiB at rest | after load |\n| --- | --- | --- |");
        for subject in subjects {
            if let (Some(before), Some(after)) = (subject.at_rest_mib, subject.resident_mib()) {
                println!("| {} | {before:.1} | {after:.1} |", subject.name);
            }
        }
    }

    fn of(&self, scenario: &str, subject: &str) -> impl Iterator<Item = (usize, Sample)> {
        self.rows
            .iter()
            .filter(move |row| row.1 == scenario && row.2 == subject)
            .map(|row| (row.0, row.3))
    }

    fn ratios(&self, scenario: &str, subject: &str, figure: impl Fn(&Sample) -> Option<f64>) -> Vec<f64> {
        self.of(scenario, subject)
            .filter_map(|(round, sample)| {
                let (_, yardstick) = self.of(scenario, "nginx").find(|(other, _)| *other == round)?;
                Some(figure(&sample)? / figure(&yardstick)?)
            })
            .collect()
    }
}

/// Median, and the range in brackets.
fn span(figures: &[f64]) -> String {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.get(sorted.len() / 2), sorted.first(), sorted.last()) {
        (Some(median), Some(low), Some(high)) => format!("{median:.2} ({low:.2}–{high:.2})"),
        _ => "–".to_owned(),
    }
}

//! Every shipped policy loads, is found good by `callgate check`, and decides every case of its table as written.

use crate::support::repository;
use callgate_eth::{Client, Context};
use callgate_policy::Cases;
use callgate_policy::settings::ChainId;
use callgate_policy::{FilePurpose, Inputs};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The policies: what stands in `policies/` and is neither a table of cases nor a file beside a policy.
fn shipped() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(repository("policies"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name.ends_with(".yaml") || name.ends_with(".json"))
                && !name.ends_with(".cases.yaml")
                && !name.starts_with("example-")
                && !name.ends_with("-credentials.yaml")
        })
        .collect();
    all.sort();
    assert!(all.len() >= 7, "{all:?}");
    all
}

fn compiled(path: &Path) -> callgate_policy::Compiled {
    let text = std::fs::read_to_string(path).unwrap();
    let document = callgate_policy::read(&path.display().to_string(), &text)
        .unwrap_or_else(|report| panic!("{}", report.render(false)));
    let mut inputs = Inputs::default();
    for need in document.files() {
        let file = path.parent().unwrap().join(&need.path);
        assert!(
            file.is_file(),
            "{} names {}, which is not there",
            path.display(),
            need.path
        );
        if matches!(need.purpose, FilePurpose::Set | FilePurpose::Tenants) {
            inputs.files.insert(need.path, std::fs::read_to_string(file).unwrap());
        }
    }
    callgate_policy::compile(&document, &inputs).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// What the tables are judged for: a geth.
const GETH: &str = "Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1";

#[test]
fn every_case_of_every_policy_holds() {
    let mut run = 0;
    for path in shipped() {
        let compiled = compiled(&path);
        let table = path.with_extension("cases.yaml");
        let text =
            std::fs::read_to_string(&table).unwrap_or_else(|_| panic!("{} has no table of cases", path.display()));
        let cases = Cases::read(&table.display().to_string(), &text)
            .unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert!(
            text.contains("expect: allow") && text.contains("expect: deny"),
            "{}: a table shows both",
            table.display()
        );
        let chain_id = match compiled.settings.chain_id {
            ChainId::Pinned(id) => id,
            ChainId::Auto => 1,
        };
        let context = Context {
            chain_id: Some(chain_id),
            client: Client::of_text(GETH),
        };
        let failures: Vec<String> = cases
            .run(&compiled.policy, &context)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(failures.is_empty(), "{}:\n{}", path.display(), failures.join("\n"));
        run += cases.len();
    }
    assert!(run >= 70, "only {run} cases ran");
}

#[test]
fn callgate_check_finds_every_shipped_policy_good() {
    for path in shipped() {
        let output = Command::new(env!("CARGO_BIN_EXE_callgate"))
            .arg("check")
            .arg(&path)
            .output()
            .unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(0), "{}:\n{said}", path.display());
    }
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let compiled = compiled(&repository("policies/readonly.yaml"));
    let cases = "- name: wrong\n  as: { id: anyone }\n  call: { method: eth_blockNumber }\n  expect: deny\n";
    let cases = Cases::read("cases", cases).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let context = Context {
        chain_id: Some(1),
        client: Client::of_text(GETH),
    };
    assert_eq!(cases.run(&compiled.policy, &context).len(), 1);
}

//! Documented examples and a document with every key.

use super::*;

#[test]
fn every_key_of_the_language_is_read() {
    let document = clean(FULL);
    let raw = document.raw();
    assert_eq!(raw.version.as_deref(), Some(&1));
    assert_eq!(raw.chain_id.as_deref(), Some(&RawChainId::Pinned(31337)));
    assert_eq!(raw.listeners.as_ref().unwrap().value.len(), 2);
    assert_eq!(raw.limits.entries.len(), 14);
    assert_eq!(raw.jwt.as_ref().unwrap().issuers.len(), 5);
    let tx = &raw.rulesets[1].tx[0];
    assert_eq!(tx.name.as_ref().unwrap().value, "pay-suppliers");
    assert!(matches!(&tx.matchers.to, Some(RawAddresses::Set(name)) if name.value == "payees"));
    assert_eq!(tx.matchers.gas.as_ref().unwrap().gt.as_ref().unwrap().value, "20_000");
    assert_eq!(tx.matchers.value.as_ref().unwrap().eq.as_ref().unwrap().value, "0");
    assert_eq!(tx.matchers.protected.as_deref(), Some(&RawProtected::Any));
    assert_eq!(tx.permissions.raw.as_deref(), Some(&true));
    assert_eq!(tx.permissions.overrides.as_deref(), Some(&false));
    let other = &raw.rulesets[1].tx[1].matchers;
    assert_eq!(other.function.as_ref().unwrap().value.len(), 2);
    assert_eq!(other.types.as_ref().unwrap().value[0].value, "eip1559");
    assert!(matches!(&other.to, Some(RawAddresses::List(_, list)) if list.len() == 2));
    assert!(matches!(raw.sets[0].members[1], RawSetMember::File(_)));
}

#[test]
fn needed_files_are_told_with_their_purpose() {
    let files: Vec<_> = clean(FULL)
        .files()
        .into_iter()
        .map(|need| (need.path, need.purpose))
        .collect();
    let expected = [
        ("payees.txt", FilePurpose::Set),
        ("tenants.yaml", FilePurpose::Tenants),
        ("credentials.yaml", FilePurpose::Credentials),
        ("idp-keys.json", FilePurpose::Jwks),
        ("pem.pem", FilePurpose::Pem),
        ("hs.key", FilePurpose::Secret),
    ];
    assert_eq!(files, expected.map(|(path, purpose)| (path.to_owned(), purpose)));
}

#[test]
fn baf_application_credentials_load_unchanged() {
    let document = clean(include_str!("../../../fixtures/baf/appcreds.json"));
    let appcreds = document.raw().appcreds.as_ref().unwrap();
    assert_eq!(appcreds.basic_auth.as_deref(), Some(&true));
    assert_eq!(appcreds.places.header.as_ref().unwrap().value, "X-Api-Key");
    assert_eq!(appcreds.places.cookie.as_ref().unwrap().value, "apikey");
    let rulesets: Vec<_> = appcreds
        .mappings
        .iter()
        .map(|mapping| mapping.ruleset.as_str())
        .collect();
    assert_eq!(rulesets, ["admin-rules", "rules1"]);
    assert!(
        matches!(&appcreds.mappings[0].claims[0], (name, RawClaim::Pattern(id)) if name.value == "id" && id.value == "u0abcd1234")
    );
}

#[test]
fn baf_claim_mappings_load_unchanged() {
    let document = clean(include_str!("../../../fixtures/baf/mappings.json"));
    let mapping = &document.raw().jwt.as_ref().unwrap().mappings[0];
    assert!(matches!(&mapping.claims[0].1, RawClaim::Pattern(email) if email.value == ".*@mydomain\\.com"));
    let RawClaim::Nested(_, access) = &mapping.claims[1].1 else {
        panic!("nested")
    };
    let names: Vec<_> = access.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["roles", "level", "approved"]);
    assert_eq!(document.raw().rulesets[0].name.value, "rules1");
    assert_eq!(document.raw().rulesets[0].tx.len(), 2);
}

#[test]
fn multi_tenant_examples_load_unchanged() {
    let document = clean(include_str!("../../../fixtures/baf/tenants.yaml"));
    assert_eq!(document.raw().tenants_tag.as_ref().unwrap().value, "node-a");
    let Some(RawTenants::List(tenants)) = &document.raw().tenants else {
        panic!("a list")
    };
    assert!(matches!(&tenants[0].vars[1].1, RawVariable::One(signer) if signer.value == "0x12..34"));
    let document = clean(include_str!("../../../fixtures/baf/tennants.json"));
    assert_eq!(document.raw().tenants_tag.as_ref().unwrap().value, "shared-node");
}

//! The document in `docs` is that of the code.

use std::path::Path;

#[test]
fn the_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/admin-api.openapi.json");
    let made = serde_json::to_string_pretty(&crate::document()).unwrap() + "\n";
    if std::env::var_os("ALPHORN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let remedy = "run `ALPHORN_WRITE_DOCS=1 cargo test -p alphorn-admin` and look at what changed";
    assert!(kept == made, "docs/admin-api.openapi.json is not that of the code: {remedy}");
}

#[test]
fn every_operation_has_a_name_of_its_own_and_every_reference_leads_somewhere() {
    let document = crate::document();
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(names.insert(id.to_owned()), "{method} {path}: there is another {id}");
            assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{id}");
        }
    }
    assert!(names.len() > 10);
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "nothing is at {pointer}");
    }
}

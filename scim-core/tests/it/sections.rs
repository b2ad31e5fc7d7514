//! Which tests prove which section of the RFCs. Each crate whose tests take this file in, with
//! `#[path = "../../../scim-core/tests/it/sections.rs"] mod sections;`, keeps the sections that
//! bind it in `tests/sections.txt`, one to a line, sorted.
//!
//! A test is found by its doc comment (`/// RFC 7643 §2.4`), a case of a corpus by its member
//! `"section": "RFC 7643 §2.4"`, and shown by the sentence that says what it holds, its `rule` or
//! `comment`; either may name more than one section. With `-- sections --nocapture` the table of
//! sections and their tests is printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, iter,
    path::{Path, PathBuf},
};

use serde_json::Value;

type Proofs = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_section_that_binds_has_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let binding = fs::read_to_string(folder.join("tests/sections.txt")).unwrap();
    let proofs = proofs(folder);
    let bare: Vec<&str> =
        binding.lines().filter(|section| !proofs.contains_key(*section)).collect();
    assert!(bare.is_empty(), "without a test: {bare:#?}; with one: {proofs:#?}");
    assert!(binding.lines().is_sorted(), "tests/sections.txt is not sorted");
    for (section, tests) in proofs {
        println!("{section}");
        tests.iter().for_each(|test| println!("    {test}"));
    }
}

/// The sections, each with the files and tests that prove it.
fn proofs(folder: &Path) -> Proofs {
    let mut proofs = Proofs::new();
    for file in files(folder) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(folder).unwrap().display().to_string();
        let mut add = |cited: &str, proof: String| {
            for section in sections(cited) {
                proofs.entry(section).or_default().insert(proof.clone());
            }
        };
        if file.extension().is_some_and(|end| end == "rs") {
            for (cited, test) in tests(&text) {
                add(&cited, format!("{name}: {test}"));
            }
        } else {
            let corpus = serde_json::from_str(&text);
            let corpus: Value = corpus.unwrap_or_else(|error| panic!("{name}: {error}"));
            for (cited, case) in cases(&corpus) {
                add(cited, format!("{name}: {case}"));
            }
        }
    }
    proofs
}

/// All source files and corpora.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.join("src"), folder.join("tests")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|end| end.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("rs" | "json") => files.push(path),
                _ => {}
            }
        }
    }
    files
}

/// The doc comment of each test, and its name.
fn tests(source: &str) -> Vec<(String, &str)> {
    let (mut doc, mut is_test, mut found) = (String::new(), false, Vec::new());
    for line in source.lines().map(str::trim_start) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push_str(text);
        } else if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("::test(");
        } else {
            let name = line.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
            if let Some((name, _)) = name.filter(|_| is_test) {
                found.push((std::mem::take(&mut doc), name));
            }
            doc.clear();
            is_test = false;
        }
    }
    found
}

/// What the member `section` of each case says, and the sentence that names the case.
fn cases(corpus: &Value) -> Vec<(&str, &str)> {
    let (mut found, mut left) = (Vec::new(), vec![corpus]);
    while let Some(value) = left.pop() {
        match value {
            Value::Array(elements) => left.extend(elements.iter().rev()),
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                let case = text("rule").or(text("comment")).or(text("why")).unwrap_or_default();
                found.extend(text("section").map(|cited| (cited, case)));
                left.extend(members.values());
            }
            _ => {}
        }
    }
    found
}

/// Each `RFC 7643 §2.4` of a text.
fn sections(text: &str) -> impl Iterator<Item = String> {
    let mut rest = text;
    iter::from_fn(move || {
        let (_, cited) = rest.split_once("RFC ")?;
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '§' | '.');
        let end = cited.find(|c| !is_part(c)).unwrap_or(cited.len());
        let (section, tail) = cited.split_at(end);
        rest = tail;
        Some(format!("RFC {}", section.trim_end_matches(['.', ' '])))
    })
}

#[test]
fn sections_are_found_in_doc_comments_and_corpora() {
    let source = "/// It does.\n    /// RFC 7643 §2.4, RFC 7644 §3.10.\n    #[test]\n    fn one() {}\n\n\
        /// RFC 7643 §9\nstruct Other;\n#[tokio::test]\nasync fn two() {}";
    let found: Vec<(Vec<String>, &str)> =
        tests(source).iter().map(|(doc, name)| (sections(doc).collect(), *name)).collect();
    let both = ["RFC 7643 §2.4", "RFC 7644 §3.10"].map(str::to_owned).to_vec();
    assert_eq!(found, [(both, "one"), (Vec::new(), "two")]);
    let corpus = serde_json::json!([
        {"section": "RFC 7643 §7", "rule": "it holds"},
        {"cases": [{"comment": "it holds too", "section": "RFC 9865 §2"}]},
    ]);
    assert_eq!(cases(&corpus), [("RFC 7643 §7", "it holds"), ("RFC 9865 §2", "it holds too")]);
}

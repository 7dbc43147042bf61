//! Files of an entry made ones that an account can have: named, no two alike, as many and as large as there is room for.

use super::draft::line;
use super::plan::PlannedFile;
use crate::model::{AccountDetails, FileRef, ImportTag, Payload, limits};
use sealward_contract::ids::ObjectId;
use std::collections::BTreeSet;

/// The name of a file that has none.
const UNNAMED: &str = "file";

/// Leaves out what an account cannot have, and names the rest. `false` when something was left out. What the details
/// name already has its place.
pub(super) fn fit(details: &AccountDetails, files: &mut Vec<PlannedFile>) -> bool {
    let named = files.extract_if(.., |file| file.stands_for.is_some()).collect::<Vec<_>>();
    let all = fit_beside(details, files);
    files.splice(0..0, named);
    all
}

fn fit_beside(details: &AccountDetails, files: &mut Vec<PlannedFile>) -> bool {
    let before = files.len();
    files.retain(|file| file.bytes.len() as u64 <= limits::FILE);
    files.truncate(limits::FILES.saturating_sub(details.files.as_ref().map_or(0, Vec::len)));
    let mut taken = BTreeSet::new();
    for file in files.iter_mut() {
        file.name = free_name(&file.name, &taken);
        taken.insert(file.name.clone());
        if file.media_type.chars().any(char::is_control) || file.media_type.chars().count() > limits::MEDIA_TYPE {
            file.media_type.clear();
        }
    }
    while !files.is_empty() && !is_writable(details, files) {
        files.pop();
    }
    files.len() == before
}

/// Whether the details can name these files, and the tag that they get when they are written.
fn is_writable(details: &AccountDetails, files: &[PlannedFile]) -> bool {
    let named = files.iter().zip(0_u128..).map(|(file, at)| FileRef {
        // They get theirs when they are sent.
        id: ObjectId(at.to_be_bytes()),
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        length: file.bytes.len() as u64,
    });
    let import_tag = Some(ImportTag([0; 16]));
    let all = details.files.iter().flatten().cloned().chain(named).collect();
    AccountDetails { files: Some(all), import_tag, ..details.clone() }.to_bytes().is_ok()
}

/// A name that a file can have, whatever it was called.
pub(super) fn clean_name(name: &str) -> String {
    free_name(name, &BTreeSet::new())
}

/// The name without folders on one line, shortened before its extension, with a number where it is taken.
fn free_name(name: &str, taken: &BTreeSet<String>) -> String {
    let name = line(name.rsplit(['/', '\\']).next().unwrap_or(name));
    let name = if name.trim_matches('.').is_empty() { UNNAMED } else { &name };
    let extension = name.rfind('.').filter(|at| *at > 0).and_then(|at| name.get(at..)).unwrap_or_default();
    // What is longer is no extension.
    let extension = if extension.chars().count() <= limits::FILE_NAME / 2 { extension } else { "" };
    let stem = name.strip_suffix(extension).unwrap_or(name);
    let with = |number: &str| {
        let room = limits::FILE_NAME.saturating_sub(extension.chars().count() + number.chars().count());
        stem.chars().take(room).chain(number.chars()).chain(extension.chars()).collect::<String>()
    };
    let numbered = (2_usize..).map(|number| with(&format!(" ({number})")));
    std::iter::once(with("")).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use zeroize::Zeroizing;

    fn file(name: &str, length: usize) -> PlannedFile {
        PlannedFile::beside(name.into(), Zeroizing::new(vec![7; length]))
    }

    fn names(files: &[PlannedFile]) -> Vec<&str> {
        files.iter().map(|file| file.name.as_str()).collect()
    }

    fn account() -> AccountDetails {
        AccountDetails { name: "root".into(), ..AccountDetails::default() }
    }

    #[test]
    fn names_are_ones_that_an_account_can_have() {
        let given =
            ["plan.txt", "plan.txt", "a/b\\plan.txt", "", "..", ".env", ".env", "a\u{0}b.pdf", "README", "README"];
        let mut files: Vec<_> = given.iter().map(|name| file(name, 1)).collect();
        assert!(fit(&account(), &mut files));
        let expected = [
            "plan.txt",
            "plan (2).txt",
            "plan (3).txt",
            "file",
            "file (2)",
            ".env",
            ".env (2)",
            "a b.pdf",
            "README",
            "README (2)",
        ];
        assert_eq!(names(&files), expected);
    }

    #[test]
    fn long_names_keep_their_extension() {
        let long = format!("{}.txt", "ä".repeat(300));
        let mut files = vec![file(&long, 1), file(&long, 1), file(&format!("x.{}", "e".repeat(300)), 1)];
        assert!(fit(&account(), &mut files));
        assert_eq!(files[0].name, format!("{}.txt", "ä".repeat(251)));
        assert_eq!(files[1].name, format!("{} (2).txt", "ä".repeat(247)));
        assert_eq!(files[2].name, format!("x.{}", "e".repeat(253)));
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out() {
        let mut many: Vec<_> = (0..21).map(|at| file(&format!("{at}.txt"), at)).collect();
        assert!(!fit(&account(), &mut many));
        assert_eq!(many.len(), 20);
        let mut large = vec![file("small.bin", 0), file("large.bin", 104_857_601)];
        assert!(!fit(&account(), &mut large));
        assert_eq!(names(&large), ["small.bin"]);
        // Details of almost 64 KiB can name a file, and not twenty with long names.
        let full = AccountDetails { notes: "备".repeat(10_000), ..account() };
        let fields = (0..20).map(|at| crate::model::CustomField {
            label: format!("{at}"),
            value: crate::model::CustomValue::Text("x".repeat(1_600)),
        });
        let full = AccountDetails { custom_fields: fields.collect(), ..full };
        let mut files: Vec<_> = (0..20).map(|at| file(&format!("{at}{}", "y".repeat(240)), 1)).collect();
        assert!(!fit(&full, &mut files));
        assert!((1..20).contains(&files.len()), "{}", files.len());
    }

    #[test]
    fn a_media_type_that_is_none_is_unknown() {
        let odd = |media_type: &str| PlannedFile { media_type: media_type.into(), ..file("a", 1) };
        let mut files = vec![odd("image/png"), odd("text\u{7}"), odd(&"x".repeat(256))];
        assert!(fit(&account(), &mut files));
        let types: Vec<_> = files.iter().map(|file| file.media_type.as_str()).collect();
        assert_eq!(types, ["image/png", "", ""]);
    }
}

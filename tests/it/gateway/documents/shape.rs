//! Whether an answer has the shape of a sample: more may be in it, nothing may be missing or have another name.

use serde_json::Value;

/// Texts that scripts compare: they are the sample's own.
const WORDS: [&str; 4] = ["name", "status", "message", "STATUS"];

/// Compares.
pub fn compare(sample: &Value, answer: &Value) {
    walk(sample, answer, "");
}

fn walk(sample: &Value, answer: &Value, path: &str) {
    match (sample, answer) {
        (Value::Object(sample), Value::Object(answer)) => {
            for (key, wanted) in sample {
                let found = answer.get(key).unwrap_or_else(|| panic!("{path}/{key} is missing in {answer:?}"));
                if WORDS.contains(&key.as_str()) && wanted.as_str().is_some_and(|wanted| !wanted.is_empty()) {
                    assert_eq!(found, wanted, "{path}/{key}");
                }
                walk(wanted, found, &format!("{path}/{key}"));
            }
        }
        (Value::Array(sample), Value::Array(answer)) => {
            let Some(first) = sample.first() else { return };
            assert!(!answer.is_empty(), "{path} is empty");
            answer.iter().for_each(|answer| walk(first, answer, &format!("{path}/-")));
        }
        (sample, answer) => {
            let same = std::mem::discriminant(sample) == std::mem::discriminant(answer);
            assert!(same, "{path}: {answer} in place of {sample}");
        }
    }
}

//! What the test runners say of each test that failed, to be repeated at the end: a long run's beginning is often not
//! kept.

/// The lines about failed tests among what nextest, libtest, wasm-bindgen-test-runner or node (TAP) print.
pub fn find(lines: &[String]) -> Vec<&str> {
    let mut found = Vec::new();
    let mut place = Place::Elsewhere;
    for line in lines.iter().map(String::as_str) {
        place = place.after(line);
        if place != Place::Elsewhere {
            found.push(line);
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Elsewhere,
    /// A line of its own.
    Named,
    /// From `not ok` to the end of its account.
    Tap,
    /// The remarks that follow the account.
    Remarks,
}

impl Place {
    fn after(self, line: &str) -> Self {
        let text = line.trim_start();
        if text.starts_with("not ok ") {
            return Self::Tap;
        }
        if text.starts_with("FAIL [") || text.starts_with("TIMEOUT [") || text.ends_with("... FAILED") {
            return Self::Named;
        }
        match self {
            Self::Tap if text == "..." => Self::Remarks,
            Self::Tap => Self::Tap,
            Self::Remarks if text.starts_with("# ") && !text.starts_with("# Subtest") => Self::Remarks,
            _ => Self::Elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    fn found(text: &str) -> Vec<String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        find(&lines).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn an_account_of_a_failed_step_is_repeated_with_its_remarks() {
        let text = "ok 1 - first\n  ---\n  duration_ms: 1\n  ...\nnot ok 2 - second\n  ---\n  error: '120 ms'\n  ...\n# page: Locked\n# Subtest: third\nok 3 - third";
        assert_eq!(found(text), ["not ok 2 - second", "  ---", "  error: '120 ms'", "  ...", "# page: Locked"]);
    }

    #[test]
    fn a_line_that_names_a_failed_test_is_repeated() {
        let text = "        PASS [   0.1s] a\n        FAIL [   0.2s] b\ntest c ... ok\ntest d ... FAILED";
        assert_eq!(found(text), ["        FAIL [   0.2s] b", "test d ... FAILED"]);
    }

    #[test]
    fn nothing_is_repeated_of_what_passed() {
        assert!(found("ok 1 - first\n# pass 1\n# fail 0\ntest result: ok. 4 passed; 0 failed").is_empty());
    }
}

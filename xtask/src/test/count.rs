//! How many tests passed and failed, read from what the test runners print.

use std::ops::Add;

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Count {
    pub passed: usize,
    pub failed: usize,
}

impl Count {
    /// A check without tests of its own that held.
    pub const PASSED: Self = Self { passed: 1, failed: 0 };
    /// One that did not.
    pub const FAILED: Self = Self { passed: 0, failed: 1 };

    /// The sum of what nextest, libtest, wasm-bindgen-test-runner or node say in their last lines. A run that failed
    /// always counts as one failure at least.
    pub fn read(succeeded: bool, lines: &[String]) -> Self {
        let mut count = lines.iter().filter_map(|line| Self::of_line(line)).fold(Self::default(), Add::add);
        if !succeeded && count.failed == 0 {
            count.failed = 1;
        }
        count
    }

    fn of_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with("test result:") || (line.starts_with("Summary [") && line.contains(" run")) {
            let before = |word: &str| {
                let words: Vec<&str> = line.split([' ', ',', ';', '.']).filter(|part| !part.is_empty()).collect();
                words
                    .windows(2)
                    .find(|pair| pair.last() == Some(&word))
                    .and_then(|pair| pair.first()?.parse().ok())
                    .unwrap_or(0)
            };
            return Some(Self { passed: before("passed"), failed: before("failed") + before("timed") });
        }
        let number = |prefix: &str| line.strip_prefix(prefix).and_then(|rest| rest.trim().parse::<usize>().ok());
        if let Some(passed) = number("# pass ").or_else(|| number("ℹ pass ")) {
            return Some(Self { passed, failed: 0 });
        }
        number("# fail ").or_else(|| number("ℹ fail ")).map(|failed| Self { passed: 0, failed })
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    fn read(succeeded: bool, text: &str) -> (usize, usize) {
        let count = Count::read(succeeded, &text.lines().map(str::to_owned).collect::<Vec<_>>());
        (count.passed, count.failed)
    }

    #[test]
    fn reads_each_runner() {
        let nextest = "     Summary [   1.234s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped";
        assert_eq!(read(false, nextest), (11, 1));
        let libtest = "test result: ok. 4 passed; 0 failed; 0 ignored\ntest result: ok. 2 passed; 0 failed; 0 ignored";
        assert_eq!(read(true, libtest), (6, 0));
        assert_eq!(read(true, "# tests 9\n# pass 9\n# fail 0"), (9, 0));
        assert_eq!(read(false, "ℹ pass 3\nℹ fail 2"), (3, 2));
    }

    #[test]
    fn a_broken_run_is_a_failure() {
        assert_eq!(read(false, "error: could not compile"), (0, 1));
    }
}

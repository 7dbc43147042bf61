//! A report as a sheet in the clear.

use super::csv::line;

/// Writes the sheet, the headings first: UTF-8 with a byte order mark, no cell a formula.
#[must_use]
pub fn write(rows: &[Vec<String>]) -> Vec<u8> {
    let mut sheet = String::from("\u{feff}");
    for row in rows {
        line(&mut sheet, &row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    sheet.into_bytes()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::write;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let rows = [["Who", "Count"], ["=HYPERLINK(\"x\")", "2"], ["\u{ff1d}1+1", "-3"]];
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let sheet = "\u{feff}\"Who\",\"Count\"\r\n\"'=HYPERLINK(\"\"x\"\")\",\"2\"\r\n\"'\u{ff1d}1+1\",\"'-3\"\r\n";
        assert_eq!(write(&rows), sheet.as_bytes());
    }
}

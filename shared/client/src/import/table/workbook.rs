//! The first sheet of an Excel workbook (ISO/IEC 29500, SpreadsheetML): shared and inline texts, numbers as they stand.
//! Entities other than XML's own five are dropped, so nothing grows by being read.

use super::{ROW_BYTES, Row, TABLE_BYTES};
use crate::import::archive::Archive;
use crate::import::refusal::ImportError;
use crate::import::table::COLUMN_LIMIT;
use crate::import::wiped::{append, append_text};
use crate::import::xml::{attribute, resolve};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zeroize::Zeroizing;

/// Texts that cells may share, at most.
const SHARED_LIMIT: usize = 1_000_000;

/// A workbook that is being read.
pub(in crate::import) struct Workbook {
    sheet: Zeroizing<String>,
    shared: Vec<Zeroizing<String>>,
    /// Bytes of the sheet read.
    at: usize,
    row: usize,
    /// Bytes of rows given out.
    given: usize,
}

/// How the text of a cell is to be understood.
#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Shared,
    Boolean,
    Error,
    Plain,
}

impl Workbook {
    /// Unpacks its first sheet and the texts that cells share.
    pub(in crate::import) fn open(archive: &mut Archive) -> Result<Self, ImportError> {
        let path = first_sheet(archive).unwrap_or_else(|| "xl/worksheets/sheet1.xml".to_owned());
        let sheet = archive.text(&path)?.ok_or(ImportError::Damaged)?;
        let shared = match archive.text("xl/sharedStrings.xml")? {
            Some(xml) => read_shared(&xml)?,
            None => Vec::new(),
        };
        Ok(Self { sheet, shared, at: 0, row: 0, given: 0 })
    }

    pub(super) fn rewind(&mut self) {
        (self.at, self.row, self.given) = (0, 0, 0);
    }

    pub(super) fn position(&self) -> (usize, usize) {
        (self.at, self.sheet.len())
    }

    pub(super) fn next_row(&mut self) -> Result<Option<Row>, ImportError> {
        let Some(rest) = self.sheet.get(self.at..) else { return Ok(None) };
        let mut reader = reader(rest);
        let mut row =
            Row { buffer: Zeroizing::new(Vec::new()), ends: Vec::new(), number: self.row + 1, is_overlong: false };
        let mut in_row = false;
        let mut kind = Cell::Plain;
        // Inside `<v>` or `<t>`; phonetic readings (`<rPh>`) repeat the text and are passed over.
        let (mut in_value, mut in_phonetic) = (false, false);
        let mut value = Zeroizing::new(String::new());
        loop {
            match reader.read_event().map_err(|_| ImportError::Damaged)? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => {
                        in_row = true;
                        row.number = attribute(&tag, "r").and_then(|number| number.parse().ok()).unwrap_or(row.number);
                    }
                    "c" if in_row => kind = begin_cell(&tag, &mut row)?,
                    "v" | "t" => in_value = !in_phonetic,
                    "rPh" => in_phonetic = true,
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().as_ref() {
                    "row" if !in_row => {}
                    "c" if in_row => {
                        begin_cell(&tag, &mut row)?;
                        row.ends.push(row.buffer.len());
                    }
                    _ => {}
                },
                Event::Text(text) if in_value => push(&mut value, &text.xml10_content())?,
                Event::CData(text) if in_value => push(&mut value, &text)?,
                Event::GeneralRef(reference) if in_value => push(&mut value, resolve(&reference).as_str())?,
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" | "t" => in_value = false,
                    "rPh" => in_phonetic = false,
                    "c" if in_row => {
                        let text = self.understand(kind, &value);
                        let text = if row.buffer.len() + text.len() > ROW_BYTES {
                            row.is_overlong = true;
                            ""
                        } else {
                            text
                        };
                        append(&mut row.buffer, text.as_bytes());
                        row.ends.push(row.buffer.len());
                        value = Zeroizing::new(String::new());
                        kind = Cell::Plain;
                    }
                    "row" => {
                        self.at += usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                        self.row = row.number;
                        self.given += row.buffer.len();
                        if self.given > TABLE_BYTES {
                            return Err(ImportError::Swollen { limit: TABLE_BYTES });
                        }
                        return Ok(Some(row));
                    }
                    "sheetData" => break,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        self.at = self.sheet.len();
        Ok(None)
    }

    fn understand<'t>(&'t self, kind: Cell, value: &'t str) -> &'t str {
        match kind {
            Cell::Shared => {
                let text = value.trim().parse::<usize>().ok().and_then(|at| self.shared.get(at));
                text.map_or("", |text| text.as_str())
            }
            Cell::Boolean => {
                if value.trim() == "1" {
                    "TRUE"
                } else {
                    "FALSE"
                }
            }
            Cell::Error => "",
            Cell::Plain => value,
        }
    }
}

fn reader(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml);
    // Rows are read one at a time, so that the sheet's own elements are never closed.
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    reader
}

/// Fills up to the column of a cell, and says how its text is to be understood.
fn begin_cell(tag: &BytesStart<'_>, row: &mut Row) -> Result<Cell, ImportError> {
    let column = attribute(tag, "r").and_then(|place| column(&place)).unwrap_or(row.ends.len());
    if column >= COLUMN_LIMIT * 4 {
        return Err(ImportError::TooManyColumns { limit: COLUMN_LIMIT });
    }
    while row.ends.len() < column {
        row.ends.push(row.buffer.len());
    }
    Ok(match attribute(tag, "t").as_deref() {
        Some("s") => Cell::Shared,
        Some("b") => Cell::Boolean,
        Some("e") => Cell::Error,
        _ => Cell::Plain,
    })
}

/// `C7` is in column 2, counted from 0.
fn column(place: &str) -> Option<usize> {
    let mut column: usize = 0;
    for letter in place.chars().take_while(char::is_ascii_alphabetic) {
        let letter = u32::from(letter.to_ascii_uppercase()) - u32::from('A') + 1;
        column = column.checked_mul(26)?.checked_add(usize::try_from(letter).ok()?)?;
    }
    column.checked_sub(1)
}

/// The path of the sheet that stands first in the workbook.
fn first_sheet(archive: &mut Archive) -> Option<String> {
    let workbook = archive.text("xl/workbook.xml").ok()??;
    let id = find(&workbook, "sheet", |tag| attribute(tag, "id"))?;
    let relations = archive.text("xl/_rels/workbook.xml.rels").ok()??;
    let target = find(&relations, "Relationship", |tag| {
        (attribute(tag, "Id").as_ref() == Some(&id)).then(|| attribute(tag, "Target")).flatten()
    })?;
    match target.strip_prefix('/') {
        Some(path) => Some(path.to_owned()),
        None => Some(format!("xl/{target}")),
    }
}

fn find<R>(xml: &str, name: &str, mut found: impl FnMut(&BytesStart<'_>) -> Option<R>) -> Option<R> {
    let mut reader = reader(xml);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == name => {
                if let Some(found) = found(&tag) {
                    return Some(found);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn read_shared(xml: &str) -> Result<Vec<Zeroizing<String>>, ImportError> {
    let mut reader = reader(xml);
    let mut shared = Vec::new();
    let mut text = Zeroizing::new(String::new());
    let (mut in_text, mut in_phonetic) = (false, false);
    loop {
        match reader.read_event().map_err(|_| ImportError::Damaged)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_text = !in_phonetic,
                "rPh" => in_phonetic = true,
                _ => {}
            },
            Event::Text(part) if in_text => push(&mut text, &part.xml10_content())?,
            Event::CData(part) if in_text => push(&mut text, &part)?,
            Event::GeneralRef(reference) if in_text => push(&mut text, resolve(&reference).as_str())?,
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => shared.push(Zeroizing::new(String::new())),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => in_phonetic = false,
                "si" => {
                    if shared.len() >= SHARED_LIMIT {
                        return Err(ImportError::Swollen { limit: SHARED_LIMIT });
                    }
                    shared.push(unescape(core::mem::replace(&mut text, Zeroizing::new(String::new()))));
                }
                _ => {}
            },
            Event::Eof => return Ok(shared),
            _ => {}
        }
    }
}

/// Excel writes control characters as `_x000D_`.
fn unescape(text: Zeroizing<String>) -> Zeroizing<String> {
    if !text.contains("_x00") {
        return text;
    }
    let plain = text.replace("_x000D_", "\r").replace("_x000A_", "\n").replace("_x0009_", "\t").replace("_x005F_", "_");
    Zeroizing::new(plain)
}

fn push(text: &mut Zeroizing<String>, more: &str) -> Result<(), ImportError> {
    if text.len() + more.len() > ROW_BYTES {
        return Err(ImportError::Swollen { limit: ROW_BYTES });
    }
    append_text(text, more);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn columns_are_counted_in_letters() {
        assert_eq!((column("A1"), column("Z9"), column("AA10"), column("7")), (Some(0), Some(25), Some(26), None));
    }
}

//! CSV: by comma, semicolon or tab, with quoted line breaks.

use super::{ROW_BYTES, Row};
use crate::import::FileText;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use zeroize::Zeroizing;

/// A CSV file that is being read.
pub(in crate::import) struct Csv {
    text: FileText,
    delimiter: u8,
    reader: Reader,
    /// Bytes read.
    at: usize,
    /// Rows read.
    row: usize,
    columns: usize,
}

impl Csv {
    /// Finds out what separates its values.
    pub(in crate::import) fn open(text: FileText) -> Self {
        let delimiter = delimiter(text.expose());
        Self { text, delimiter, reader: reader(delimiter), at: 0, row: 0, columns: 16 }
    }

    pub(super) fn rewind(&mut self) {
        self.reader = reader(self.delimiter);
        self.at = 0;
        self.row = 0;
    }

    pub(super) fn position(&self) -> (usize, usize) {
        (self.at, self.text.len())
    }

    pub(super) fn next_row(&mut self) -> Option<Row> {
        let mut row = Row {
            buffer: Zeroizing::new(vec![0; 1024]),
            ends: vec![0; self.columns + 1],
            number: 0,
            is_overlong: false,
        };
        let (mut filled, mut ended) = (0, 0);
        loop {
            let input = self.text.expose().as_bytes().get(self.at..)?;
            let (result, read, written, ends) =
                self.reader.read_record(input, row.buffer.get_mut(filled..)?, row.ends.get_mut(ended..)?);
            self.at += read;
            filled += written;
            ended += ends;
            match result {
                // The whole text is there: "input empty" is answered by the empty rest in the next round.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if row.buffer.len() >= ROW_BYTES => {
                    row.is_overlong = true;
                    filled = 0;
                }
                ReadRecordResult::OutputFull => {
                    let mut larger = Zeroizing::new(vec![0; row.buffer.len() * 4]);
                    larger.get_mut(..filled)?.copy_from_slice(row.buffer.get(..filled)?);
                    row.buffer = larger;
                }
                ReadRecordResult::OutputEndsFull if row.ends.len() >= ROW_BYTES => {
                    row.is_overlong = true;
                    ended = 0;
                }
                ReadRecordResult::OutputEndsFull => row.ends.resize(row.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    row.ends.truncate(if row.is_overlong { 0 } else { ended });
                    self.columns = self.columns.max(row.ends.len()).min(1_000);
                    self.row += 1;
                    row.number = self.row;
                    return Some(row);
                }
                ReadRecordResult::End => return None,
            }
        }
    }
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

/// The sign that the header is separated by: the one that stands there most, outside quotes.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                for (sign, count) in &mut counts {
                    *count += usize::from(*sign == byte);
                }
            }
            _ => {}
        }
    }
    let most = counts.into_iter().max_by_key(|(sign, count)| (*count, *sign == b','));
    most.map_or(b',', |(sign, _)| sign)
}

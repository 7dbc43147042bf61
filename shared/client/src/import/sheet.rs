//! The Password Manager Pro sheet as CSV: by comma, semicolon or tab, with quoted line breaks.
//! Rows with the same resource name and URL are accounts of one resource.

use super::draft::{Draft, Fields, line};
use super::header::{Column, sounds_secret};
use super::plan::{Identity, PlannedAccount, PlannedResource};
use super::refusal::{ImportError, Reason};
use super::{FileText, Progress, ROW_LIMIT, thousandths};
use crate::model::{AccountDetails, ResourceDetails, SecretPayload, SecretText};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use zeroize::Zeroizing;

const COLUMN_LIMIT: usize = 100;

/// A sheet that is being read.
pub(super) struct Sheet {
    text: FileText,
    reader: Reader,
    /// Bytes read.
    at: usize,
    /// Rows read, the header included.
    row: usize,
    header: Vec<Heading>,
}

/// What stands over a column.
struct Heading {
    label: String,
    meaning: Meaning,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Column(Column),
    Custom,
    Hidden,
}

/// The values of a row, one after the other in one buffer that is wiped.
struct Row {
    buffer: Zeroizing<Vec<u8>>,
    ends: Vec<usize>,
}

impl Sheet {
    /// Reads the header.
    pub(super) fn open(text: FileText) -> Result<Self, ImportError> {
        let reader = ReaderBuilder::new().delimiter(delimiter(text.expose())).build();
        let mut sheet = Self { text, reader, at: 0, row: 0, header: Vec::new() };
        let first = sheet.next_row().ok_or(ImportError::Empty)?;
        if first.ends.len() > COLUMN_LIMIT {
            return Err(ImportError::TooManyColumns { limit: COLUMN_LIMIT });
        }
        for at in 0..first.ends.len() {
            let label = line(first.value(at));
            let known = Column::recognise(&label).map(Meaning::Column);
            let meaning = match known {
                // A column that stands there twice has its meaning once.
                Some(meaning) if !sheet.header.iter().any(|other| other.meaning == meaning) => meaning,
                Some(Meaning::Column(Column::Password)) => Meaning::Hidden,
                _ if sounds_secret(&label) => Meaning::Hidden,
                _ => Meaning::Custom,
            };
            let label = if label.is_empty() { (at + 1).to_string() } else { label };
            sheet.header.push(Heading { label, meaning });
        }
        for column in [Column::ResourceName, Column::UserAccount, Column::Password] {
            if !sheet.header.iter().any(|heading| heading.meaning == Meaning::Column(column)) {
                return Err(ImportError::MissingColumn { column });
            }
        }
        Ok(sheet)
    }

    /// Reads up to `rows` rows.
    pub(super) fn read(&mut self, rows: usize, draft: &mut Draft) -> Result<Progress, ImportError> {
        for _ in 0..rows {
            let Some(row) = self.next_row() else {
                return Ok(Progress { rows: draft.plan.rows, thousandths: 1000 });
            };
            if row.is_empty() {
                continue;
            }
            if draft.plan.rows >= ROW_LIMIT {
                return Err(ImportError::TooManyRows { limit: ROW_LIMIT });
            }
            draft.plan.rows += 1;
            if let Err(reason) = self.take(&row, draft) {
                draft.reject(self.row, row.column(&self.header, Column::ResourceName), reason);
            }
        }
        let done = thousandths(self.at, self.text.len()).min(999);
        Ok(Progress { rows: draft.plan.rows, thousandths: done })
    }

    fn next_row(&mut self) -> Option<Row> {
        let mut row = Row { buffer: Zeroizing::new(vec![0; 1024]), ends: vec![0; self.header.len().max(16) + 1] };
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
                ReadRecordResult::OutputFull => {
                    let mut larger = Zeroizing::new(vec![0; row.buffer.len() * 4]);
                    larger.get_mut(..filled)?.copy_from_slice(row.buffer.get(..filled)?);
                    row.buffer = larger;
                }
                ReadRecordResult::OutputEndsFull => row.ends.resize(row.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    row.ends.truncate(ended);
                    self.row += 1;
                    return Some(row);
                }
                ReadRecordResult::End => return None,
            }
        }
    }

    fn take(&self, row: &Row, draft: &mut Draft) -> Result<(), Reason> {
        if (self.header.len()..row.ends.len()).any(|at| !row.value(at).trim().is_empty()) {
            return Err(Reason::TooManyValues);
        }
        let column = |column| row.column(&self.header, column);
        let (name, url) = (line(column(Column::ResourceName)), line(column(Column::ResourceUrl)));
        let (user_name, password) = (line(column(Column::UserAccount)), column(Column::Password));
        if name.is_empty() {
            return Err(Reason::NoName);
        }
        if user_name.is_empty() && password.is_empty() {
            return Err(Reason::NoAccount);
        }
        let identity = Identity::Columns(vec!["resource".to_owned(), name.clone(), url.clone()]);
        let known = draft.known_resource(&identity);
        let own = ResourceDetails {
            name,
            url,
            resource_type: line(column(Column::ResourceType)),
            dns_name: line(column(Column::DnsName)),
            description: column(Column::Description).trim().to_owned(),
            department: line(column(Column::Department)),
            location: line(column(Column::Location)),
            owner: line(column(Column::Owner)),
            created: draft.now,
            changed: draft.now,
            ..ResourceDetails::default()
        };
        let mut fields = Fields::default();
        if let Some(first) = known.and_then(|at| draft.resource(at)) {
            self.keep_differences(first, &own, &mut fields);
        }
        for (at, heading) in self.header.iter().enumerate() {
            let value = row.value(at);
            match heading.meaning {
                _ if value.trim().is_empty() => {}
                Meaning::Column(_) => {}
                Meaning::Custom => fields.push_text(&heading.label, value.trim()),
                Meaning::Hidden => fields.push_hidden(&heading.label, SecretText::from(value)),
            }
        }
        let columns = self.identity(row, draft);
        let (created, notes) = (draft.now, column(Column::Notes).trim().to_owned());
        let number = self.row;
        let planned = known.ok_or(PlannedResource { group: None, details: own, identity });
        let resource_name = line(column(Column::ResourceName));
        draft.take(planned, |resource| PlannedAccount {
            resource,
            details: AccountDetails {
                name: if user_name.is_empty() { resource_name } else { user_name.clone() },
                user_name,
                notes,
                custom_fields: fields.plain,
                created,
                changed: created,
                ..AccountDetails::default()
            },
            secret: SecretPayload { value: SecretText::from(password), hidden: fields.hidden, otp_seed: None },
            history: Vec::new(),
            identity: columns,
            row: number,
        })
    }

    /// A resource is described once. Where a later row of it says something else, that stays with the row's account.
    fn keep_differences(&self, first: &ResourceDetails, own: &ResourceDetails, fields: &mut Fields) {
        for (column, first, own) in [
            (Column::ResourceType, &first.resource_type, &own.resource_type),
            (Column::DnsName, &first.dns_name, &own.dns_name),
            (Column::Description, &first.description, &own.description),
            (Column::Department, &first.department, &own.department),
            (Column::Location, &first.location, &own.location),
            (Column::Owner, &first.owner, &own.owner),
        ] {
            if own != first && !own.is_empty() {
                let heading = self.header.iter().find(|heading| heading.meaning == Meaning::Column(column));
                fields.push_text(heading.map_or("", |heading| &heading.label), own);
            }
        }
    }

    /// Label and value of every column that is no secret, in the header's order but sorted by label: so the order of
    /// columns does not count.
    fn identity(&self, row: &Row, draft: &mut Draft) -> Identity {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (at, heading) in self.header.iter().enumerate() {
            let label = match heading.meaning {
                Meaning::Hidden | Meaning::Column(Column::Password) => continue,
                // English and Chinese sheets of the same rows are the same.
                Meaning::Column(column) => format!("{column:?}"),
                Meaning::Custom => format!("={}", heading.label),
            };
            let value = row.value(at).trim();
            if !value.is_empty() {
                pairs.push((label, value.to_owned()));
            }
        }
        pairs.sort();
        let mut columns: Vec<String> = pairs.into_iter().flat_map(|(label, value)| [label, value]).collect();
        columns.insert(0, "account".to_owned());
        let identity = Identity::Columns(columns.clone());
        match draft.repetition(&identity) {
            None => identity,
            Some(number) => {
                columns.push(number.to_string());
                Identity::Columns(columns)
            }
        }
    }
}

impl Row {
    /// The value at a place; empty where the row is shorter.
    fn value(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let bytes = start.zip(self.ends.get(at)).and_then(|(start, end)| self.buffer.get(start..*end));
        // The text was valid, and values are cut at ASCII signs.
        bytes.and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn column(&self, header: &[Heading], column: Column) -> &str {
        let at = header.iter().position(|heading| heading.meaning == Meaning::Column(column));
        at.map_or("", |at| self.value(at))
    }

    fn is_empty(&self) -> bool {
        (0..self.ends.len()).all(|at| self.value(at).trim().is_empty())
    }
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

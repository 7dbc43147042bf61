//! Bringing credentials in: the exports of other programs and sheets of any kind, bytes in, one plan out, read in steps.
//! Nothing is sealed or sent here; the plan says what to create, and what was not taken and why.
//!
//! A file is known by what is in it, never by its name. Rows of sheets go through [`sheet`], entries of everything else
//! through [`entry`]; both end in the [`draft`] of the plan.

mod archive;
mod attachments;
mod backup;
mod bitwarden;
mod decoding;
mod draft;
mod entry;
mod fields;
mod header;
mod json;
mod kdbx;
mod layout;
mod notes;
mod onepassword;
mod plan;
mod proton;
mod pulled;
mod refusal;
mod sheet;
mod table;
pub(crate) mod time;
mod values;
mod wiped;
mod xml;

pub(crate) use backup::own_source_id;
pub use header::Column;
pub use plan::{Identity, ImportPlan, PastPassword, PlannedAccount, PlannedFile, PlannedGroup, PlannedResource};
pub use pulled::{PulledAccount, PulledResource, PulledValue, Pulling};
pub use refusal::{ImportError, LeftOut, Part, Reason, Rejected};

use crate::model::SecretText;
use archive::Archive;
use draft::Draft;
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};
use sheet::{Meaning, Sheet};
use table::{Csv, Table, Workbook};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a file at most.
pub const FILE_LIMIT: usize = 128 * 1024 * 1024;
/// Rows or items of a file at most.
pub const ROW_LIMIT: usize = 100_000;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// Bitwarden's JSON export, of a person or an organisation.
    Bitwarden,
    /// Bitwarden's CSV export.
    BitwardenCsv,
    /// 1Password's 1pux.
    OnePassword,
    /// 1Password's CSV export.
    OnePasswordCsv,
    /// Google Chrome, Microsoft Edge, and what is made of Chromium.
    Chrome,
    /// Dashlane's CSV files, one or all of them in a zip.
    Dashlane,
    /// Mozilla Firefox.
    Firefox,
    /// Accounts of JumpServer, as CSV or XLSX.
    JumpServer,
    /// KeePassXC's CSV export.
    KeePassXcCsv,
    /// LastPass's CSV export.
    LastPass,
    /// Passbolt's CSV exports.
    Passbolt,
    /// Proton Pass's JSON, alone or in its zip.
    ProtonPass,
    /// Proton Pass's CSV export.
    ProtonPassCsv,
    /// Apple's Safari and Passwords.
    Safari,
    /// A sheet with the columns of Password Manager Pro, as CSV or XLSX.
    PasswordManagerPro,
    /// Any other sheet: somebody has to say what its columns mean.
    Columns,
    /// An encrypted backup of Sealward's own.
    Backup,
    /// KDBX of KeePass and its kin.
    Kdbx,
}

impl ImportFormat {
    /// Every format.
    pub const ALL: [Self; 18] = [
        Self::Bitwarden,
        Self::BitwardenCsv,
        Self::OnePassword,
        Self::OnePasswordCsv,
        Self::Chrome,
        Self::Dashlane,
        Self::Firefox,
        Self::JumpServer,
        Self::KeePassXcCsv,
        Self::LastPass,
        Self::Passbolt,
        Self::ProtonPass,
        Self::ProtonPassCsv,
        Self::Safari,
        Self::PasswordManagerPro,
        Self::Columns,
        Self::Backup,
        Self::Kdbx,
    ];

    /// Whether it is a sheet of rows and columns.
    pub fn is_sheet(self) -> bool {
        !matches!(self, Self::Bitwarden | Self::OnePassword | Self::ProtonPass | Self::Backup | Self::Kdbx)
    }

    /// What stands before the ids of its entries.
    fn mark(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::JumpServer => "jumpserver",
            Self::Passbolt => "passbolt",
            _ => "sheet",
        }
    }
}

/// What a person says of a file. By default all of it is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// What it is.
    pub format: Option<ImportFormat>,
    /// What the columns of a sheet mean, from the first one.
    pub columns: Option<Vec<Column>>,
    /// What opens it, where it is encrypted.
    pub key: Option<FileKey>,
}

/// What opens an encrypted file. It crosses from the page to the program that reads, so it can be written down; it is
/// wiped when dropped and shown nowhere.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileKey {
    /// The password.
    pub password: Option<String>,
    /// What is in the key file.
    pub key_file: Option<Vec<u8>>,
}

impl core::fmt::Debug for FileKey {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("FileKey")
    }
}

impl Drop for FileKey {
    fn drop(&mut self) {
        self.password.zeroize();
        self.key_file.zeroize();
    }
}

/// A column of a sheet, for whoever says what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenColumn {
    /// What stands over it.
    pub heading: String,
    /// What it is taken for.
    pub meaning: Column,
    /// A few values; none of a column that is taken for secret.
    pub samples: Vec<String>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows or items read so far.
    pub rows: usize,
    /// Thousandths of the file read so far; 1000 when all is read.
    pub thousandths: u16,
}

impl Progress {
    /// Whether all is read.
    pub fn is_finished(self) -> bool {
        self.thousandths >= 1000
    }
}

/// A file that is being read.
pub struct Import {
    source: Source,
    draft: Draft,
    encoding: &'static str,
}

enum Source {
    Bitwarden(bitwarden::Export),
    OnePassword(Box<onepassword::Export>),
    ProtonPass(Box<proton::Export>),
    /// What is read as a whole when it is opened.
    Whole(ImportFormat),
    /// One sheet, or several from one zip, one after the other.
    Sheets {
        sheets: Vec<Sheet>,
        next: usize,
    },
}

impl Import {
    /// Looks at a file: its encoding, its format, its header. `now` is the creation time of what has none of its own.
    ///
    /// # Errors
    /// [`ImportError`] when nothing at all can be taken from it.
    pub fn open(file: Zeroizing<Vec<u8>>, now: Timestamp) -> Result<Self, ImportError> {
        Self::open_as(file, &Options::default(), now)
    }

    /// The same, with what a person says of it.
    ///
    /// # Errors
    /// [`ImportError`] when nothing at all can be taken from it.
    pub fn open_as(file: Zeroizing<Vec<u8>>, options: &Options, now: Timestamp) -> Result<Self, ImportError> {
        if file.len() > FILE_LIMIT {
            return Err(ImportError::TooLarge { limit: FILE_LIMIT });
        }
        let mut draft = Draft::new(now);
        let (source, encoding) = if kdbx::is_kdbx(&file) {
            kdbx::read(&file, options.key.as_ref(), &mut draft)?;
            (Source::Whole(ImportFormat::Kdbx), "KDBX")
        } else if crate::export::backup::is_backup(&file) {
            backup::read(&file, options.key.as_ref(), &mut draft)?;
            (Source::Whole(ImportFormat::Backup), "SEALWARD")
        } else if file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06") {
            (open_zip(file, options, &mut draft)?, "ZIP")
        } else {
            let encoding = decoding::name(&file);
            (open_text(decoding::decode(file)?, options, &mut draft)?, encoding)
        };
        let import = Self { source, draft, encoding };
        match options.format {
            Some(format) if import.format() != format => Err(ImportError::OtherFormat),
            _ => Ok(import),
        }
    }

    /// What the file is.
    pub fn format(&self) -> ImportFormat {
        match &self.source {
            Source::Bitwarden(_) => ImportFormat::Bitwarden,
            Source::OnePassword(_) => ImportFormat::OnePassword,
            Source::ProtonPass(_) => ImportFormat::ProtonPass,
            Source::Whole(format) => *format,
            Source::Sheets { sheets, .. } => sheets.first().map_or(ImportFormat::Columns, Sheet::format),
        }
    }

    /// How its text is written, such as `UTF-8` or `GB18030`; `ZIP` for what is packed.
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The columns of a sheet; none of anything else. To be asked before it is read.
    pub fn columns(&mut self) -> Vec<SeenColumn> {
        match &mut self.source {
            Source::Sheets { sheets, .. } if sheets.len() == 1 => sheets.first_mut().map_or(Vec::new(), Sheet::columns),
            _ => Vec::new(),
        }
    }

    /// Reads up to `rows` more rows: call it until it is finished, and do other work in between.
    ///
    /// # Errors
    /// [`ImportError`] where the file turns out to be damaged or too large.
    pub fn next_chunk(&mut self, rows: usize) -> Result<Progress, ImportError> {
        match &mut self.source {
            Source::Bitwarden(export) => Ok(export.read(rows, &mut self.draft)),
            Source::OnePassword(export) => export.read(rows, &mut self.draft),
            Source::ProtonPass(export) => export.read(rows, &mut self.draft),
            Source::Whole(_) => Ok(Progress { rows: self.draft.plan.rows, thousandths: 1000 }),
            Source::Sheets { sheets, next } => {
                let count = sheets.len();
                let Some(sheet) = sheets.get_mut(*next) else {
                    return Ok(Progress { rows: self.draft.plan.rows, thousandths: 1000 });
                };
                let progress = sheet.read(rows, &mut self.draft)?;
                let within = usize::from(progress.thousandths);
                let done = thousandths(*next * 1000 + within, count * 1000);
                *next += usize::from(progress.is_finished());
                Ok(Progress { rows: progress.rows, thousandths: done })
            }
        }
    }

    /// The plan of what was read.
    pub fn finish(self) -> ImportPlan {
        self.draft.finish()
    }
}

/// A zip is a workbook, a 1pux, a Proton Pass export, or something around one or several sheets.
fn open_zip(file: Zeroizing<Vec<u8>>, options: &Options, draft: &mut Draft) -> Result<Source, ImportError> {
    let mut archive = Archive::open(file)?;
    if archive.has("xl/workbook.xml") {
        let table = Table::Workbook(Box::new(Workbook::open(&mut archive)?));
        return Ok(Source::Sheets { sheets: vec![open_sheet(table, options)?], next: 0 });
    }
    if archive.has("export.data") {
        let text = text_of(&mut archive, "export.data")?;
        return Ok(Source::OnePassword(Box::new(onepassword::Export::open(text, Some(archive), draft)?)));
    }
    if archive.has(proton::DATA) {
        let text = text_of(&mut archive, proton::DATA)?;
        return Ok(Source::ProtonPass(Box::new(proton::Export::open(text, Some(archive), draft)?)));
    }
    if archive.has(proton::SEALED) {
        return Err(ImportError::Encrypted);
    }
    let is_text = |name: &&String| {
        let name = name.to_lowercase();
        // What a Mac adds to each file is no file.
        !name.starts_with("__macosx/") && (name.ends_with(".csv") || name.ends_with(".json"))
    };
    let names: Vec<String> = archive.names().iter().filter(is_text).cloned().collect();
    if let [name] = names.as_slice() {
        let bytes = archive.bytes(name)?.ok_or(ImportError::Damaged)?;
        return open_text(decoding::decode(bytes)?, options, draft);
    }
    let mut sheets = Vec::new();
    for name in names.iter().filter(|name| name.to_lowercase().ends_with(".csv")) {
        let bytes = archive.bytes(name)?.ok_or(ImportError::Damaged)?;
        match decoding::decode(bytes).and_then(|text| open_sheet(Table::Csv(Box::new(Csv::open(text))), options)) {
            // An empty one among others is no fault: Dashlane writes all of its files, whatever is in them.
            Err(ImportError::Empty | ImportError::UnknownFormat) => {}
            Err(error) => return Err(error),
            Ok(sheet) if sheet.format() == ImportFormat::Dashlane => sheets.push(sheet),
            Ok(_) => return Err(ImportError::UnknownFormat),
        }
    }
    if sheets.is_empty() {
        return Err(ImportError::UnknownFormat);
    }
    Ok(Source::Sheets { sheets, next: 0 })
}

fn open_text(text: FileText, options: &Options, draft: &mut Draft) -> Result<Source, ImportError> {
    match text.expose().trim_start().chars().next() {
        None => Err(ImportError::Empty),
        Some('{' | '[') => {
            let marks: json::Marks = json::read(&text)?;
            if marks.accounts.is_some() && marks.items.is_none() {
                Ok(Source::OnePassword(Box::new(onepassword::Export::open(text, None, draft)?)))
            } else if marks.vaults.is_some() && marks.items.is_none() {
                Ok(Source::ProtonPass(Box::new(proton::Export::open(text, None, draft)?)))
            } else {
                Ok(Source::Bitwarden(bitwarden::Export::open(text, draft)?))
            }
        }
        Some(_) => {
            let sheet = open_sheet(Table::Csv(Box::new(Csv::open(text))), options)?;
            Ok(Source::Sheets { sheets: vec![sheet], next: 0 })
        }
    }
}

fn open_sheet(table: Table, options: &Options) -> Result<Sheet, ImportError> {
    let meaning = match (&options.columns, options.format) {
        (Some(columns), _) => Meaning::Person(columns),
        (None, Some(format)) if format.is_sheet() => Meaning::Format(format),
        (None, Some(_)) => return Err(ImportError::OtherFormat),
        (None, None) => Meaning::Header,
    };
    Sheet::open(table, &meaning)
}

fn text_of(archive: &mut Archive, name: &str) -> Result<FileText, ImportError> {
    Ok(FileText::from(archive.text(name)?.ok_or(ImportError::Damaged)?))
}

/// Of `total` in thousandths, never all of it before the end.
fn thousandths(done: usize, total: usize) -> u16 {
    if done >= total {
        return 1000;
    }
    u16::try_from(done.saturating_mul(1000) / total.max(1)).unwrap_or(999).min(999)
}

/// The whole text of a file.
type FileText = SecretText;

#[cfg(test)]
mod tests;

//! Whether the data is what the server would have stored: chains replay, heads, roots, records, rights and signatures
//! hold, and no row stands alone. It asks what a client would ask, without a key: what is sealed stays sealed.
//!
//! A check is a function over a snapshot, what is known of the teams, and the report. To check more, write another one
//! beside these and name it in [`CHECKS`], with its tables in [`is_checked`].

mod ahead;
mod audit;
mod directory;
mod envelopes;
mod factors;
mod files;
mod heads;
mod members;
mod numbers;
mod personal;
mod records;
mod recovery;
mod report;
mod requests;
mod sessions;
mod teams;
#[cfg(test)]
mod tests;
mod webhooks;

use std::{ops::ControlFlow, panic::catch_unwind, path::Path};

pub use report::Report;

use self::teams::Known;
use super::{CACHE, Failed, data_file};
use crate::store::{Key, KeyRange, Look, OpenError, Order, ReadTx, Rows, StoreError, Table, tables};

type Check = fn(&ReadTx, &Known, &mut Report) -> Result<(), StoreError>;

/// Everything that is checked once the chains are replayed.
const CHECKS: &[Check] = &[
    members::check,
    directory::check,
    envelopes::check,
    heads::check,
    records::check,
    files::check,
    numbers::check,
    personal::check,
    audit::check,
    sessions::check,
    factors::check,
    recovery::check,
    webhooks::check,
    requests::check,
    ahead::check,
];

/// Whether the table with this tag is checked; 0 is the store's own.
fn is_checked(tag: u8) -> bool {
    matches!(tag, 0..=26 | 29 | 31 | 40..=46 | 50..=54 | 56..=59 | 61..=62 | 66 | 75..=76 | 80..=90)
}

/// Verifies the data of a snapshot.
///
/// # Errors
/// The engine failed. What is wrong with the data is in the report.
pub fn verify(rows: &ReadTx) -> Result<Report, StoreError> {
    let mut report = Report::default();
    check_tags(rows, &mut report)?;
    let known = teams::replay(rows, &mut report)?;
    for check in CHECKS {
        check(rows, &known, &mut report)?;
    }
    Ok(report)
}

/// Verifies a data file or backup that no server runs on, its pages too. The file stays as it is.
///
/// # Errors
/// It cannot be opened or read.
pub fn verify_file(file: &Path) -> Result<Report, Failed> {
    // The engine takes its pages for what it wrote, and panics where they are something else.
    let verified = catch_unwind(|| {
        let look = Look::at(file, CACHE)?;
        let pages = look.check_pages();
        let mut report = verify(&look.snapshot()?)?;
        if let Err(reason) = pages {
            report.find("file", &"pages", &reason);
        }
        Ok(report)
    });
    let reason = "its pages are damaged".to_owned();
    verified.unwrap_or(Err(OpenError::Unreadable { path: file.to_owned(), reason }.into()))
}

/// Verifies the data of a folder, by the server that runs on it or else by its file. The lines of the report, and whether
/// it is sound.
///
/// # Errors
/// It cannot be opened or read.
pub fn verify_folder(folder: &Path) -> Result<(Vec<String>, bool), Failed> {
    #[cfg(unix)]
    if let Some(server) = crate::admin::ask(folder, crate::admin::Request::Verify)? {
        return crate::admin::read_report(server);
    }
    match verify_file(&data_file(folder)) {
        Err(Failed::Open(OpenError::InUse(_))) => Err(Failed::Unreachable(folder.to_owned())),
        report => report.map(|report| (report.lines(), report.is_sound())),
    }
}

/// Rows of tables that this release does not know.
fn check_tags(rows: &ReadTx, report: &mut Report) -> Result<(), StoreError> {
    let all = KeyRange { start: Vec::new(), end: None };
    rows.scan(&all, Order::Forward, &mut |key, _| {
        match key.first() {
            Some(tag) if is_checked(*tag) => {}
            tag => report.find("file", &format_args!("tag {}", tag.copied().unwrap_or_default()), &"an unknown table"),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    each(rows, &tables::SCHEMA_HISTORY, &(), report, |_, _, _| Ok(()))?;
    each(rows, &tables::ANSWERS, &(), report, |_, _, _| Ok(()))?;
    each(rows, &tables::ATTEMPTS, &(), report, |_, _, _| Ok(()))
}

/// Visits the rows of a table, counts them, and reports those that cannot be read.
fn each<K, V>(
    rows: &ReadTx,
    table: &Table<K, V>,
    prefix: &impl Key,
    report: &mut Report,
    mut visit: impl FnMut(&mut Report, K, V) -> Result<(), StoreError>,
) -> Result<(), StoreError>
where
    K: Key,
    V: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>,
{
    table.scan_all(rows, prefix, |row| {
        report.count(table.name());
        match row {
            Ok((key, row)) => visit(report, key, row),
            Err(key) => {
                report.find(table.name(), &Hex(key), &"a row that cannot be read");
                Ok(())
            }
        }
    })
}

/// A row that another one asks for; one that cannot be read was reported with its table.
fn look<K, V>(rows: &ReadTx, table: &Table<K, V>, key: &K) -> Result<Option<V>, StoreError>
where
    K: Key,
    V: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>,
{
    match table.get(rows, key) {
        Err(StoreError::Damaged { .. }) => Ok(None),
        found => found,
    }
}

/// Bytes for people.
struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

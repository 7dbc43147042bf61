//! What is done for the data as a whole, from the command line: backup, restore, verify. A running server has the data
//! file locked, so it does the reading itself, asked over its socket ([`crate::admin`]).

pub mod backup;
pub mod restore;
pub mod verify;

use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use crate::store::{DATA_FILE, KeyRange, OpenError, Order, Rows, StoreError, tables};

/// Memory for pages while a file is read from end to end.
pub(crate) const CACHE: usize = 32 << 20;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// What is to be written is there already.
    #[error("{0} is there already; nothing was changed")]
    Exists(PathBuf),
    /// The folder for a restore has something in it.
    #[error("{0} is not empty; a restore goes into an empty data folder")]
    NotEmpty(PathBuf),
    /// The file that was to be restored is not sound.
    #[error("{file} is not sound ({findings} findings); nothing was restored")]
    Unsound {
        /// The file.
        file: PathBuf,
        /// How much is wrong with it.
        findings: u64,
    },
    /// A server runs on this data and does not answer.
    #[error("a server runs on {0}, and its admin.sock cannot be reached")]
    Unreachable(PathBuf),
    /// What goes over the socket was cut.
    #[error("the connection to the server ended too early: {0}")]
    Broken(String),
    /// A data file could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Reading it failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written or read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// Says which file it was.
fn at(path: &Path) -> impl FnOnce(io::Error) -> Failed + '_ {
    move |source| Failed::Io { path: path.to_owned(), source }
}

/// The data file of a folder.
#[must_use]
pub fn data_file(folder: &Path) -> PathBuf {
    folder.join(DATA_FILE)
}

/// Whether a row belongs into a backup. Sessions do not: a restore must not bring back one that was ended.
fn is_kept(key: &[u8]) -> bool {
    let left_out = [
        tables::SESSIONS.tag(),
        tables::MEMBER_SESSIONS.tag(),
        tables::BOUND_SESSIONS.tag(),
        tables::CONFIRMATIONS.tag(),
    ];
    key.first().is_some_and(|tag| !left_out.contains(tag))
}

/// Hands on every row that belongs into a backup, and says how many they were.
fn copy_rows(rows: &impl Rows, mut take: impl FnMut(&[u8], &[u8]) -> Result<(), Failed>) -> Result<u64, Failed> {
    let (mut count, mut failed) = (0, None);
    let all = KeyRange { start: Vec::new(), end: None };
    rows.scan(&all, Order::Forward, &mut |key, value| {
        if is_kept(key) {
            count += 1;
            if let Err(error) = take(key, value) {
                failed = Some(error);
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    failed.map_or(Ok(count), Err)
}

/// Writes the rows that belong into a backup, one after the other, and then how many they were.
///
/// # Errors
/// Reading or writing failed.
pub fn send_rows(rows: &impl Rows, to: &mut impl Write) -> Result<u64, Failed> {
    let cut = |error: io::Error| Failed::Broken(error.to_string());
    let count = copy_rows(rows, |key, value| send_row(to, key, value).map_err(cut))?;
    let mut end = || {
        to.write_all(&0_u32.to_be_bytes())?;
        to.write_all(&count.to_be_bytes())?;
        to.flush()
    };
    end().map_err(cut)?;
    Ok(count)
}

fn send_row(to: &mut impl Write, key: &[u8], value: &[u8]) -> io::Result<()> {
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| io::Error::other("a row of over 4 GiB"));
    to.write_all(&length(key)?.to_be_bytes())?;
    to.write_all(&length(value)?.to_be_bytes())?;
    to.write_all(key)?;
    to.write_all(value)
}

/// Reads what [`send_rows`] wrote. A stream that was cut is told from one that ended.
///
/// # Errors
/// Reading failed, the stream was cut, or `take` returned an error.
pub fn receive_rows(
    from: &mut impl Read,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), Failed>,
) -> Result<u64, Failed> {
    let cut = |error: io::Error| Failed::Broken(error.to_string());
    let mut count = 0_u64;
    let (mut length, mut key, mut value) = ([0; 4], Vec::new(), Vec::new());
    loop {
        from.read_exact(&mut length).map_err(cut)?;
        let key_length = u32::from_be_bytes(length);
        if key_length == 0 {
            let mut told = [0; 8];
            from.read_exact(&mut told).map_err(cut)?;
            let told = u64::from_be_bytes(told);
            return if told == count { Ok(count) } else { Err(Failed::Broken("rows are missing".to_owned())) };
        }
        from.read_exact(&mut length).map_err(cut)?;
        for (bytes, length) in [(&mut key, key_length), (&mut value, u32::from_be_bytes(length))] {
            bytes.clear();
            let read = from.by_ref().take(u64::from(length)).read_to_end(bytes).map_err(cut)?;
            if read as u64 != u64::from(length) {
                return Err(Failed::Broken("it ended in the middle of a row".to_owned()));
            }
        }
        take(&key, &value)?;
        count += 1;
    }
}

/// Makes a rename or a new file durable.
fn sync_folder(folder: &Path) -> Result<(), Failed> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::fs::File::open(folder).and_then(|open| open.sync_all()).map_err(at(folder))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod stream {
    use super::*;

    fn row(key: &[u8], value: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        send_row(&mut bytes, key, value).unwrap();
        bytes
    }

    type Received = Vec<(Vec<u8>, Vec<u8>)>;

    fn received(bytes: &[u8]) -> Result<Received, Failed> {
        let mut rows = Vec::new();
        receive_rows(&mut &bytes[..], |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn a_stream_that_was_cut_is_refused() {
        let mut bytes = [row(b"a", b"12"), row(b"b", b"")].concat();
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(received(&bytes).unwrap(), [(b"a".to_vec(), b"12".to_vec()), (b"b".to_vec(), vec![])]);
        for length in 0..bytes.len() {
            assert!(matches!(received(&bytes[..length]), Err(Failed::Broken(_))), "{length}");
        }
        bytes.pop();
        bytes.push(3);
        assert!(matches!(received(&bytes), Err(Failed::Broken(_))));
    }

    #[test]
    fn sessions_are_left_out() {
        assert!(is_kept(&[1, 0]) && is_kept(b"\0format"));
        assert!(!is_kept(&[7, 0]) && !is_kept(&[8, 0]));
    }
}

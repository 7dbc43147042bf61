//! Transactions over ordered byte keys: a snapshot to read from, and an operation's own overlay to write to. This is
//! all that tables know of the engine, and narrow on purpose: another engine offers the same four verbs.

use std::{
    collections::BTreeMap,
    iter::Peekable,
    ops::{Bound, ControlFlow},
};

use redb::{ReadOnlyTable, ReadableTable};

use super::error::StoreError;

/// The engine's side of a write: one table of byte keys in the open commit.
pub(super) type Base<'txn> = redb::Table<'txn, &'static [u8], &'static [u8]>;

/// In which direction a scan walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest key first.
    Forward,
    /// Greatest key first.
    Reverse,
}

/// Keys from `start` up to, and without, `end`; no `end` means to the end of the store.
#[derive(Clone, Debug)]
pub struct KeyRange {
    /// First key.
    pub start: Vec<u8>,
    /// First key that is not in the range any more.
    pub end: Option<Vec<u8>>,
}

impl KeyRange {
    /// All keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(prefix: Vec<u8>) -> Self {
        let end = successor(&prefix);
        Self { start: prefix, end }
    }

    fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        let end = self.end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        (Bound::Included(&self.start), end)
    }

    fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }
}

/// The smallest key greater than every key with this prefix.
pub(super) fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut next = prefix.to_vec();
    while let Some(last) = next.pop() {
        if let Some(more) = last.checked_add(1) {
            next.push(more);
            return Some(next);
        }
    }
    None
}

/// Called for each row of a scan; breaks to end it.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError> + 'a;

/// What can be read, in a snapshot as in a write.
pub trait Rows {
    /// The value under a key.
    ///
    /// # Errors
    /// The engine failed.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Visits the rows of a range in order.
    ///
    /// # Errors
    /// The engine failed, or the visitor did.
    fn scan(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError>;
}

/// A snapshot: it sees what was durable when it was taken, and nothing later.
pub struct ReadTx {
    pub(super) table: ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl Rows for ReadTx {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.table.get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        let mut rows = self.table.range::<&[u8]>(range.bounds())?;
        while let Some(row) = step(&mut rows, order) {
            let (key, value) = row?;
            if visit(key.value(), value.value())?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn step<I: DoubleEndedIterator>(rows: &mut I, order: Order) -> Option<I::Item> {
    match order {
        Order::Forward => rows.next(),
        Order::Reverse => rows.next_back(),
    }
}

/// What one operation changed; `None` is a deletion.
pub(super) type Overlay = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// One operation's view of the commit being built: everything before it in the batch, and its own changes on top.
pub struct WriteTx<'b, 'txn> {
    pub(super) base: &'b Base<'txn>,
    pub(super) overlay: Overlay,
}

impl WriteTx<'_, '_> {
    /// Sets the value under a key.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.overlay.insert(key, Some(value));
    }

    /// Removes a key, if it is there.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.overlay.insert(key, None);
    }
}

impl Rows for WriteTx<'_, '_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(changed) = self.overlay.get(key) {
            return Ok(changed.clone());
        }
        Ok(self.base.get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan(&self, range: &KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        if range.is_empty() {
            return Ok(());
        }
        let base = self.base.range::<&[u8]>(range.bounds())?;
        let mine = self.overlay.range::<[u8], _>(range.bounds());
        match order {
            Order::Forward => merge(base.peekable(), mine.peekable(), order, visit),
            Order::Reverse => merge(base.rev().peekable(), mine.rev().peekable(), order, visit),
        }
    }
}

type BaseRow<'a> =
    Result<(redb::AccessGuard<'a, &'static [u8]>, redb::AccessGuard<'a, &'static [u8]>), redb::StorageError>;

/// Walks two ordered sequences as one; where both have a key, the overlay's row counts.
fn merge<'a, B, M>(
    mut base: Peekable<B>,
    mut mine: Peekable<M>,
    order: Order,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError>
where
    B: Iterator<Item = BaseRow<'a>>,
    M: Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>,
{
    loop {
        let below = match base.peek() {
            Some(Ok((key, _))) => Some(key.value()),
            Some(Err(_)) => return Err(base.next().and_then(Result::err).map_or(StoreError::Closed, Into::into)),
            None => None,
        };
        let (take_base, take_mine) = match (below, mine.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => (true, false),
            (None, Some(_)) => (false, true),
            (Some(below), Some((above, _))) => {
                let compared = match order {
                    Order::Forward => below.cmp(above.as_slice()),
                    Order::Reverse => above.as_slice().cmp(below),
                };
                (compared.is_le(), compared.is_ge())
            }
        };
        let under = if take_base { base.next().transpose()? } else { None };
        let flow = if take_mine {
            match mine.next() {
                Some((key, Some(value))) => visit(key, value)?,
                _ => ControlFlow::Continue(()),
            }
        } else if let Some((key, value)) = under {
            visit(key.value(), value.value())?
        } else {
            ControlFlow::Continue(())
        };
        if flow.is_break() {
            return Ok(());
        }
    }
}

/// Lays a finished operation's changes onto the commit.
pub(super) fn settle(base: &mut Base<'_>, overlay: Overlay) -> Result<(), StoreError> {
    for (key, change) in overlay {
        match change {
            Some(value) => drop(base.insert(key.as_slice(), value.as_slice())?),
            None => drop(base.remove(key.as_slice())?),
        }
    }
    Ok(())
}

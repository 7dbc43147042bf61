//! Typed tables over byte keys. A key is a tag of one byte and fields in an order-preserving encoding; a value is a
//! minicbor row or plain bytes.

use std::{marker::PhantomData, ops::ControlFlow};

use minicbor::{Decode, Encode};

use super::{
    error::StoreError,
    transaction::{KeyRange, Order, Rows, WriteTx, successor},
};

/// Something a key is made of. Its bytes sort as its values do, and none is the beginning of another.
pub trait Key: Sized {
    /// Appends the bytes.
    fn write(&self, to: &mut Vec<u8>);
    /// Takes the bytes off the front.
    fn read(from: &mut &[u8]) -> Option<Self>;
}

macro_rules! number_key {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn write(&self, to: &mut Vec<u8>) { to.extend_from_slice(&self.to_be_bytes()); }
            fn read(from: &mut &[u8]) -> Option<Self> {
                <[u8; size_of::<$number>()] as Key>::read(from).map(<$number>::from_be_bytes)
            }
        }
    )*};
}
number_key!(u8, u16, u32, u64);

impl<const N: usize> Key for [u8; N] {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let (mine, rest) = from.split_first_chunk::<N>()?;
        *from = rest;
        Some(*mine)
    }
}

impl Key for () {
    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

macro_rules! tuple_key {
    ($($field:ident),+) => {
        impl<$($field: Key),+> Key for ($($field,)+) {
            fn write(&self, to: &mut Vec<u8>) {
                #[expect(non_snake_case, reason = "the macro names fields by their types")]
                let ($($field,)+) = self;
                $($field.write(to);)+
            }
            fn read(from: &mut &[u8]) -> Option<Self> { Some(($($field::read(from)?,)+)) }
        }
    };
}
tuple_key!(A);
tuple_key!(A, B);
tuple_key!(A, B, C);
tuple_key!(A, B, C, D);
tuple_key!(A, B, C, D, E);

/// One table: its tag, its name for errors, the type of its keys and of its rows.
pub struct Table<K, V> {
    tag: u8,
    name: &'static str,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Table<K, V>
where
    K: Key,
    V: Encode<()> + for<'b> Decode<'b, ()>,
{
    pub(super) const fn new(tag: u8, name: &'static str) -> Self {
        Self { tag, name, types: PhantomData }
    }

    fn key(&self, key: &impl Key) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(self.tag);
        key.write(&mut bytes);
        bytes
    }

    fn decode(&self, row: &[u8]) -> Result<V, StoreError> {
        minicbor::decode(row).map_err(|_| StoreError::Damaged { table: self.name })
    }

    /// The row under a key.
    ///
    /// # Errors
    /// The engine failed or the row cannot be read.
    pub fn get(&self, rows: &impl Rows, key: &K) -> Result<Option<V>, StoreError> {
        rows.get(&self.key(key))?.map(|row| self.decode(&row)).transpose()
    }

    /// Whether there is a row under a key.
    ///
    /// # Errors
    /// The engine failed.
    pub fn contains(&self, rows: &impl Rows, key: &K) -> Result<bool, StoreError> {
        Ok(rows.get(&self.key(key))?.is_some())
    }

    /// Sets the row under a key.
    ///
    /// # Errors
    /// The row cannot be encoded, which no row of this program does.
    pub fn put(&self, tx: &mut WriteTx<'_, '_>, key: &K, row: &V) -> Result<(), StoreError> {
        let row = minicbor::to_vec(row).map_err(|_| StoreError::Damaged { table: self.name })?;
        tx.put(self.key(key), row);
        Ok(())
    }

    /// Removes the row under a key, if there is one.
    pub fn delete(&self, tx: &mut WriteTx<'_, '_>, key: &K) {
        tx.delete(self.key(key));
    }

    /// Visits the rows whose keys begin with `prefix`, in order.
    ///
    /// # Errors
    /// The engine failed, a row cannot be read, or the visitor returned an error.
    pub fn scan(
        &self,
        rows: &impl Rows,
        prefix: &impl Key,
        order: Order,
        visit: impl FnMut(K, V) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(rows, &KeyRange::prefix(self.key(prefix)), order, visit)
    }

    /// Visits the rows whose keys begin with `prefix` and come after `after`, smallest first.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub fn scan_after(
        &self,
        rows: &impl Rows,
        prefix: &impl Key,
        after: &K,
        visit: impl FnMut(K, V) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let end = successor(&self.key(prefix));
        let mut start = self.key(after);
        // The smallest key greater than `after`: no key is the beginning of another.
        start.push(0);
        self.walk(rows, &KeyRange { start, end }, Order::Forward, visit)
    }

    /// Visits the rows whose keys begin with `prefix` and come before `before`, greatest first.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub fn scan_before(
        &self,
        rows: &impl Rows,
        prefix: &impl Key,
        before: &K,
        visit: impl FnMut(K, V) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let range = KeyRange { start: self.key(prefix), end: Some(self.key(before)) };
        self.walk(rows, &range, Order::Reverse, visit)
    }

    /// Visits the rows whose keys begin with `prefix` and come at or after the beginning `first`, smallest first.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub fn scan_from(
        &self,
        rows: &impl Rows,
        prefix: &impl Key,
        first: &impl Key,
        visit: impl FnMut(K, V) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let range = KeyRange { start: self.key(first), end: successor(&self.key(prefix)) };
        self.walk(rows, &range, Order::Forward, visit)
    }

    /// The first or last row whose key begins with `prefix`.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub fn end(&self, rows: &impl Rows, prefix: &impl Key, order: Order) -> Result<Option<(K, V)>, StoreError> {
        let mut found = None;
        self.scan(rows, prefix, order, |key, row| {
            found = Some((key, row));
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// The last row whose key begins with `prefix` and is not greater than `key`.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub fn floor(&self, rows: &impl Rows, prefix: &impl Key, key: &K) -> Result<Option<(K, V)>, StoreError> {
        let mut end = self.key(key);
        end.push(0);
        let range = KeyRange { start: self.key(prefix), end: Some(end) };
        let mut found = None;
        self.walk(rows, &range, Order::Reverse, |key, row| {
            found = Some((key, row));
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Visits all rows whose keys begin with `prefix`, in order, those too that cannot be read: what is known of them is
    /// the key's bytes.
    ///
    /// # Errors
    /// The engine failed, or the visitor returned an error.
    pub fn scan_all(
        &self,
        rows: &impl Rows,
        prefix: &impl Key,
        mut visit: impl FnMut(Result<(K, V), &[u8]>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        rows.scan(&KeyRange::prefix(self.key(prefix)), Order::Forward, &mut |key, row| {
            let mut rest = key.get(1..).unwrap_or_default();
            match (K::read(&mut rest).filter(|_| rest.is_empty()), self.decode(row)) {
                (Some(known), Ok(row)) => visit(Ok((known, row)))?,
                _ => visit(Err(key))?,
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// The byte that its keys begin with.
    #[must_use]
    pub fn tag(&self) -> u8 {
        self.tag
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    fn walk(
        &self,
        rows: &impl Rows,
        range: &KeyRange,
        order: Order,
        mut visit: impl FnMut(K, V) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        rows.scan(range, order, &mut |key, row| {
            let mut rest = key.get(1..).unwrap_or_default();
            let key = K::read(&mut rest).filter(|_| rest.is_empty());
            visit(key.ok_or(StoreError::Damaged { table: self.name })?, self.decode(row)?)
        })
    }
}

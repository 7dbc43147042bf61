//! Values that change along the chain.

/// A value with all its earlier values.
#[derive(Clone, Debug)]
pub(super) struct Timeline<T>(Vec<(u64, T)>);

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Timeline<T> {
    /// The value holds from this statement on.
    pub(super) fn set(&mut self, sequence: u64, value: T) {
        self.0.push((sequence, value));
    }

    /// The value that held at a statement.
    pub(super) fn at(&self, sequence: u64) -> Option<&T> {
        self.0.iter().rev().find(|(since, _)| *since <= sequence).map(|(_, value)| value)
    }

    /// The statements of the first value and of the newest.
    pub(super) fn ends(&self) -> Option<(u64, u64)> {
        Some((self.0.first()?.0, self.0.last()?.0))
    }

    /// All values, each with the statement from which on it held.
    pub(super) fn all(&self) -> &[(u64, T)] {
        &self.0
    }

    /// The newest value.
    pub(super) fn now(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}

//! How a file is cut into sealed chunks. Lengths alone: what client and server both count with.

use crate::{
    limits,
    suite::{TAG_LENGTH, padded_length},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// Bytes of a chunk before it is sealed; the last one may be shorter.
pub const CHUNK: u64 = 1024 * 1024;

const TAG: u64 = TAG_LENGTH as u64;

/// How a file lies in its chunks: padded, then cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    padded: u64,
}

/// One chunk of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkShape {
    /// Which.
    pub index: u32,
    /// Whether it is the last.
    pub last: bool,
    /// Its bytes before it is sealed, padding included.
    pub plain: usize,
}

impl ChunkShape {
    /// Its bytes when it is sealed.
    #[must_use]
    pub const fn sealed(&self) -> usize {
        self.plain + TAG_LENGTH
    }
}

impl Layout {
    /// The layout of a file of `length` bytes; `None` over [`limits::FILE`].
    #[must_use]
    pub fn of_length(length: u64) -> Option<Self> {
        let length = usize::try_from(length).ok().filter(|_| length <= limits::FILE)?;
        Some(Self { padded: padded_length(length) as u64 })
    }

    /// The layout of a file whose sealed chunks are `sealed` bytes together; `None` when no file has that many.
    #[must_use]
    pub fn of_sealed(sealed: u64) -> Option<Self> {
        let chunks = sealed.div_ceil(CHUNK + TAG);
        let padded = sealed.checked_sub(chunks.checked_mul(TAG)?)?;
        Self::of_length(padded).filter(|layout| layout.padded == padded)
    }

    /// Bytes before sealing, padding included.
    #[must_use]
    pub const fn padded(&self) -> u64 {
        self.padded
    }

    /// Bytes of all sealed chunks together.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.padded + u64::from(self.count()) * TAG
    }

    /// How many chunks there are; never none.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.padded.div_ceil(CHUNK)).unwrap_or(u32::MAX)
    }

    /// One chunk; `None` past the last.
    #[must_use]
    pub fn chunk(&self, index: u32) -> Option<ChunkShape> {
        let left = self.padded.checked_sub(u64::from(index) * CHUNK).filter(|left| *left > 0)?;
        let plain = usize::try_from(left.min(CHUNK)).ok()?;
        Some(ChunkShape { index, last: left <= CHUNK, plain })
    }
}

/// Place of a chunk in a path, from 0: decimal digits, one spelling each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkIndex(pub u32);

/// The text is no place of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a chunk's index")]
pub struct NotAnIndex;

impl fmt::Display for ChunkIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for ChunkIndex {
    type Err = NotAnIndex;

    fn from_str(text: &str) -> Result<Self, NotAnIndex> {
        let index: u32 = text.parse().map_err(|_| NotAnIndex)?;
        if index.to_string() == text { Ok(Self(index)) } else { Err(NotAnIndex) }
    }
}

impl Serialize for ChunkIndex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChunkIndex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ChunkIndex {
    fn schema_name() -> Cow<'static, str> {
        "ChunkIndex".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)$" })
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const MIB: u64 = 1_048_576;

    /// Length, padded length by Padmé, chunks, bytes of all sealed chunks: by hand.
    const LAYOUTS: [(u64, u64, u32, u64); 7] = [
        (0, 256, 1, 272),
        (256, 256, 1, 272),
        (257, 272, 1, 288),
        (MIB, MIB, 1, 1_048_592),
        // 2^20 has an exponent of 20, so five bits are kept and steps are of 32 KiB.
        (MIB + 1, 1_081_344, 2, 1_081_376),
        (2 * MIB, 2 * MIB, 2, 2_097_184),
        (100 * MIB, 100 * MIB, 100, 104_859_200),
    ];

    #[test]
    fn a_length_has_one_layout() {
        for (length, padded, count, sealed) in LAYOUTS {
            let layout = Layout::of_length(length).unwrap();
            assert_eq!((layout.padded(), layout.count(), layout.sealed()), (padded, count, sealed), "{length}");
            assert_eq!(Layout::of_sealed(sealed), Some(layout), "{length}");
        }
        assert_eq!(Layout::of_length(100 * MIB + 1), None);
        for sealed in [0, 16, 271, 273, 1_048_593, 1_081_375, 104_859_201, u64::MAX] {
            assert_eq!(Layout::of_sealed(sealed), None, "{sealed}");
        }
    }

    #[test]
    fn chunks_are_whole_but_for_the_last() {
        let layout = Layout::of_length(MIB + 1).unwrap();
        assert_eq!(layout.chunk(0), Some(ChunkShape { index: 0, last: false, plain: 1_048_576 }));
        assert_eq!(layout.chunk(1), Some(ChunkShape { index: 1, last: true, plain: 32_768 }));
        assert_eq!(layout.chunk(1).map(|chunk| chunk.sealed()), Some(32_784));
        assert_eq!(layout.chunk(2), None);
        let whole = Layout::of_length(2 * MIB).unwrap();
        assert_eq!(whole.chunk(1), Some(ChunkShape { index: 1, last: true, plain: 1_048_576 }));
        assert_eq!(whole.chunk(2), None);
    }

    #[test]
    fn an_index_has_one_spelling() {
        assert_eq!("17".parse(), Ok(ChunkIndex(17)));
        for other in ["", "017", "+1", "-1", "1.0", "4294967296"] {
            assert_eq!(other.parse::<ChunkIndex>(), Err(NotAnIndex), "{other}");
        }
    }
}

//! Ids and small numbers. Ids are 16 random bytes, written as UUIDs; the team's is a hash of its genesis.

use crate::{bytes::fixed_bytes, crypto::Hash};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The text is not a UUID in its hyphenated form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        fixed_bytes!($(#[$meta])* $name, 16);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = uuid::Uuid::try_parse(text).map_err(|_| NotAnId)?;
                // One spelling per id: `try_parse` also takes braces, URNs and capitals.
                if id.hyphenated().to_string() == text { Ok(Self(id.into_bytes())) } else { Err(NotAnId) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                } else {
                    let bytes = crate::bytes::deserialize(deserializer)?;
                    bytes.as_slice().try_into().map(Self).map_err(|_| serde::de::Error::custom("wrong length"))
                }
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    };
}

id!(
    /// A team: the first 16 bytes of the SHA-256 of its genesis statement.
    TeamId
);
id!(
    /// A member of a team.
    MemberId
);
id!(
    /// An invitation. Whoever joins by it becomes the member of the same id, so what is wrapped for the one is known as the
    /// other's.
    InviteId
);
id!(
    /// A member group. Ids of groups are never used twice.
    GroupId
);
id!(
    /// A vault.
    VaultId
);
id!(
    /// A record's object: vault, resource group, resource or account. Secret and facts share their account's.
    ObjectId
);
id!(
    /// A passkey of a member on the server; not the id that the authenticator gave it.
    PasskeyId
);
id!(
    /// A webhook of a team.
    WebhookId
);
id!(
    /// A session on the server; not the token that opens it.
    SessionId
);
id!(
    /// One release of one secret, chosen by the client.
    ReleaseId
);
id!(
    /// A request for a guarded secret, chosen by whoever asks.
    RequestId
);
id!(
    /// An approval that is given ahead, chosen by whoever proposes it.
    AheadId
);

impl TeamId {
    /// The id of the team that begins with this genesis statement.
    #[must_use]
    pub fn of_genesis(genesis: &Hash) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(genesis.0.split_at(16).0);
        Self(id)
    }
}

impl VaultId {
    /// Stands in the headers of directory records, which belong to no vault.
    pub const DIRECTORY: Self = Self([0; 16]);

    /// The id of the record that carries this vault's own details.
    #[must_use]
    pub fn object(self) -> ObjectId {
        ObjectId(self.0)
    }
}

impl InviteId {
    /// The member that an invitation makes.
    #[must_use]
    pub fn member(self) -> MemberId {
        MemberId(self.0)
    }
}

impl MemberId {
    /// The id of the record that carries this member's profile.
    #[must_use]
    pub fn object(self) -> ObjectId {
        ObjectId(self.0)
    }
}

impl GroupId {
    /// The id of the record that carries this group's name.
    #[must_use]
    pub fn object(self) -> ObjectId {
        ObjectId(self.0)
    }
}

impl TeamId {
    /// The id of the record that carries the team's own details.
    #[must_use]
    pub fn object(self) -> ObjectId {
        ObjectId(self.0)
    }
}

/// A small number that people and scripts use instead of an id (`#307`); unique in its team among its kind.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Number(#[n(0)] pub u32);

/// Version of an object, from 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Version(#[n(0)] pub u32);

impl Version {
    /// The version of an object that has just been made.
    pub const FIRST: Self = Self(1);

    /// The version after this one; `None` past the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// Epoch of a vault's keys, from 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Epoch(#[n(0)] pub u32);

impl Epoch {
    /// The epoch that a vault is made with.
    pub const FIRST: Self = Self(1);
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Timestamp(#[n(0)] pub u64);

impl Timestamp {
    /// This time and so many milliseconds more.
    #[must_use]
    pub fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this time; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn takes_one_spelling_of_an_id() {
        let text = "00112233-4455-6677-8899-aabbccddeeff";
        assert_eq!(text.parse::<VaultId>().map(|id| id.to_string()).as_deref(), Ok(text));
        for other in [
            "00112233-4455-6677-8899-AABBCCDDEEFF",
            "00112233445566778899aabbccddeeff",
            "{00112233-4455-6677-8899-aabbccddeeff}",
            "urn:uuid:00112233-4455-6677-8899-aabbccddeeff",
            "",
        ] {
            assert_eq!(other.parse::<VaultId>(), Err(NotAnId), "{other}");
        }
    }
}

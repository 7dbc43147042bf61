//! How requests and answers are written: JSON or CBOR (RFC 8949), the same types in both; paths and queries from their
//! types.

use super::Operation;
use crate::problem::{Rejection, TYPE_PREFIX, look_up};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Form of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON; byte strings as base64url.
    Json,
    /// CBOR.
    Cbor,
}

impl Format {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Cbor => "application/cbor",
        }
    }

    /// The media type of a sequence of values: JSON lines, or a CBOR sequence (RFC 8742).
    #[must_use]
    pub const fn sequence_media_type(self) -> &'static str {
        match self {
            Self::Json => "application/x-ndjson",
            Self::Cbor => "application/cbor-seq",
        }
    }

    /// The form that a `Content-Type` names; parameters are ignored.
    #[must_use]
    pub fn of_media_type(text: &str) -> Option<Self> {
        let essence = text.split(';').next().unwrap_or_default().trim();
        [Self::Json, Self::Cbor].into_iter().find(|format| essence.eq_ignore_ascii_case(format.media_type()))
    }

    /// Writes a body.
    #[must_use]
    pub fn write<T: Serialize>(self, value: &T) -> Vec<u8> {
        let written = match self {
            Self::Json => serde_json::to_vec(value).ok(),
            Self::Cbor => minicbor_serde::to_vec(value).ok(),
        };
        match written {
            Some(bytes) => bytes,
            None => unreachable!("writing to memory failed"),
        }
    }

    /// Reads a body whole.
    ///
    /// # Errors
    /// [`Rejection::Malformed`] when it is not one value of the type and nothing more.
    pub fn read<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, Rejection> {
        let read = match self {
            Self::Json => serde_json::from_slice(bytes).ok(),
            Self::Cbor => {
                let mut deserializer = minicbor_serde::Deserializer::new(bytes);
                let value = T::deserialize(&mut deserializer).ok();
                value.filter(|_| deserializer.decoder().position() == bytes.len())
            }
        };
        read.ok_or_else(|| Rejection::Malformed { at: "body".to_owned() })
    }
}

/// The path and query of a call.
///
/// # Errors
/// `None` when a place of the template is not in the path's type: a fault of the operation's definition.
#[must_use]
pub fn target<O: Operation>(path: &O::Path, query: &O::Query) -> Option<String> {
    let Value::Object(places) = serde_json::to_value(path).ok()? else { return None };
    let mut target = String::new();
    for (index, segment) in O::PATH.split('/').enumerate() {
        if index > 0 {
            target.push('/');
        }
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            Some(place) => target.push_str(places.get(place)?.as_str()?),
            None => target.push_str(segment),
        }
    }
    let query = serde_urlencoded::to_string(query).ok()?;
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    Some(target)
}

/// Status and body of a problem (RFC 9457), made from an error enum by the one table.
#[must_use]
pub fn write_problem<E: Serialize>(error: &E, request_id: Option<&str>) -> (u16, Vec<u8>) {
    let mut fields = match serde_json::to_value(error) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let code = fields.get("code").and_then(Value::as_str).unwrap_or("internal").to_owned();
    let (status, title) = look_up(&code).unwrap_or((500, "The server failed"));
    fields.insert("type".to_owned(), format!("{TYPE_PREFIX}{code}").into());
    fields.insert("title".to_owned(), title.into());
    fields.insert("status".to_owned(), status.into());
    if let Some(request_id) = request_id {
        fields.insert("request_id".to_owned(), request_id.into());
    }
    (status, Value::Object(fields).to_string().into_bytes())
}

/// An error of an operation, as read from a problem.
#[derive(Debug)]
pub enum ReadProblem<E> {
    /// The operation's own.
    Own(E),
    /// One that every operation gives.
    Rejected(Rejection),
}

/// Reads a problem's body; `None` when it is none of ours.
#[must_use]
pub fn read_problem<E: DeserializeOwned>(body: &[u8]) -> Option<ReadProblem<E>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    if let Ok(own) = E::deserialize(&value) {
        return Some(ReadProblem::Own(own));
    }
    Rejection::deserialize(&value).ok().map(ReadProblem::Rejected)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::{
        ids::{ObjectId, TeamId, VaultId, Version},
        operations::{
            ObjectPath, PageQuery, VaultPath,
            records::{GetAccount, ListAccounts, RecordListed, WriteError},
        },
        record::RecordKind,
    };

    const ID: &str = "00112233-4455-6677-8899-aabbccddeeff";
    const BYTES: [u8; 16] =
        [0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];

    #[test]
    fn fills_paths_and_queries() {
        let path = ObjectPath { team: TeamId(BYTES), vault: VaultId(BYTES), id: ObjectId(BYTES) };
        let target_of_one = target::<GetAccount>(&path, &crate::operations::Empty {});
        assert_eq!(target_of_one.unwrap(), format!("/v1/teams/{ID}/vaults/{ID}/accounts/{ID}"));
        let path = VaultPath { team: TeamId(BYTES), vault: VaultId(BYTES) };
        let query = PageQuery { cursor: Some("a b".to_owned()), limit: Some(3) };
        let target_of_list = target::<ListAccounts>(&path, &query);
        assert_eq!(target_of_list.unwrap(), format!("/v1/teams/{ID}/vaults/{ID}/accounts?cursor=a+b&limit=3"));
    }

    #[test]
    fn both_forms_carry_the_same_value() {
        let value = RecordListed { record: crate::bytes::Bytes(vec![1, 2, 255]) };
        assert_eq!(Format::Json.write(&value), br#"{"record":"AQL_"}"#);
        for format in [Format::Json, Format::Cbor] {
            assert_eq!(format.read::<RecordListed>(&format.write(&value)), Ok(value.clone()));
            let mut longer = format.write(&value);
            longer.push(b'1');
            assert!(format.read::<RecordListed>(&longer).is_err());
        }
    }

    #[test]
    fn problems_come_back_as_they_went() {
        let error =
            WriteError::StaleVersion { id: ObjectId(BYTES), kind: RecordKind::Account, current: Some(Version(3)) };
        let (status, body) = write_problem(&error, Some("r1"));
        assert_eq!(status, 409);
        let text = String::from_utf8(body.clone()).unwrap();
        assert!(text.contains(r#""type":"urn:sealward:problem:stale_version""#), "{text}");
        assert!(matches!(read_problem::<WriteError>(&body), Some(ReadProblem::Own(read)) if read == error));
        let (_, body) = write_problem(&Rejection::RateLimited { retry_after: 9 }, None);
        assert!(matches!(
            read_problem::<WriteError>(&body),
            Some(ReadProblem::Rejected(Rejection::RateLimited { retry_after: 9 }))
        ));
    }
}

//! The envelopes around commands, answers and notices, and their encoding: bytes in a transferred
//! `Uint8Array`. Both ends are of one build, so the encoding names no field: that makes both programs smaller.

use sealward_contract::bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Command, Error, Notice};

/// From the page.
#[derive(Serialize, Deserialize)]
pub struct ToWorker<C = Command> {
    /// Comes back with the answer.
    pub request: u32,
    /// What is asked.
    pub command: C,
}

/// From the worker.
#[derive(Serialize, Deserialize)]
pub enum FromWorker {
    /// The answer to a request: the encoded `Ask::Answer`, or why not.
    Answer {
        /// The number of the request.
        request: u32,
        /// The encoded answer.
        result: Result<Bytes, Error>,
    },
    /// Something that nobody asked for.
    Notice(Notice),
}

/// Encodes anything that crosses the bridge.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value).map_err(|_| Error::Bridge)
}

/// Decodes what came across the bridge.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(|_| Error::Bridge)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use sealward_client::model::{CustomField, CustomValue, Day, Field, Invalid, Problem};

    use super::*;
    use crate::bridge::*;

    #[test]
    fn what_crosses_the_bridge_arrives_as_it_was() {
        let (vault, resource) = (VaultId([7; 16]), ObjectId([8; 16]));
        let date = CustomField { label: "Warranty".into(), value: CustomValue::Date(Day(-3)) };
        let fields = ResourceFields { name: "数据库".into(), custom: vec![date], ..ResourceFields::default() };
        let view = ResourceView {
            vault,
            id: resource,
            number: Number(307),
            version: Version(2),
            path: vec!["Main".into()],
            fields,
            removed: Vec::new(),
            accounts: Vec::new(),
            author: "mara".into(),
            changed: -1,
            writable: true,
            damage: None,
        };
        assert_eq!(decode::<ResourceView>(&encode(&view).unwrap()).unwrap(), view);

        let refused = Error::Invalid(Invalid::new(Field::Name, Problem::TooLong { limit: 200 }));
        let answer = FromWorker::Answer { request: u32::MAX, result: Err(refused.clone()) };
        match decode(&encode(&answer).unwrap()).unwrap() {
            FromWorker::Answer { request, result } => assert_eq!((request, result), (u32::MAX, Err(refused))),
            FromWorker::Notice(_) => panic!("an answer came back as a notice"),
        }

        let asked: ToWorker = ToWorker { request: 1, command: ReadResource { vault, resource }.into() };
        let bytes = encode(&asked).unwrap();
        assert!(matches!(
            decode::<ToWorker>(&bytes).unwrap().command,
            Command::ReadResource(ReadResource { vault: there, .. }) if there == vault
        ));
        assert_eq!(decode::<ToWorker>(&bytes[..bytes.len() - 1]).err(), Some(Error::Bridge));
    }
}

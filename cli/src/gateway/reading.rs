//! What the dialects that speak JSON read of a request: pairs of a query, objects in a body. A body is judged by what it
//! holds, never by what its headers call it.

use super::exchange::Answer;
use crate::failure::Failure;
use sealward_client::{error::Error, model::SecretText};
use serde_json::{Map, Value};

/// The fields of an object in JSON.
pub type Fields = Map<String, Value>;

/// A body that is no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoObject {
    /// It is not JSON.
    Syntax,
    /// It is JSON of another kind.
    Kind,
}

/// The pairs of a query, decoded once, in the order in which they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads a query. What cannot be decoded is read as if its bytes were replaced.
    #[must_use]
    pub fn read(query: &[u8]) -> Self {
        Self(serde_urlencoded::from_bytes(query).unwrap_or_default())
    }

    /// The last value under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, where it says something.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// All pairs.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The pairs with others in place of those of the same names, written as a query.
    #[must_use]
    pub fn with(&self, changed: &[(&str, Option<String>)]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name)).cloned();
        let added = changed.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
        serde_urlencoded::to_string(kept.chain(added).collect::<Vec<_>>()).unwrap_or_default()
    }
}

/// The object in a body; one without fields where the body is empty.
///
/// # Errors
/// [`NoObject`].
pub fn object(body: &[u8]) -> Result<Fields, NoObject> {
    if body.trim_ascii().is_empty() {
        return Ok(Fields::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(NoObject::Kind),
        Err(_) => Err(NoObject::Syntax),
    }
}

/// Takes a text out of the fields as something secret; `None` where there is none, or it is `null`.
///
/// # Errors
/// The name, where it is no text.
pub fn take_secret<'n>(fields: &mut Fields, name: &'n str) -> Result<Option<SecretText>, &'n str> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(SecretText::new(text))),
        Some(_) => Err(name),
    }
}

/// What ends a call before its time.
pub enum Stop {
    /// An answer in the dialect's own words.
    Said(Box<Answer>),
    /// What has the same words whatever was asked.
    Failed(Failure),
}

impl Stop {
    /// The answer that was said, or else the failure.
    ///
    /// # Errors
    /// The failure.
    pub fn settle(outcome: Result<Answer, Self>) -> Result<Answer, Failure> {
        match outcome {
            Ok(answer) => Ok(answer),
            Err(Self::Said(answer)) => Ok(*answer),
            Err(Self::Failed(failure)) => Err(failure),
        }
    }
}

#[cfg(test)]
impl Stop {
    /// The answer that was said.
    pub fn said(self) -> Answer {
        match self {
            Self::Said(answer) => *answer,
            Self::Failed(failure) => panic!("{failure}"),
        }
    }
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Said(Box::new(answer))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_once_and_the_last_counts() {
        let pairs = Pairs::read(b"node_id=&q=a+b%2Bc&limit=1&limit=15&x=%2541");
        assert_eq!(pairs.get("node_id"), Some(""));
        assert_eq!(pairs.filled("node_id"), None);
        assert_eq!((pairs.get("q"), pairs.get("limit"), pairs.get("x")), (Some("a b+c"), Some("15"), Some("%41")));
        assert_eq!(pairs.get("y"), None);
        let next = pairs.with(&[("limit", Some("2".to_owned())), ("offset", Some("4".to_owned())), ("x", None)]);
        assert_eq!(next, "node_id=&q=a+b%2Bc&limit=2&offset=4");
    }

    #[test]
    fn a_body_is_an_object_or_says_why_not() {
        assert_eq!(object(b" \n").unwrap().len(), 0);
        assert_eq!(object(b"{\"a\":1}").unwrap().len(), 1);
        assert_eq!(object(b"[1]"), Err(NoObject::Kind));
        assert_eq!(object(b"a=1"), Err(NoObject::Syntax));
        let mut fields = object(b"{\"a\":\"+%41\",\"b\":null,\"c\":1}").unwrap();
        assert_eq!(take_secret(&mut fields, "a").unwrap().unwrap().expose(), "+%41");
        assert!(matches!(take_secret(&mut fields, "b"), Ok(None)));
        assert!(matches!(take_secret(&mut fields, "c"), Err("c")));
        assert!(fields.is_empty());
    }
}

//! Which field of INPUT_DATA is of the wrong kind: found afterwards, where reading it failed. Of what came nothing is kept
//! but what kind it is of.

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// Letters of a field's name at most.
const NAME: usize = 40;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    List,
    Other,
}

/// The first field that is not of its kind, in the order of their names, and what it has to be.
pub fn misfit(input: &[u8]) -> Option<(String, &'static str)> {
    #[derive(Deserialize)]
    struct Whole {
        operation: Part,
    }
    #[derive(Deserialize)]
    struct Part {
        #[serde(rename = "Details", alias = "details", alias = "DETAILS")]
        details: BTreeMap<String, Kind>,
    }
    let whole: Whole = serde_json::from_slice(input).ok()?;
    whole.operation.details.into_iter().find_map(|(name, kind)| {
        // What is no name of the product may be anything that came.
        let is_name = name.len() <= NAME && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let (wanted, words) = match name.as_str() {
            "ACCOUNTLIST" | "ACCOUNTCUSTOMFIELD" | "RESOURCECUSTOMFIELD" => (Kind::List, "a list of objects"),
            _ => (Kind::Text, "a text"),
        };
        (is_name && kind != wanted).then_some((name, words))
    })
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindOnly)
    }
}

struct KindOnly;

impl<'de> Visitor<'de> for KindOnly {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Kind, E> {
        Ok(Kind::Text)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Kind, E> {
        Ok(Kind::Text)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind::Text)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind::Text)
    }

    fn visit_unit<E: Error>(self) -> Result<Kind, E> {
        Ok(Kind::Text)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Kind, E> {
        // As it was written it is not to be had any more: it is no text.
        Ok(Kind::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Kind, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Kind::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Kind, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Kind::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_of_the_wrong_kind_is_found() {
        for (details, found) in [
            (r#"{"REASON":"x","NEWPASSWORD":["word"]}"#, Some(("NEWPASSWORD", "a text"))),
            (r#"{"NEWPASSWORD":1.5}"#, Some(("NEWPASSWORD", "a text"))),
            (r#"{"NOTES":{"a":1}}"#, Some(("NOTES", "a text"))),
            (r#"{"ACCOUNTLIST":"x"}"#, Some(("ACCOUNTLIST", "a list of objects"))),
            (r#"{"ACCOUNTCUSTOMFIELD":[{}],"PASSWORD":7,"NOTES":null}"#, None),
            (r#"{"a secret":[]}"#, None),
        ] {
            let input = format!(r#"{{"operation":{{"Details":{details}}}}}"#);
            let expected = found.map(|(name, words)| (name.to_owned(), words));
            assert_eq!(misfit(input.as_bytes()), expected, "{details}");
        }
        assert_eq!(misfit(b"{\"operation\":\"word\"}"), None);
    }
}

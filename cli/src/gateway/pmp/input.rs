//! What a call is given: a token and INPUT_DATA, in the query or the body, as they come from hands, shells and libraries.
//!
//! INPUT_DATA that is JSON as it came is taken as it came, whatever it holds: a password with `&`, `+`, `%41` or `$` in it
//! arrives unchanged. Only what is not is percent-decoded, once.

use super::{kinds::misfit, lenient::mend};
use percent_encoding::percent_decode;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned, de::IgnoredAny};
use std::fmt;
use zeroize::Zeroizing;

/// Names that a token goes under.
pub const TOKENS: [&str; 2] = [TOKEN, "APP_AUTHTOKEN"];
/// The first of them, which the product's document has.
pub const TOKEN: &str = "AUTHTOKEN";
/// What the details of a call go under.
pub const INPUT: &str = "INPUT_DATA";
/// Places at which encoded INPUT_DATA may end that are looked at.
const ENDS: usize = 64;

/// What a query or a body gives.
#[derive(Default)]
pub struct Given {
    /// The token.
    pub token: Option<Zeroizing<String>>,
    /// INPUT_DATA.
    pub input: Option<Input>,
    /// Everything else.
    pub others: Vec<(String, String)>,
}

/// INPUT_DATA: JSON, or what came in its place.
pub struct Input(Zeroizing<Vec<u8>>);

/// INPUT_DATA that cannot be read, or lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(pub String);

impl Given {
    /// Reads a query, or a form.
    #[must_use]
    pub fn read(mut rest: &[u8]) -> Self {
        let mut given = Self::default();
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| matches!(byte, b'=' | b'&')).unwrap_or(rest.len());
            let name = decode(rest.get(..end).unwrap_or_default()).map(|name| name.trim().to_owned());
            let is_value = rest.get(end) == Some(&b'=');
            rest = rest.get(end + 1..).unwrap_or_default();
            if !is_value {
                continue;
            }
            if name.as_deref() == Some(INPUT) {
                let (input, after) = Input::take(rest);
                given.input = given.input.or(Some(input));
                rest = after;
                continue;
            }
            let end = rest.iter().position(|byte| *byte == b'&').unwrap_or(rest.len());
            let (value, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            let Some((name, value)) = name.zip(decode(value)) else { continue };
            if TOKENS.contains(&name.as_str()) {
                // Tokens of the product are broken over lines; none of ours has white space in it.
                let token = value.chars().filter(|letter| !letter.is_whitespace()).collect();
                given.token = Some(Zeroizing::new(token));
            } else {
                given.others.push((name, value.to_string()));
            }
        }
        given
    }

    /// Reads a body: a form, or INPUT_DATA alone.
    #[must_use]
    pub fn read_body(body: &[u8]) -> Self {
        let body = body.trim_ascii();
        if body.first() == Some(&b'{') {
            return Self { input: Some(Input::take(body).0), ..Self::default() };
        }
        Self::read(body)
    }

    /// Whether a query says what is to be done with something, though perhaps misspelt.
    #[must_use]
    pub fn has_input(&self) -> bool {
        self.input.is_some() || self.others.iter().any(|(name, _)| name.to_ascii_lowercase().contains("input"))
    }

    /// Whether a body holds more than the token.
    #[must_use]
    pub fn says_more(&self, body: &[u8]) -> bool {
        let is_token_alone = self.token.is_some() && self.input.is_none() && self.others.is_empty();
        !body.trim_ascii().is_empty() && !is_token_alone
    }

    /// What both give; the first has the say.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            token: self.token.or(other.token),
            input: self.input.or(other.input),
            others: self.others.into_iter().chain(other.others).collect(),
        }
    }

    /// A parameter's value.
    #[must_use]
    pub fn other(&self, name: &str) -> Option<&str> {
        self.others.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Input {
    /// Takes INPUT_DATA off the front of what follows its name; gives what follows it.
    fn take(given: &[u8]) -> (Self, &[u8]) {
        if let Some(length) = json_before_next(given) {
            let (json, rest) = given.split_at(length);
            let next = rest.iter().position(|byte| *byte == b'&').map_or(rest.len(), |at| at + 1);
            return (Self(Zeroizing::new(json.to_vec())), rest.get(next..).unwrap_or_default());
        }
        // Some encoders leave `&` alone: the first one after which what is decoded is whole ends it.
        let ends = given.iter().enumerate().filter(|(_, byte)| **byte == b'&').map(|(at, _)| at);
        let ends = ends.take(ENDS).chain([given.len()]);
        let split = |end: usize| {
            let (cut, after) = given.split_at(end);
            (cut, after.get(1..).unwrap_or_default())
        };
        for (cut, after) in ends.clone().map(split) {
            if let Some(decoded) = decode_form(cut).filter(|decoded| is_object(decoded)) {
                return (Self(Zeroizing::new(decoded.as_bytes().to_vec())), after);
            }
        }
        let (first, after) = ends.clone().next().map(split).unwrap_or_default();
        let whole = std::str::from_utf8(given).ok().map(|text| Zeroizing::new(text.to_owned()));
        for (reading, after) in [(decode_form(first), after), (whole, &[][..])] {
            let mended = reading.as_deref().and_then(|reading| mend(reading));
            if let Some(mended) = mended.filter(|mended| is_object(mended)) {
                return (Self(Zeroizing::new(mended.as_bytes().to_vec())), after);
            }
        }
        (Self(Zeroizing::new(first.to_vec())), after)
    }

    /// What stands under `operation` and `Details`.
    ///
    /// # Errors
    /// [`Unusable`] names what is wrong, and holds nothing that came.
    pub fn details<D: DeserializeOwned>(&self) -> Result<D, Unusable> {
        #[derive(Deserialize)]
        struct Whole<D> {
            operation: Part<D>,
        }
        #[derive(Deserialize)]
        struct Part<D> {
            #[serde(rename = "Details", alias = "details", alias = "DETAILS")]
            details: D,
        }
        let read: Result<Whole<D>, _> = serde_json::from_slice(&self.0);
        read.map(|whole| whole.operation.details).map_err(|error| {
            Unusable(match error.classify() {
                serde_json::error::Category::Data => self.explain(&error),
                _ => "INPUT_DATA is not JSON".to_owned(),
            })
        })
    }

    /// Which field is missing, or of the wrong kind, where that can be told. The library's own words may repeat what it read:
    /// only names that stand in this program are taken from them.
    fn explain(&self, error: &serde_json::Error) -> String {
        const SHAPE: &str = "{\"operation\":{\"Details\":{…}}}";
        let words = Zeroizing::new(error.to_string());
        let named = |before: &str| Some(words.strip_prefix(before)?.split_once('`')?.0);
        if let Some(name) = named("missing field `") {
            return format!("INPUT_DATA lacks {name}: {SHAPE}");
        }
        if let Some(name) = named("duplicate field `") {
            return format!("INPUT_DATA has {name} twice");
        }
        match misfit(&self.0) {
            Some((name, kind)) => format!("INPUT_DATA: {name} has to be {kind}"),
            None => format!("INPUT_DATA lacks a field, or one is not of its kind: {SHAPE}"),
        }
    }
}

/// The length of a JSON object that stands at the front, if nothing but the next parameter follows it.
fn json_before_next(given: &[u8]) -> Option<usize> {
    let start = given.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let text = given.get(start..)?;
    if text.first() != Some(&b'{') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let length = start + values.byte_offset();
    let next = given.get(length..)?.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(next, None | Some(b'&')).then_some(length)
}

fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn decode(bytes: &[u8]) -> Option<Zeroizing<String>> {
    percent_decode(bytes).decode_utf8().ok().map(|text| Zeroizing::new(text.into_owned()))
}

/// Percent-decodes once. Whoever encodes every colon encodes every plus too, so that one stands for a blank; whoever
/// leaves colons as they are leaves a plus as it is.
fn decode_form(bytes: &[u8]) -> Option<Zeroizing<String>> {
    if bytes.contains(&b':') {
        return decode(bytes);
    }
    let spaced: Zeroizing<Vec<u8>> =
        Zeroizing::new(bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect());
    decode(&spaced)
}

/// A text; numbers and booleans are taken as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl Text {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar).map(|text| Self(text.to_string()))
    }
}

/// A text that is wiped.
#[derive(Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text.
    #[must_use]
    pub fn into_text(mut self) -> sealward_client::model::SecretText {
        sealward_client::model::SecretText::new(std::mem::take(&mut *self.0))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar).map(Self)
    }
}

struct Scalar;

impl serde::de::Visitor<'_> for Scalar {
    type Value = Zeroizing<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(text))
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(value.to_string()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(value.to_string()))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(value.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
        // As it was written it is not to be had any more.
        Err(E::invalid_type(serde::de::Unexpected::Other("a number with a fraction, or too large"), &self))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(Zeroizing::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    struct Sample {
        password: Text,
    }

    fn password(given: &Given) -> String {
        given.input.as_ref().unwrap().details::<Sample>().unwrap().password.0
    }

    fn json(password: &str) -> String {
        serde_json::json!({"operation": {"Details": {"PASSWORD": password}}}).to_string()
    }

    /// What JavaScript's `encodeURI` encodes.
    const URI: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');

    #[test]
    fn what_is_more_than_a_token_is_told_from_it() {
        for (body, more) in [
            ("", false),
            (" \r\n", false),
            ("AUTHTOKEN=swt1.abc", false),
            ("foo=bar", true),
            ("hello world", true),
            ("<xml/>", true),
            ("INPUTDATA={}", true),
            ("AUTHTOKEN=swt1.abc&input_data={}", true),
            ("{}", true),
        ] {
            assert_eq!(Given::read_body(body.as_bytes()).says_more(body.as_bytes()), more, "{body}");
        }
        for (query, input) in
            [("AUTHTOKEN=a&APP_NAME=x", false), ("AUTHTOKEN=a&input_data={}", true), ("INPUTDATA=", true)]
        {
            assert_eq!(Given::read(query.as_bytes()).has_input(), input, "{query}");
        }
    }

    #[test]
    fn every_way_to_send_a_token_and_input() {
        let raw = json("a&b+c%41$");
        for text in [
            format!("AUTHTOKEN=swt1.abc%0A&INPUT_DATA={raw}"),
            format!("INPUT_DATA={raw}&AUTHTOKEN=swt1.abc"),
            format!("INPUT_DATA= {raw} &APP_AUTHTOKEN=swt1%2Eabc&APP_NAME=x"),
        ] {
            let given = Given::read(text.as_bytes());
            assert_eq!(password(&given), "a&b+c%41$", "{text}");
            assert_eq!(given.token.as_ref().map(|token| token.as_str()), Some("swt1.abc"), "{text}");
        }
        assert_eq!(password(&Given::read_body(raw.as_bytes())), "a&b+c%41$");
        assert_eq!(password(&Given::read_body(format!("INPUT_DATA={raw}\n").as_bytes())), "a&b+c%41$");
        let given = Given::read(b"USERNAME=ada&FLAG&x=");
        assert_eq!((given.other("USERNAME"), given.other("x"), given.other("FLAG")), (Some("ada"), Some(""), None));
    }

    #[test]
    fn as_a_shell_leaves_it_without_quotes() {
        let given = Given::read_body(b"INPUT_DATA={operation:{Details:{PASSWORD:Test12345$}}}");
        assert_eq!(password(&given), "Test12345$");
        let given = Given::read(b"INPUT_DATA={\"operation\":{\"Details\":{\"PASSWORD\":\"a&b\",}}}");
        assert_eq!(password(&given), "a&b");
    }

    #[test]
    fn what_cannot_be_read_says_nothing_of_itself() {
        for text in ["INPUT_DATA={\"operation\":{}}", "INPUT_DATA=word", "INPUT_DATA={\"operation\":\"word\"}"] {
            let given = Given::read(text.as_bytes());
            let said = given.input.unwrap().details::<Sample>().err().unwrap();
            assert!(!said.0.contains("word"), "{said:?}");
        }
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        for (details, said) in [
            ("{}", "INPUT_DATA lacks PASSWORD: {\"operation\":{\"Details\":{…}}}"),
            (r#"{"PASSWORD":["word"]}"#, "INPUT_DATA: PASSWORD has to be a text"),
            (r#"{"PASSWORD":1.5}"#, "INPUT_DATA: PASSWORD has to be a text"),
            (r#"{"PASSWORD":"word","PASSWORD":"word"}"#, "INPUT_DATA has PASSWORD twice"),
        ] {
            let given = Given::read(format!(r#"INPUT_DATA={{"operation":{{"Details":{details}}}}}"#).as_bytes());
            assert_eq!(given.input.unwrap().details::<Sample>().err(), Some(Unusable(said.to_owned())), "{details}");
        }
        let given = Given::read(b"INPUT_DATA={\"operation\":{}}");
        assert!(given.input.unwrap().details::<Sample>().err().unwrap().0.starts_with("INPUT_DATA lacks Details"));
    }

    proptest! {
        #[test]
        fn a_password_arrives_as_it_is(password_sent in "[ -~é密\\\\\"&+%$={}]{0,24}", extra in prop::bool::ANY) {
            let raw = json(&password_sent);
            let form = utf8_percent_encode(&raw, NON_ALPHANUMERIC).to_string();
            let plus = form.replace("%20", "+");
            let uri = utf8_percent_encode(&raw, URI).to_string();
            let after = if extra { "&AUTHTOKEN=t" } else { "" };
            for sent in [&raw, &form, &plus, &uri] {
                let given = Given::read(format!("INPUT_DATA={sent}{after}").as_bytes());
                prop_assert_eq!(&password(&given), &password_sent, "{}", sent);
                prop_assert_eq!(given.token.is_some(), extra);
            }
        }
    }
}

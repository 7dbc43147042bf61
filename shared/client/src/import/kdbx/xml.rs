//! Walks through a document from the first element to the last, so that protected values are decrypted in their order,
//! whoever asks for them and whether anybody does.

use super::keystream::Keystream;
use crate::import::refusal::ImportError;
use crate::import::wiped::append_text;
use crate::import::xml::{attribute, resolve};
use base64ct::{Base64, Encoding};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use zeroize::Zeroizing;

/// A walk through a document. Each element that it gives must be walked through, read or skipped before the next.
pub(super) struct Walker<'x> {
    reader: Reader<&'x [u8]>,
    keystream: Keystream,
}

impl<'x> Walker<'x> {
    /// Begins before the outermost element.
    pub(super) fn new(xml: &'x str, keystream: Keystream) -> Self {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, keystream }
    }

    /// The next element within the one that is walked through; none when that ends.
    pub(super) fn child(&mut self) -> Result<Option<BytesStart<'x>>, ImportError> {
        loop {
            match self.event()? {
                Event::Start(tag) => return Ok(Some(tag)),
                Event::End(_) => return Ok(None),
                _ => {}
            }
        }
    }

    /// The text of an element, decrypted where it is protected.
    pub(super) fn text(&mut self, tag: &BytesStart<'_>) -> Result<Zeroizing<String>, ImportError> {
        if !is_protected(tag) {
            return self.content();
        }
        let mut bytes = self.bytes(tag)?;
        String::from_utf8(core::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
            drop(Zeroizing::new(error.into_bytes()));
            ImportError::Damaged
        })
    }

    /// The bytes that an element's text is the base64 of, decrypted where they are protected.
    pub(super) fn bytes(&mut self, tag: &BytesStart<'_>) -> Result<Zeroizing<Vec<u8>>, ImportError> {
        let mut bytes = of_base64(&self.content()?)?;
        if is_protected(tag) {
            self.keystream.decrypt(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Passes over an element. What is protected in it takes its part of the stream.
    pub(super) fn skip(&mut self, tag: &BytesStart<'_>) -> Result<(), ImportError> {
        if is_protected(tag) {
            return self.bytes(tag).map(drop);
        }
        let mut depth = 0_usize;
        loop {
            match self.event()? {
                Event::Start(inner) if is_protected(&inner) => drop(self.bytes(&inner)?),
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
    }

    /// What stands in an element that has no elements in it.
    fn content(&mut self) -> Result<Zeroizing<String>, ImportError> {
        let mut content = Zeroizing::new(String::new());
        loop {
            match self.event()? {
                Event::Text(part) => push(&mut content, part.xml10_content()),
                Event::CData(part) => push(&mut content, part.xml10_content()),
                Event::GeneralRef(reference) => append_text(&mut content, &Zeroizing::new(resolve(&reference))),
                Event::End(_) => return Ok(content),
                Event::Start(_) => return Err(ImportError::Damaged),
                _ => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'x>, ImportError> {
        match self.reader.read_event() {
            Ok(Event::Eof) | Err(_) => Err(ImportError::Damaged),
            Ok(event) => Ok(event),
        }
    }
}

/// The text of a document, without a byte order mark. None, where it is not UTF-8.
pub(super) fn text_of(document: &[u8]) -> Option<&str> {
    core::str::from_utf8(document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document)).ok()
}

/// Bytes out of base64, between whose letters there may be blanks and line breaks.
pub(super) fn of_base64(text: &str) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let letters = without_blanks(text);
    let mut bytes = Zeroizing::new(vec![0; letters.len() / 4 * 3]);
    let length = Base64::decode(&*letters, &mut bytes).map_err(|_| ImportError::Damaged)?.len();
    bytes.truncate(length);
    Ok(bytes)
}

/// A text without blanks and line breaks.
pub(super) fn without_blanks(text: &str) -> Zeroizing<Vec<u8>> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    letters.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    letters
}

/// `True` and `False`, as they are written everywhere.
pub(super) fn is_true(text: &str) -> bool {
    matches!(text.trim(), "True" | "true" | "TRUE" | "1")
}

/// Whether an element is encrypted by the stream.
pub(super) fn is_protected(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "Protected").is_some_and(|value| is_true(&value))
}

fn push(content: &mut Zeroizing<String>, part: Cow<'_, str>) {
    match part {
        Cow::Borrowed(part) => append_text(content, part),
        Cow::Owned(part) => append_text(content, &Zeroizing::new(part)),
    }
}

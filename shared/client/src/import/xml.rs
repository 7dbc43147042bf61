//! What the readers of XML share. No entity is ever expanded but XML's own five, so nothing grows by being read.

use quick_xml::events::{BytesRef, BytesStart};

/// XML's five entities and characters by number; all others are nothing.
pub(super) fn resolve(reference: &BytesRef<'_>) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => letter.to_string(),
        _ => quick_xml::escape::resolve_xml_entity(reference).unwrap_or_default().to_owned(),
    }
}

/// The value of an attribute, by its name without a namespace.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

//! Buffers of secrets that grow: by steps that leave no copy behind.

use zeroize::Zeroizing;

/// Appends bytes.
pub(super) fn append(buffer: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if let Some(capacity) = wanted(buffer.len(), buffer.capacity(), more.len()) {
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(buffer);
        *buffer = larger;
    }
    buffer.extend_from_slice(more);
}

/// Appends a text.
pub(super) fn append_text(text: &mut Zeroizing<String>, more: &str) {
    if let Some(capacity) = wanted(text.len(), text.capacity(), more.len()) {
        let mut larger = Zeroizing::new(String::with_capacity(capacity));
        larger.push_str(text);
        *text = larger;
    }
    text.push_str(more);
}

/// The capacity to move to, where there is no room. What comes as a whole gets the room that it takes.
fn wanted(length: usize, capacity: usize, more: usize) -> Option<usize> {
    let needed = length.saturating_add(more);
    let roomy = if length == 0 { needed } else { needed.saturating_mul(2) };
    (capacity < needed).then_some(roomy)
}

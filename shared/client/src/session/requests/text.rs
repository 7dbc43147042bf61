//! What is said in a request: sealed under the vault's catalog key, for everyone who sees the account.

use super::{Known, Session};
use crate::{
    crypto::sealing::{self, Sealed},
    error::Error,
    model::{Field, Invalid, Problem, Unwritable, limits as lengths},
    transport::Transport,
};
use minicbor::{Decode, Encode};
use sealward_contract::{
    codec,
    crypto::context::of_request_text,
    ids::{RequestId, VaultId},
    limits,
    request::SealedText,
};

/// A reason or a comment, and a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct RequestText {
    /// Why.
    #[n(0)]
    pub(super) reason: Option<String>,
    /// For which ticket.
    #[n(1)]
    pub(super) ticket: Option<String>,
}

impl RequestText {
    /// Blank ones are none.
    pub(super) fn new(reason: Option<&str>, ticket: Option<&str>) -> Result<Self, Error> {
        let text = |text: Option<&str>| match text.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) if text.chars().count() > lengths::REASON => {
                let problem = Problem::TooLong { limit: lengths::REASON };
                Err(Error::Unwritable(Unwritable::Invalid(Invalid::new(Field::Reason, problem))))
            }
            text => Ok(text.map(str::to_owned)),
        };
        Ok(Self { reason: text(reason)?, ticket: text(ticket)? })
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether all of a ticket is what a pattern describes; a pattern that is none fits nothing. In linear time.
pub(super) fn matches(pattern: &str, ticket: &str) -> bool {
    compile(pattern).is_some_and(|pattern| pattern.is_match(ticket))
}

/// Reads a pattern for tickets; `None` where it is none.
fn compile(pattern: &str) -> Option<regex_lite::Regex> {
    if pattern.chars().count() > limits::TICKET_PATTERN_CHARS {
        return None;
    }
    regex_lite::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 18).build().ok()
}

/// Whether a text is a pattern for tickets.
#[must_use]
pub fn is_ticket_pattern(pattern: &str) -> bool {
    compile(pattern).is_some()
}

impl<T: Transport> Session<T> {
    /// Seals what is said in a statement of a request; nothing where nothing is said.
    pub(super) fn seal_request_text(
        &self,
        vault: VaultId,
        request: &RequestId,
        number: u32,
        text: &RequestText,
    ) -> Result<Option<SealedText>, Error> {
        if text.is_empty() {
            return Ok(None);
        }
        let vaults = self.vaults.borrow();
        let (epoch, keys) = vaults.get(&vault).and_then(|view| view.keys.iter().next_back()).ok_or(Error::Gone)?;
        let context = of_request_text(&self.team, &vault, request, number);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| sealing::seal(&keys.catalog, &context, &codec::encode(text), randomness))
            .map_err(|_| Error::Refused)?;
        Ok(Some(SealedText { epoch: *epoch, sealed: sealed.to_wire() }))
    }

    /// Seals a comment for the next statement of a request.
    pub(super) fn seal_comment(&self, known: &Known, comment: Option<String>) -> Result<Option<SealedText>, Error> {
        let text = RequestText::new(comment.as_deref(), None)?;
        self.seal_request_text(known.state.ask().vault, &known.state.id(), known.state.count(), &text)
    }

    /// What was said; `None` where it does not open.
    pub(super) fn open_request_text(
        &self,
        vault: VaultId,
        request: &RequestId,
        number: u32,
        text: &SealedText,
    ) -> Option<RequestText> {
        let vaults = self.vaults.borrow();
        let keys = vaults.get(&vault)?.keys.get(&text.epoch)?;
        let context = of_request_text(&self.team, &vault, request, number);
        let opened = sealing::open(&keys.catalog, &context, &Sealed::from_wire(&text.sealed).ok()?).ok()?;
        codec::decode(&opened).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::matches;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_whole_ticket_has_to_fit() {
        assert!(matches("OPS-[0-9]+", "OPS-17"));
        assert!(!matches("OPS-[0-9]+", "OPS-17 or so"));
        assert!(!matches("OPS-[0-9]+", "DEV-17"));
        assert!(matches("a|b", "b"));
        assert!(!matches("a|b", "ab"));
        assert!(!matches("(", "("));
        assert!(!matches(&"a?".repeat(200), ""));
    }
}

//! What a call names: by its number, as people and scripts do, or by its id.

use sealward_contract::ids::{Number, ObjectId};

/// Something that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// By the number that it has in the team.
    Number(Number),
    /// By its id.
    Id(ObjectId),
}

impl Named {
    /// Reads a number or an id; `None` for what is neither.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(|number| Self::Number(Number(number)));
        }
        text.to_ascii_lowercase().parse().ok().map(Self::Id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ids_are_told_apart() {
        assert_eq!(Named::read("307"), Some(Named::Number(Number(307))));
        assert_eq!(Named::read(" 0007 "), Some(Named::Number(Number(7))));
        let id = ObjectId([0xab; 16]);
        assert_eq!(Named::read("ABABABAB-abab-abab-abab-abababababab"), Some(Named::Id(id)));
        for text in ["", "-1", "+1", "99999999999", "abc", "abababab", "1e3"] {
            assert_eq!(Named::read(text), None, "{text}");
        }
    }
}

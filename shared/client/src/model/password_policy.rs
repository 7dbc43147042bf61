//! Password policies: what a new password must be like. The nearest one wins: the account's, the resource's, the
//! vault's. They stand sealed in the catalog, so that a server cannot weaken one; clients check before they seal.

use super::facts::CharacterClasses;
use super::invalid::{Field, Invalid, Problem, check_name};
use super::limits;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// Which policy holds for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyRef {
    /// One that every Sealward knows.
    #[n(0)]
    BuiltIn(#[n(0)] BuiltIn),
    /// One of the vault's own.
    #[n(1)]
    Own(#[n(0)] PolicyId),
}

/// The policies that every Sealward knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum BuiltIn {
    /// Eight characters of any kind.
    #[n(0)]
    Low,
    /// Ten characters, letters of both cases and digits.
    #[n(1)]
    Medium,
    /// Sixteen characters of all four kinds, changed once a year, used once.
    #[n(2)]
    Strong,
    /// For what protects a file that anyone may try without a server: twenty characters of all four kinds.
    #[n(3)]
    OfflineUse,
}

impl BuiltIn {
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::Strong, Self::OfflineUse];

    /// What it asks for.
    #[must_use]
    pub const fn rules(self) -> PasswordRules {
        let letters = CharacterClasses::LOWER.and(CharacterClasses::UPPER);
        let letters_and_digits = letters.and(CharacterClasses::DIGIT);
        let all = letters_and_digits.and(CharacterClasses::SYMBOL);
        match self {
            Self::Low => PasswordRules {
                min_length: 8,
                max_length: None,
                classes: CharacterClasses::NONE,
                max_age_days: None,
                reuse: Reuse::Allowed,
            },
            Self::Medium => PasswordRules {
                min_length: 10,
                max_length: None,
                classes: letters_and_digits,
                max_age_days: None,
                reuse: Reuse::NotThePresentOne,
            },
            Self::Strong => PasswordRules {
                min_length: 16,
                max_length: None,
                classes: all,
                max_age_days: Some(365),
                reuse: Reuse::NowhereInTheVault,
            },
            Self::OfflineUse => PasswordRules {
                min_length: 20,
                max_length: None,
                classes: all,
                max_age_days: Some(365),
                reuse: Reuse::NowhereInTheVault,
            },
        }
    }
}

/// The id of a vault's own policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct PolicyId(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

/// A policy that a custodian made for a vault.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct PasswordPolicy {
    /// By what it is chosen.
    #[n(0)]
    pub id: PolicyId,
    /// Its name, unique in its vault.
    #[n(1)]
    pub name: String,
    /// What it asks for.
    #[n(2)]
    pub rules: PasswordRules,
}

/// What a policy asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct PasswordRules {
    /// The fewest characters.
    #[n(0)]
    pub min_length: u16,
    /// The most characters, where the place that takes the password has a limit.
    #[n(1)]
    pub max_length: Option<u16>,
    /// Kinds of characters that must all occur.
    #[n(2)]
    pub classes: CharacterClasses,
    /// After how many days the password is old.
    #[n(3)]
    pub max_age_days: Option<u32>,
    /// Whether a password may be used again.
    #[n(4)]
    pub reuse: Reuse,
}

/// Whether a password may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Reuse {
    /// It may.
    #[n(0)]
    Allowed,
    /// A change must bring another one.
    #[n(1)]
    NotThePresentOne,
    /// No other account of the vault may have it, as far as the writer can tell.
    #[n(2)]
    NowhereInTheVault,
}

/// A rule that a password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// Too few characters.
    #[error("at least {least} characters")]
    TooShort {
        /// The fewest.
        least: u16,
    },
    /// Too many characters.
    #[error("at most {most} characters")]
    TooLong {
        /// The most.
        most: u16,
    },
    /// Kinds of characters that are missing.
    #[error("kinds of characters are missing")]
    Missing {
        /// Which.
        classes: CharacterClasses,
    },
    /// It is in use already.
    #[error("used already")]
    Reused,
}

impl PasswordRules {
    /// Every rule of form that a password breaks; reuse is [`PasswordRules::breaks_reuse`]'s to say.
    #[must_use]
    pub fn breaches(&self, password: &str) -> Vec<Breach> {
        let length = password.chars().count();
        let classes = CharacterClasses::of(password);
        let mut found = Vec::new();
        if length < usize::from(self.min_length) {
            found.push(Breach::TooShort { least: self.min_length });
        }
        if let Some(most) = self.max_length.filter(|most| length > usize::from(*most)) {
            found.push(Breach::TooLong { most });
        }
        let missing = self.classes.without(classes);
        if missing != CharacterClasses::NONE {
            found.push(Breach::Missing { classes: missing });
        }
        found
    }

    /// Whether using a password again breaks the policy: `same` says that it is the present one, `elsewhere` that another
    /// account of the vault has it.
    #[must_use]
    pub fn breaks_reuse(&self, same: bool, elsewhere: bool) -> bool {
        match self.reuse {
            Reuse::Allowed => false,
            Reuse::NotThePresentOne => same,
            Reuse::NowhereInTheVault => same || elsewhere,
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        let wrong = |problem| Err(Invalid::new(Field::Policy, problem));
        let most = self.max_length.unwrap_or(limits::POLICY_LENGTH);
        if self.min_length == 0 || self.max_age_days == Some(0) || self.max_length == Some(0) {
            return wrong(Problem::Empty);
        }
        if most > limits::POLICY_LENGTH || self.min_length > most || u32::from(self.min_length) < self.classes.count() {
            return wrong(Problem::TooLong { limit: usize::from(most) });
        }
        Ok(())
    }
}

/// The policies of a vault: named, none twice. None at all is said by leaving the list out.
pub(super) fn check_policies(policies: Option<&Vec<PasswordPolicy>>) -> Result<(), Invalid> {
    let Some(policies) = policies else { return Ok(()) };
    if policies.is_empty() {
        return Err(Invalid::new(Field::Policy, Problem::Empty));
    }
    if policies.len() > limits::POLICIES {
        return Err(Invalid::new(Field::Policy, Problem::TooMany { limit: limits::POLICIES }));
    }
    for (at, policy) in policies.iter().enumerate() {
        check_name(Field::Policy, &policy.name, limits::POLICY_NAME)?;
        policy.rules.validate()?;
        if policies.iter().take(at).any(|other| other.id == policy.id || other.name == policy.name) {
            return Err(Invalid::new(Field::Policy, Problem::Twice));
        }
    }
    Ok(())
}

/// The rules in force for an account: the nearest choice, of those that name a policy there is.
#[must_use]
pub fn rules_in_force(choices: [Option<PolicyRef>; 3], own: &[PasswordPolicy]) -> Option<PasswordRules> {
    choices.into_iter().flatten().find_map(|choice| match choice {
        PolicyRef::BuiltIn(built_in) => Some(built_in.rules()),
        PolicyRef::Own(id) => own.iter().find(|policy| policy.id == id).map(|policy| policy.rules),
    })
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn each_broken_rule_is_named() {
        let strong = BuiltIn::Strong.rules();
        assert_eq!(strong.breaches("aB3$aB3$aB3$aB3$"), []);
        assert_eq!(
            strong.breaches("abc"),
            [
                Breach::TooShort { least: 16 },
                Breach::Missing {
                    classes: CharacterClasses::UPPER.and(CharacterClasses::DIGIT).and(CharacterClasses::SYMBOL)
                }
            ]
        );
        let short = PasswordRules { max_length: Some(4), ..BuiltIn::Low.rules() };
        assert_eq!(short.breaches("密密密密密"), [Breach::TooShort { least: 8 }, Breach::TooLong { most: 4 }]);
        assert_eq!(BuiltIn::Low.rules().breaches("密密密密密密密密"), [], "characters are counted, not bytes");
    }

    #[test]
    fn reuse_is_judged_as_the_policy_says() {
        for (built_in, same, elsewhere) in
            [(BuiltIn::Low, false, false), (BuiltIn::Medium, true, false), (BuiltIn::Strong, true, true)]
        {
            let rules = built_in.rules();
            assert_eq!((rules.breaks_reuse(true, false), rules.breaks_reuse(false, true)), (same, elsewhere));
        }
    }

    #[test]
    fn the_nearest_policy_wins() {
        let own = PasswordPolicy {
            id: PolicyId([7; 16]),
            name: "PIN".into(),
            rules: PasswordRules { min_length: 4, ..BuiltIn::Low.rules() },
        };
        let (low, strong) = (Some(PolicyRef::BuiltIn(BuiltIn::Low)), Some(PolicyRef::BuiltIn(BuiltIn::Strong)));
        let pin = Some(PolicyRef::Own(own.id));
        let least = |choices| rules_in_force(choices, std::slice::from_ref(&own)).map(|rules| rules.min_length);
        assert_eq!(least([None, None, None]), None);
        assert_eq!(least([None, low, strong]), Some(8));
        assert_eq!(least([pin, low, strong]), Some(4));
        assert_eq!(
            least([Some(PolicyRef::Own(PolicyId([8; 16]))), None, strong]),
            Some(16),
            "one that is gone rules nothing"
        );
    }

    #[test]
    fn policies_that_nothing_can_meet_are_refused() {
        let policy = |rules| PasswordPolicy { id: PolicyId([1; 16]), name: "p".into(), rules };
        let low = BuiltIn::Low.rules();
        for rules in [
            PasswordRules { min_length: 0, ..low },
            PasswordRules { min_length: 9, max_length: Some(8), ..low },
            PasswordRules { min_length: 2, classes: BuiltIn::Strong.rules().classes, ..low },
            PasswordRules { max_age_days: Some(0), ..low },
            PasswordRules { max_length: Some(limits::POLICY_LENGTH + 1), ..low },
        ] {
            assert!(check_policies(Some(&vec![policy(rules)])).is_err(), "{rules:?}");
        }
        assert!(check_policies(Some(&vec![policy(low), policy(low)])).is_err());
        assert!(check_policies(Some(&vec![policy(low)])).is_ok());
    }
}

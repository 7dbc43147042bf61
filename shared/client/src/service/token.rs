//! A service's token: `swt1.` and base64url without padding of `team ‖ member ‖ seed`. Whoever has it is the service.

use crate::{
    crypto::{
        SecretBytes,
        randomness::CryptoRng,
        token::{TokenKeys, derive_token_keys},
    },
    error::TokenFault,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::ids::{MemberId, TeamId};
use zeroize::Zeroizing;

/// What every token begins with, its version aside.
const SCHEME: &str = "swt";
const VERSION: &str = "1";
const SEED: usize = 32;

/// What a service signs in by.
pub struct ServiceToken {
    team: TeamId,
    member: MemberId,
    seed: SecretBytes<SEED>,
}

impl ServiceToken {
    /// Makes the token of a service.
    pub(crate) fn make(team: TeamId, member: MemberId, randomness: &mut dyn CryptoRng) -> Self {
        Self { team, member, seed: SecretBytes::make(randomness) }
    }

    /// Reads a token's text.
    ///
    /// # Errors
    /// [`TokenFault`], by what is wrong.
    pub fn read(text: &str) -> Result<Self, TokenFault> {
        let (version, rest) =
            text.trim().strip_prefix(SCHEME).ok_or(TokenFault::Foreign)?.split_once('.').ok_or(TokenFault::Foreign)?;
        if version != VERSION {
            let is_number = !version.is_empty() && version.bytes().all(|digit| digit.is_ascii_digit());
            return Err(if is_number { TokenFault::Newer } else { TokenFault::Foreign });
        }
        let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(rest).map_err(|_| TokenFault::Altered)?);
        let token = Self::parse(&bytes).ok_or(TokenFault::Altered)?;
        // One token has one spelling: what the last letter has to spare is zero.
        let same =
            token.expose().strip_prefix(SCHEME).and_then(|own| own.split_once('.')).is_some_and(|(_, own)| own == rest);
        if same { Ok(token) } else { Err(TokenFault::Altered) }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (team, rest) = bytes.split_at_checked(TeamId::LENGTH)?;
        let (member, seed) = rest.split_at_checked(MemberId::LENGTH)?;
        Some(Self {
            team: team.try_into().ok()?,
            member: member.try_into().ok()?,
            seed: SecretBytes::from_slice(seed)?,
        })
    }

    /// The token's text, to be given to the program: shown once, kept nowhere.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(TeamId::LENGTH + MemberId::LENGTH + SEED));
        for part in [&self.team.0[..], &self.member.0[..], &self.seed.expose()[..]] {
            bytes.extend_from_slice(part);
        }
        let encoded = Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes));
        Zeroizing::new([SCHEME, VERSION, ".", &encoded].concat())
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// The service.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.member
    }

    pub(crate) fn keys(&self) -> TokenKeys {
        derive_token_keys(&self.seed, &self.team, &self.member)
    }
}

impl std::fmt::Debug for ServiceToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ServiceToken({}, …)", self.member)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Made without this code.
    const TEXT: &str = "swt1.EREREREREREREREREREREXd3d3d3d3d3d3d3d3d3d3daWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWg";

    fn refusal(text: &str) -> Option<TokenFault> {
        ServiceToken::read(text).err()
    }

    #[test]
    fn tokens_are_frozen() {
        let seed = SecretBytes::from_slice(&[0x5a; SEED]).unwrap();
        let token = ServiceToken { team: TeamId([0x11; 16]), member: MemberId([0x77; 16]), seed };
        assert_eq!(*token.expose(), TEXT);
        for text in [TEXT.to_owned(), format!(" {TEXT}\n")] {
            let read = ServiceToken::read(&text).unwrap();
            assert_eq!((read.team(), read.member()), (TeamId([0x11; 16]), MemberId([0x77; 16])));
            assert!(read.seed == token.seed);
        }
        assert_eq!(format!("{token:?}"), "ServiceToken(77777777-7777-7777-7777-777777777777, …)");
    }

    #[test]
    fn what_is_no_token_says_why() {
        let payload = &TEXT[5..];
        for (text, fault) in [
            (String::new(), TokenFault::Foreign),
            ("swt1".to_owned(), TokenFault::Foreign),
            (payload.to_owned(), TokenFault::Foreign),
            (format!("SWT1.{payload}"), TokenFault::Foreign),
            (format!("swt.{payload}"), TokenFault::Foreign),
            (format!("swtx.{payload}"), TokenFault::Foreign),
            (format!("swt2.{payload}"), TokenFault::Newer),
            (format!("swt10.{payload}"), TokenFault::Newer),
            ("swt1.".to_owned(), TokenFault::Altered),
            (format!("{TEXT}A"), TokenFault::Altered),
            (format!("{TEXT}="), TokenFault::Altered),
            (format!("{TEXT}.{payload}"), TokenFault::Altered),
            (TEXT.replace("Wl", "W+"), TokenFault::Altered),
        ] {
            assert_eq!(refusal(&text), Some(fault), "{text}");
        }
        for length in 5..TEXT.len() {
            assert_eq!(refusal(&TEXT[..length]), Some(TokenFault::Altered), "{length}");
        }
        // The last letter has four bits to spare.
        let (rest, last) = TEXT.split_at(TEXT.len() - 1);
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
            let spelled = format!("{rest}{letter}");
            let is_whole = "AQgw".contains(letter);
            assert_eq!(refusal(&spelled), (!is_whole).then_some(TokenFault::Altered), "{letter} for {last}");
        }
    }
}

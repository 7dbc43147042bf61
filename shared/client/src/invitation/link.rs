//! An invitation's link: `version ‖ whole genesis hash ‖ invitation ‖ secret ‖ checksum`, base64url without padding. It
//! stands in an address's fragment, which no browser sends to a server.

use crate::{
    crypto::{
        SecretBytes,
        invitation::{InvitationKeys, derive_invitation_keys},
        randomness::CryptoRng,
    },
    error::InvitationFault,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::{
    crypto::{Hash, context::Label, hash},
    ids::{InviteId, TeamId},
};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const SECRET: usize = 32;
const PAYLOAD: usize = 1 + Hash::LENGTH + InviteId::LENGTH + SECRET;
const CHECKSUM: usize = 4;

/// What whoever is invited holds: with it, and nothing else, one joins.
pub struct InvitationLink {
    genesis: Hash,
    invite: InviteId,
    secret: SecretBytes<SECRET>,
}

impl InvitationLink {
    /// Makes the link of a new invitation.
    pub(crate) fn make(genesis: Hash, invite: InviteId, randomness: &mut dyn CryptoRng) -> Self {
        Self { genesis, invite, secret: SecretBytes::make(randomness) }
    }

    /// Reads a link's text, or an address that ends in it.
    ///
    /// # Errors
    /// [`InvitationFault::Altered`] or [`InvitationFault::Newer`].
    pub fn read(text: &str) -> Result<Self, InvitationFault> {
        let text = text.trim();
        let text = text.rsplit_once('#').map_or(text, |(_, fragment)| fragment);
        let bytes = Zeroizing::new(Base64UrlUnpadded::decode_vec(text).map_err(|_| InvitationFault::Altered)?);
        let (payload, sum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(InvitationFault::Altered)?;
        if checksum(payload) != *sum {
            return Err(InvitationFault::Altered);
        }
        let (&version, rest) = payload.split_first().ok_or(InvitationFault::Altered)?;
        if version != VERSION {
            return Err(InvitationFault::Newer);
        }
        Self::parse(rest).ok_or(InvitationFault::Altered)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (genesis, rest) = bytes.split_at_checked(Hash::LENGTH)?;
        let (invite, secret) = rest.split_at_checked(InviteId::LENGTH)?;
        Some(Self {
            genesis: genesis.try_into().ok()?,
            invite: invite.try_into().ok()?,
            secret: SecretBytes::from_slice(secret)?,
        })
    }

    /// The link's text, to be sent by hand or shown as a picture.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(PAYLOAD + CHECKSUM));
        bytes.push(VERSION);
        for part in [&self.genesis.0[..], &self.invite.0[..], &self.secret.expose()[..]] {
            bytes.extend_from_slice(part);
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum);
        Zeroizing::new(Base64UrlUnpadded::encode_string(&bytes))
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> TeamId {
        TeamId::of_genesis(&self.genesis)
    }

    /// The whole hash of the team's genesis: no other chain is believed.
    #[must_use]
    pub fn genesis(&self) -> Hash {
        self.genesis
    }

    /// The invitation.
    #[must_use]
    pub fn invite(&self) -> InviteId {
        self.invite
    }

    pub(crate) fn keys(&self) -> InvitationKeys {
        derive_invitation_keys(&self.secret, &self.team(), &self.invite)
    }
}

impl std::fmt::Debug for InvitationLink {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "InvitationLink({}, …)", self.invite)
    }
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM] {
    let sum = hash(&Label::InvitationLink.join(&[payload]));
    sum.0.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    /// Made without this code.
    const TEXT: &str = "AWZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmd3d3d3d3d3d3d3d3d3d3d1paWlpaWlpaWlpaWlpaWlpaWlpaWlpa\
                        WlpaWlpaWlpam5o_jQ";

    fn link() -> InvitationLink {
        let secret = SecretBytes::from_slice(&[0x5a; SECRET]).unwrap();
        InvitationLink { genesis: Hash([0x66; 32]), invite: InviteId([0x77; 16]), secret }
    }

    fn refusal(text: &str) -> Option<InvitationFault> {
        InvitationLink::read(text).err()
    }

    #[test]
    fn links_are_frozen() {
        assert_eq!(*link().expose(), TEXT);
        for text in [TEXT.to_owned(), format!(" {TEXT}\n"), format!("https://vault.example/join#{TEXT}")] {
            let read = InvitationLink::read(&text).unwrap();
            assert_eq!((read.genesis, read.invite), (Hash([0x66; 32]), InviteId([0x77; 16])));
            assert!(read.secret == link().secret);
        }
        assert_eq!(format!("{:?}", link()), "InvitationLink(77777777-7777-7777-7777-777777777777, …)");
    }

    #[test]
    fn every_altered_letter_is_found() {
        for at in 0..TEXT.len() {
            for letter in ["A", "x", "_", "!", " "] {
                let mut altered = TEXT.to_owned();
                altered.replace_range(at..=at, letter);
                if altered != TEXT {
                    assert_eq!(refusal(&altered), Some(InvitationFault::Altered), "{at} {letter}");
                }
            }
            assert_eq!(refusal(&TEXT[..at]), Some(InvitationFault::Altered), "{at}");
        }
        assert_eq!(refusal(&format!("{TEXT}A")), Some(InvitationFault::Altered));
    }

    #[test]
    fn links_of_a_newer_version_are_told_apart() {
        let mut bytes = Base64UrlUnpadded::decode_vec(TEXT).unwrap();
        bytes[0] = 2;
        let sum = checksum(&bytes[..PAYLOAD]);
        bytes[PAYLOAD..].copy_from_slice(&sum);
        assert_eq!(refusal(&Base64UrlUnpadded::encode_string(&bytes)), Some(InvitationFault::Newer));
        // Whole, and yet of another length.
        let mut short = bytes[..PAYLOAD - 1].to_vec();
        short[0] = VERSION;
        let sum = checksum(&short);
        short.extend_from_slice(&sum);
        assert_eq!(refusal(&Base64UrlUnpadded::encode_string(&short)), Some(InvitationFault::Altered));
    }
}

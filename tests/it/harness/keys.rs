//! Keys of people, replaced by hand, and those of a real client laid open.

use super::{Forge, Founder, InProcess, founder::Given};
use sealward_client::{
    crypto::{
        hpke::{self, Envelope, XWingSecret},
        identity::Identity,
        randomness::OsRandom,
        sealing::{Sealed, SealingKey},
    },
    session::Session,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, NamedHead, ReplaceKeys, Statement, TouchedVault},
    crypto::{context::Label, hash},
    suite::SUITE,
};

/// The keys of an open session, as a thief of its memory has them.
pub fn identity_of(session: &Session<InProcess>) -> Identity {
    let window = XWingSecret::make(&mut OsRandom::new());
    let envelope = Envelope::from_bytes(session.hand_over(&window.public()).unwrap()).unwrap();
    let plain = hpke::unwrap(&window, &Label::WindowHandover.join(&[]), &[], &envelope).unwrap();
    let mut decoder = minicbor::Decoder::new(&plain);
    let given: Given = decoder.decode().unwrap();
    let key = SealingKey::from_slice(&given.key).unwrap();
    let sealed = Sealed::from_wire(&given.identity).unwrap();
    Identity::open(&key, &given.team, given.bundle_version, &sealed).unwrap()
}

/// The heads of all vaults that a session sees.
pub fn touched(session: &Session<InProcess>) -> Vec<TouchedVault> {
    let vaults = session.vaults();
    let named = vaults.iter().map(|(vault, view)| {
        let head = view.head();
        TouchedVault { vault: *vault, head: NamedHead { sequence: head.sequence, hash: head.hash } }
    });
    named.collect()
}

/// A statement by which somebody replaces their keys, and a bundle that goes with it. The login key stays.
pub fn replacement(
    forge: &Forge<'_>,
    who: &Founder,
    vaults: Vec<TouchedVault>,
    recovery: Option<u64>,
) -> (Bytes, Bytes) {
    let new = Identity::make(who.identity.member, who.identity.genesis, &mut OsRandom::new());
    let bundle = Bytes(vec![8; 300]);
    let body = ReplaceKeys {
        signing: new.signing.public(),
        sealing: new.wrapping.public(),
        login_key: who.login_key.public(),
        bundle: hash(&bundle),
        vaults,
        recovery,
    };
    let newest = forge.position();
    let statement = new.signing.sign(Statement {
        suite: SUITE,
        team: Some(who.team),
        sequence: newest.sequence + 1,
        previous: newest.hash,
        author: who.identity.member,
        time: forge.now(),
        body: Body::ReplaceKeys(body),
    });
    let cosignature = who.identity.signing.sign_bytes(Label::ReplaceKeys, statement.bytes());
    (statement.with_cosignature(cosignature).to_wire(), bundle)
}

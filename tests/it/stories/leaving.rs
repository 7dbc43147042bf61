//! Somebody leaves: the directory gets a new key, and what they held opens nothing that is written afterwards.

use crate::harness::{A_DAY, Founder, InProcess, TestServer, furnished_team, identity_of};
use sealward_client::{
    crypto::{hpke, sealing::SealingKey},
    model::{MemberGroupDetails, ProfileDetails},
    session::Session,
};
use sealward_contract::{
    chain::{DirectoryKey, MemberState},
    crypto::context::{of_directory_envelope, of_record},
    ids::{Epoch, MemberId},
    record::{Record, RecordKind},
};
use sealward_server::{maintenance::verify::verify, store::tables::DIRECTORY};

fn profile(name: &str) -> ProfileDetails {
    ProfileDetails { full_name: name.to_owned(), ..Default::default() }
}

async fn write_own(session: &Session<InProcess>, name: &str) {
    let base = session.directory().profile(&session.member()).map(|listed| listed.version);
    session.write_profile(session.member(), base, &profile(name)).await.unwrap();
}

/// The first envelope with a directory key that these keys open, of everything that ever went over any wire.
fn find_key(server: &TestServer, since: usize, who: &Founder) -> Option<SealingKey> {
    let info = of_directory_envelope(&who.team, &who.identity.member);
    server.recorded.all().iter().skip(since).find_map(|bytes| {
        (0..bytes.len().saturating_sub(1_100)).find_map(|at| {
            if bytes[at] != 0x59 || !(4..16).contains(&bytes[at + 1]) {
                return None;
            }
            let length = usize::from(bytes[at + 1]) << 8 | usize::from(bytes[at + 2]);
            let sealed = hpke::Envelope::from_bytes(bytes.get(at + 3..at + 3 + length)?.to_vec())?;
            let key = hpke::unwrap(&who.identity.wrapping, &info, &[], &sealed).ok()?;
            SealingKey::from_slice(&key)
        })
    })
}

#[tokio::test(flavor = "current_thread")]
async fn what_a_former_member_held_opens_no_name_that_is_written_afterwards() {
    let (server, founder, _) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let (bob, eve) = (
        Founder::invited(&server, &ada, "bob.leaves", &[]).await,
        Founder::invited(&server, &ada, "eve.stays", &[]).await,
    );
    let (his, hers) = (bob.session(&server, &server.connect()).await, eve.session(&server, &server.connect()).await);
    his.sync(|_| {}).await.unwrap();
    write_own(&his, "Bob before").await;
    hers.sync(|_| {}).await.unwrap();
    write_own(&hers, "Eve before").await;
    ada.sync(|_| {}).await.unwrap();
    let group = MemberGroupDetails { name: "Night shift".into(), ..Default::default() };
    let group = ada.create_group(&group, &[eve.identity.member]).await.unwrap();
    // Somebody is on the way in when he leaves.
    let link = ada.invite(&[], A_DAY).await.unwrap();
    let held = find_key(&server, 0, &bob).expect("what he was given");
    let since = server.recorded.all().len();
    ada.remove_member(bob.identity.member).await.unwrap();
    assert_eq!(ada.chain().unwrap().directory_epoch(), Epoch(2));
    hers.sync(|_| {}).await.unwrap();
    write_own(&hers, "Eve afterwards").await;
    ada.sync(|_| {}).await.unwrap();

    // Everyone who stays reads what is old and what is new, on a device that knows nothing too; and so does whoever comes.
    let late = Founder::join(&server, &link, "dan.joins").await;
    let session = late.session(&server, &server.connect()).await;
    let fresh = founder.session(&server, &server.connect()).await;
    for session in [&ada, &hers, &session, &fresh] {
        assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
        let directory = session.directory();
        let name = |member: &MemberId| directory.profile(member).map(|listed| listed.details.full_name.clone());
        assert_eq!(name(&eve.identity.member).as_deref(), Some("Eve afterwards"));
        assert_eq!(name(&founder.identity.member).as_deref(), Some("ada.lovelace in full"));
        assert_eq!(directory.group(&group).unwrap().details.name, "Night shift");
        assert_eq!(name(&bob.identity.member), None, "what he said of himself is gone");
    }
    // He stays in the list of those who were members, by the name of the chain.
    let listed = ada.members().into_iter().find(|listed| listed.member == bob.identity.member).unwrap();
    assert_eq!((listed.login_name.as_str(), listed.state), ("bob.leaves", MemberState::Removed));

    // With all that he ever had, and all that ever went over any wire: the former key opens what is old alone.
    assert!(find_key(&server, since, &bob).is_none(), "a key for him after he left");
    assert!(find_key(&server, since, &eve).is_some(), "nothing was found to try");
    let opens = |who: MemberId| {
        let place = (founder.team, RecordKind::Profile, who.object());
        let stored = server.server.app().store.read(|tx| DIRECTORY.get(tx, &place)).unwrap().unwrap();
        let record = Record::parse(&stored).unwrap();
        let header = record.header();
        sealward_client::crypto::sealing::is_key_of(
            &held,
            &of_record(&header.context),
            &header.salt,
            &header.commitment,
        )
    };
    assert_eq!((opens(founder.identity.member), opens(eve.identity.member)), (true, false));
    // What the chain itself carries of keys leads back from the newest, and not forth to it.
    let chain = ada.chain().unwrap().clone();
    let keys: &[DirectoryKey] = chain.directory_keys();
    assert_eq!(keys.iter().map(|key| key.former.is_some()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(identity_of(&hers).member, eve.identity.member);
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

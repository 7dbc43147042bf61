//! Records of the directory made by hand. They are sealed under a key that is not the directory's: the server cannot tell.

use super::{Forge, Founder, InProcess, TestServer};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    crypto::Hash,
    ids::{MemberId, Number, ObjectId, VaultId, Version},
    operations::{
        Empty,
        directory::{GetMember, MemberEntry},
        members::MemberPath,
        session::SessionToken,
    },
    record::{Record, RecordContext, RecordKind, RecordState, Tier},
    suite::SUITE,
};

impl Forge<'_> {
    /// A version of a record of the directory, by this member.
    pub fn of_directory(
        &self,
        (kind, id, number): (RecordKind, ObjectId, Number),
        (version, previous): (Version, Hash),
    ) -> RecordContext {
        RecordContext {
            suite: SUITE,
            team: self.founder.team,
            vault: VaultId::DIRECTORY,
            kind,
            id,
            parent: id,
            number,
            version,
            previous,
            epoch: self.session.chain().unwrap().directory_epoch(),
            tier: Tier::Directory,
            state: RecordState::Live,
            author: self.founder.identity.member,
            position: self.position(),
            time: self.now(),
        }
    }

    /// The next version of a member's profile, after what the server tells of it.
    pub fn next_profile(&self, entry: &MemberEntry) -> RecordContext {
        let known = entry.profile.as_ref().map(|wire| Record::parse(wire).unwrap());
        let place = (RecordKind::Profile, entry.member.object(), entry.number);
        let after = known.map(|known| (known.context().version.next().unwrap(), known.hash()));
        self.of_directory(place, after.unwrap_or((Version::FIRST, Hash::ZERO)))
    }

    pub fn seal_foreign(&self, context: RecordContext) -> Record {
        let under = SealUnder::Key(&self.founder.lock_key);
        seal_record(context, b"forged", &under, &self.founder.identity.signing, &mut OsRandom::new()).unwrap()
    }
}

impl Founder {
    /// What the server tells of a member.
    pub async fn entry_of(&self, server: &TestServer, member: MemberId) -> MemberEntry {
        let created = self.sign_in(server).await;
        self.entry_with(server, created.token.expose(), member).await
    }

    /// The same, with a token that there is.
    pub async fn entry_with(&self, server: &TestServer, token: &str, member: MemberId) -> MemberEntry {
        let api: Api<InProcess> = Api::new(server.connect());
        let path = MemberPath { team: self.team, member };
        let token = SessionToken::new(token.to_owned());
        api.call::<GetMember>(Some(&token), &path, &Empty {}, &Empty {}, None).await.unwrap()
    }
}

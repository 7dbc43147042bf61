//! Requests about members and invitations.

use super::requests::Making;
use crate::harness::{A_DAY, Founder, keys_of_link};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{
    crypto::{hpke::XWingSecret, randomness::OsRandom, signing::SigningKey},
    invitation::InvitationLink,
    model::ProfileDetails,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, Invite, RegisterPerson, Remove, Resume, Revoke, SetGrant, SetTeamRole, Suspend, TeamRole, VaultGrant,
        VaultRole, WithdrawInvite,
    },
    crypto::{Hash, context::Label, hash},
    ids::{InviteId, MemberId, VaultId, Version},
    operations::{
        invitations::{InvitationPath, NewInvitation, NewMember, Opening, VaultEnvelope, Withdrawal},
        members::{MadeMember, MemberChange, MemberPath, RegisteredMember},
        sync::KeyEnvelope,
        vault::{GrantChange, Revocation, Rewrapping},
    },
    record::{RecordContext, RecordKind},
    session::OpenInvitation,
    suite::SUITE,
    text::LoginName,
};

/// What is changed of a member.
#[derive(Clone, Copy)]
pub enum Change {
    Role,
    Suspension,
    Resumption,
    Removal,
}

impl Making<'_> {
    /// Somebody new in the own team, or whom the request is about.
    pub async fn somebody(&self, grants: &[(VaultId, VaultRole)]) -> MemberId {
        let (server, session) = (&self.scene.server, &self.scene.own.session);
        let name = format!("member.{}", session.members().len());
        match self.about.member {
            Some(member) => member,
            None => Founder::invited(server, session, &name, grants).await.identity.member,
        }
    }

    pub fn made_member(&self) -> MadeMember {
        let name = format!("made.{}", self.scene.own.session.members().len());
        Founder::prepare_made(&self.forge(), &name, &[self.about.vault]).1
    }

    pub fn registered_member(&self) -> RegisteredMember {
        let forge = self.forge();
        let login_name = LoginName::parse(&format!("registered.{}", forge.session.members().len())).unwrap();
        let member = MemberId(forge.make_object().0);
        let statement = forge.state(Body::RegisterPerson(RegisterPerson { member, login_name }));
        let mut after = forge.session.chain().unwrap().clone();
        after.apply(&statement).unwrap();
        let place = (RecordKind::Profile, member.object(), after.member(&member).unwrap().number);
        let context = forge.of_directory(place, (Version::FIRST, Hash::ZERO));
        let profile = forge.seal_foreign(RecordContext { position: after.position(), ..context });
        RegisteredMember { statement: statement.to_wire(), profile: profile.to_wire() }
    }

    /// The first keys of somebody who has none.
    pub async fn password(&self) -> (MemberPath, MadeMember) {
        let own = &self.scene.own;
        let name = LoginName::parse(&format!("keyless.{}", own.session.members().len())).unwrap();
        let profile = ProfileDetails { full_name: name.to_string(), ..ProfileDetails::default() };
        let member = match self.about.member {
            Some(member) => member,
            None => own.session.register_person(&name, &profile).await.unwrap(),
        };
        let body = Founder::prepare_password(&self.forge(), member, &name).1;
        (MemberPath { team: own.founder.team, member }, body)
    }

    pub async fn of_member(&self, change: Change) -> (MemberPath, MemberChange) {
        let own = &self.scene.own;
        let member = self.somebody(&[]).await;
        if self.about.member.is_none() && matches!(change, Change::Resumption) {
            own.session.suspend_member(member).await.unwrap();
        }
        let body = match change {
            Change::Role => Body::SetTeamRole(SetTeamRole { member, role: TeamRole::Auditor }),
            Change::Suspension => Body::Suspend(Suspend { member, vaults: vec![] }),
            Change::Resumption => Body::Resume(Resume { member }),
            Change::Removal => Body::Remove(Remove { member, vaults: vec![], directory: None }),
        };
        let path = MemberPath { team: own.founder.team, member };
        (path, MemberChange { statement: self.forge().state(body).to_wire() })
    }

    pub async fn grant(&self) -> GrantChange {
        let member = self.somebody(&[]).await;
        let set = SetGrant { vault: self.about.vault, member, role: VaultRole::Viewer, head: None };
        let (_, mut envelope) = self.scene.own.founder.make_keys(self.about.vault, self.newest_epoch());
        envelope.recipient = member;
        let statement = self.forge().state(Body::SetGrant(set)).to_wire();
        GrantChange { statement, envelope: Some(envelope) }
    }

    pub async fn revocation(&self) -> Revocation {
        let member = self.somebody(&[(self.forge().vault, VaultRole::Viewer)]).await;
        let revoke = Revoke { vault: self.about.vault, member, head: Some(self.head()) };
        Revocation { statement: self.forge().state(Body::Revoke(revoke)).to_wire() }
    }

    pub fn rewrapping(&self) -> Rewrapping {
        let (vault, epoch) = (self.about.vault, self.newest_epoch());
        let (_, mut envelope) = self.scene.own.founder.make_keys(vault, epoch);
        envelope.recipient = self.about.member.unwrap_or(envelope.recipient);
        Rewrapping { envelopes: vec![KeyEnvelope { vault: Some(vault), epoch, envelope }], renewed: Vec::new() }
    }

    pub fn invitation(&self) -> NewInvitation {
        let randomness = &mut OsRandom::new();
        let forge = self.forge();
        let vault = self.about.vault;
        let invite = Invite {
            invite: InviteId(forge.make_object().0),
            signing: SigningKey::make(randomness).public(),
            sealing: XWingSecret::make(randomness).public(),
            role: TeamRole::Member,
            grants: vec![VaultGrant { vault, role: VaultRole::Editor }],
            expires: forge.now().plus_millis(A_DAY),
        };
        let sealed = Bytes(vec![7; 1_300]);
        let envelopes = vec![VaultEnvelope { vault, sealed: sealed.clone() }];
        NewInvitation { statement: forge.state(Body::Invite(invite)).to_wire(), directory: sealed, envelopes }
    }

    /// An invitation of the own team, or one that is not there.
    async fn invite(&self) -> (InvitationPath, SigningKey) {
        let own = &self.scene.own;
        let link = own.session.invite(&[], A_DAY).await.unwrap();
        let invite = self.about.member.map_or(link.invite(), |member| InviteId(member.0));
        (InvitationPath { team: own.founder.team, invite }, keys_of_link(&link).signing)
    }

    pub async fn withdrawal(&self) -> (InvitationPath, Withdrawal) {
        let (path, _) = self.invite().await;
        let body = Body::WithdrawInvite(WithdrawInvite { invite: path.invite });
        (path, Withdrawal { statement: self.forge().state(body).to_wire() })
    }

    pub async fn opening(&self) -> (InvitationPath, Opening) {
        let (path, key) = self.invite().await;
        let opening = key.sign(OpenInvitation {
            suite: SUITE,
            origin: crate::harness::ORIGIN.to_owned(),
            team: path.team,
            invite: path.invite,
            time: self.forge().now(),
        });
        (path, Opening { opening: opening.to_wire(), from: 0 })
    }

    pub async fn newcomer(&self) -> NewMember {
        let (server, session) = (&self.scene.server, &self.scene.own.session);
        let link = session.invite(&[], A_DAY).await.unwrap();
        let name = format!("newcomer.{}", session.members().len());
        let chain = session.chain().unwrap();
        let (_, mut body) = Founder::prepare_join(server, &link, &chain, &name);
        if self.about.member.is_some() {
            // By an invitation that nobody made.
            let unknown = session.surroundings().make_id();
            let (_, foreign) = Founder::prepare_join(server, &link_of(link.genesis(), unknown), &chain, &name);
            body = foreign;
        }
        body
    }
}

/// A link that nobody made: of a secret that is all zeros.
fn link_of(genesis: Hash, invite: [u8; 16]) -> InvitationLink {
    let mut bytes = [&[1][..], &genesis.0, &invite, &[0; 32]].concat();
    let sum = hash(&Label::InvitationLink.join(&[&bytes]));
    bytes.extend_from_slice(&sum.0[..4]);
    InvitationLink::read(&Base64UrlUnpadded::encode_string(&bytes)).unwrap()
}

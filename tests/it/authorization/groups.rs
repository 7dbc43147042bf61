//! Requests about profiles and member groups, and who may make them: every role by every operation.

use super::requests::Making;
use crate::harness::{Forge, Founder, Furnished, InProcess, TestServer, raw, service, terms};
use sealward_client::{model::MemberGroupDetails, session::Session};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, EndGroupGrants, GrantByGroup, NamedHead, SetGroup, SetGroupRole, TeamRole, VaultRole, statement_hash,
    },
    crypto::Hash,
    ids::{GroupId, MemberId, Number, VaultId, Version},
    operations::{
        Empty, Operation, TeamPath, VaultPath,
        directory::{DirectoryWrite, GetMember, ListMembers, MembersQuery, PutProfile},
        groups::{self, GroupChange, GroupGrant, GroupPath, NewGroup},
        members::MemberPath,
        vault::Envelope,
        wire::{Format, target},
    },
    record::{ChainPosition, RecordContext, RecordKind},
};

fn named(name: &str) -> MemberGroupDetails {
    MemberGroupDetails { name: name.into(), description: String::new() }
}

/// A new group, of the next id.
fn new_group(forge: &Forge<'_>, members: Vec<MemberId>) -> NewGroup {
    let group = GroupId(forge.make_object().0);
    let statement = forge.state(Body::SetGroup(SetGroup { group, members: Some(members) }));
    let position = ChainPosition { sequence: statement.value().sequence, hash: statement_hash(&statement) };
    let place = (RecordKind::Group, group.object(), Number(0));
    let context = RecordContext { position, ..forge.of_directory(place, (Version::FIRST, Hash::ZERO)) };
    NewGroup { statement: statement.to_wire(), record: forge.seal_foreign(context).to_wire() }
}

fn changed(forge: &Forge<'_>, body: Body) -> GroupChange {
    GroupChange { statement: forge.state(body).to_wire() }
}

fn granted(forge: &Forge<'_>, vault: VaultId, group: GroupId, members: Vec<MemberId>) -> GroupGrant {
    let sealed = |recipient: &MemberId| Envelope { recipient: *recipient, sealed: Bytes(vec![7; 1_300]) };
    let envelopes = members.iter().map(sealed).collect();
    let body = Body::GrantByGroup(GrantByGroup { vault, group, role: VaultRole::Viewer, members });
    GroupGrant { statement: forge.state(body).to_wire(), envelopes }
}

fn head_of(session: &Session<InProcess>, vault: VaultId) -> NamedHead {
    let vaults = session.vaults();
    let head = vaults.get(&vault).map(|view| view.head());
    head.map_or(NamedHead { sequence: 1, hash: Hash([1; 32]) }, |head| NamedHead {
        sequence: head.sequence,
        hash: head.hash,
    })
}

impl Making<'_> {
    pub async fn profile(&self) -> (MemberPath, DirectoryWrite) {
        let own = &self.scene.own;
        let member = self.somebody(&[]).await;
        let known = self.about.member.unwrap_or(member);
        let entry = match self.about.member {
            None => own.founder.entry_of(&self.scene.server, member).await,
            Some(_) => own.founder.entry_of(&self.scene.server, own.founder.identity.member).await,
        };
        let context = self.forge().next_profile(&entry);
        let record = self.forge().seal_foreign(context).to_wire();
        (MemberPath { team: own.founder.team, member: known }, DirectoryWrite { record })
    }

    pub fn new_group(&self) -> NewGroup {
        // An unknown object: somebody who is no member.
        new_group(&self.forge(), self.about.member.into_iter().collect())
    }

    /// A group of the own team, or one that is not there.
    async fn group(&self, members: &[MemberId]) -> GroupPath {
        let own = &self.scene.own;
        let group = match self.about.member {
            Some(member) => GroupId(member.0),
            None => own.session.create_group(&named("Operations"), members).await.unwrap(),
        };
        GroupPath { team: own.founder.team, group }
    }

    pub async fn group_name(&self) -> (GroupPath, DirectoryWrite) {
        let path = self.group(&[]).await;
        let place = (RecordKind::Group, path.group.object(), Number(0));
        let version = {
            let directory = self.scene.own.session.directory();
            directory.group(&path.group).map_or(Version(1), |group| group.version.next().unwrap())
        };
        let previous = self.newest_of(path.group).await;
        let context = self.forge().of_directory(place, (version, previous));
        (path, DirectoryWrite { record: self.forge().seal_foreign(context).to_wire() })
    }

    /// Hash of the newest record of a group's name.
    async fn newest_of(&self, group: GroupId) -> Hash {
        let own = &self.scene.own;
        let path = TeamPath { team: own.founder.team };
        let api = sealward_client::api::Api::new(self.scene.server.connect());
        let query = sealward_contract::operations::PageQuery::default();
        let token = &own.created.token;
        let listed = api.call::<groups::ListGroups>(Some(token), &path, &query, &Empty {}, None).await.unwrap();
        let entry = listed.items.into_iter().find(|entry| entry.group == group);
        entry.map_or(Hash::ZERO, |entry| sealward_contract::record::Record::parse(&entry.record).unwrap().hash())
    }

    pub async fn group_members(&self, stays: bool) -> (GroupPath, GroupChange) {
        let path = self.group(&[]).await;
        let members = stays.then(|| vec![self.scene.own.founder.identity.member]);
        (path, changed(&self.forge(), Body::SetGroup(SetGroup { group: path.group, members })))
    }

    pub async fn group_role(&self) -> GroupChange {
        let GroupPath { group, .. } = self.group(&[]).await;
        let role = Some(VaultRole::Viewer);
        changed(&self.forge(), Body::SetGroupRole(SetGroupRole { vault: self.about.vault, group, role }))
    }

    pub async fn group_grant(&self) -> GroupGrant {
        let own = &self.scene.own;
        let member = if self.about.member.is_some() { own.founder.identity.member } else { self.somebody(&[]).await };
        let GroupPath { group, .. } = self.group(&[member]).await;
        if self.about.member.is_none() {
            own.session.set_group_role(self.forge().vault, group, Some(VaultRole::Viewer)).await.unwrap();
        }
        granted(&self.forge(), self.about.vault, group, vec![member])
    }

    pub async fn group_end(&self) -> GroupChange {
        let (own, vault) = (&self.scene.own, self.forge().vault);
        let mut member = own.founder.identity.member;
        if self.about.member.is_none() {
            member = self.somebody(&[]).await;
            let GroupPath { group, .. } = self.group(&[member]).await;
            own.session.set_group_role(vault, group, Some(VaultRole::Viewer)).await.unwrap();
            own.session.grant_by_group(vault, group, VaultRole::Viewer, &[member]).await.unwrap();
            own.session.end_group(group).await.unwrap();
        }
        let body =
            EndGroupGrants { vault: self.about.vault, members: vec![member], head: head_of(&own.session, vault) };
        changed(&self.forge(), Body::EndGroupGrants(body))
    }
}

/// Somebody with a role, and what they are answered.
struct Caller {
    name: &'static str,
    who: Founder,
    session: Session<InProcess>,
    token: String,
}

impl Caller {
    async fn new(server: &TestServer, name: &'static str, who: Founder) -> Self {
        let created = who.try_sign_in(server).await.unwrap();
        let session = who.take_over(server, &server.connect(), &created, None);
        session.sync(|_| {}).await.unwrap();
        Self { name, who, session, token: created.token.expose().to_owned() }
    }

    async fn ask<O: Operation>(
        &self,
        server: &TestServer,
        path: O::Path,
        query: O::Query,
        body: Option<O::Request>,
    ) -> u16 {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(body.is_some().then_some(("content-type", "application/json")));
        let body = body.map(|body| Format::Json.write(&body)).unwrap_or_default();
        let target = target::<O>(&path, &query).unwrap();
        raw(&server.connect(), O::METHOD.as_str(), &target, &headers, body).await.status
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_by_every_operation_on_profiles_and_groups() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    let vault = Furnished::make(&ada, "Operations").await.vault;
    let team = owner.team;
    let mut callers = Vec::new();
    for (name, role, grant) in [
        ("administrator", TeamRole::Administrator, None),
        ("password administrator", TeamRole::PasswordAdministrator, None),
        ("auditor", TeamRole::Auditor, None),
        ("member and custodian", TeamRole::Member, Some(VaultRole::Custodian)),
        ("member and editor", TeamRole::Member, Some(VaultRole::Editor)),
    ] {
        let who = Founder::invited(&server, &ada, &name.replace(' ', "."), &[]).await;
        let member = who.identity.member;
        if role != TeamRole::Member {
            ada.set_team_role(member, role).await.unwrap();
        }
        if let Some(role) = grant {
            ada.set_grant(vault, member, role).await.unwrap();
        }
        callers.push(Caller::new(&server, name, who).await);
    }
    let token = ada.admit_service(&service("bot", &[(vault, VaultRole::Editor)], terms(&[]))).await.unwrap();
    let (bot, _) = Founder::of_token(&server, &token).await;
    callers.push(Caller::new(&server, "service", bot).await);
    let (founder, other) = (owner.identity.member, Founder::invited(&server, &ada, "other", &[]).await);
    callers.insert(0, Caller::new(&server, "owner and custodian", owner).await);

    // Lists; reads one; the owner's profile; a member's; its own; makes a group; names one; fills one; ends one; says
    // what one asks for; gives it; takes it.
    let table = [
        ("owner and custodian", [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
        ("administrator", [200, 200, 403, 200, 200, 200, 200, 200, 200, 404, 404, 404]),
        ("password administrator", [200, 200, 403, 403, 200, 422, 403, 422, 422, 404, 404, 404]),
        ("auditor", [200, 200, 403, 403, 200, 422, 403, 422, 422, 422, 422, 422]),
        ("member and custodian", [200, 200, 403, 403, 200, 422, 403, 422, 422, 200, 200, 200]),
        ("member and editor", [200, 200, 403, 403, 200, 422, 403, 422, 422, 422, 422, 422]),
        ("service", [200, 200, 403, 403, 403, 422, 403, 422, 422, 422, 422, 422]),
    ];
    assert_eq!(table.len(), callers.len());
    for (caller, (name, expected)) in callers.iter().zip(table) {
        assert_eq!(caller.name, name);
        let (of_team, of_vault, session) = (TeamPath { team }, VaultPath { team, vault }, &caller.session);
        let forge = Forge { founder: &caller.who, session, vault };
        let own = caller.who.identity.member;
        let of = |member| MemberPath { team, member };
        let synced = async || drop(session.sync(|_| {}).await.unwrap());
        ada.sync(|_| {}).await.unwrap();
        let new = |members: &[MemberId]| {
            let members = members.to_vec();
            let ada = &ada;
            async move { ada.create_group(&named("a group"), &members).await.unwrap() }
        };
        let (first, second, third) = (new(&[]).await, new(&[]).await, new(&[]).await);
        synced().await;
        let empty = Empty {};
        let mut got = vec![
            caller.ask::<ListMembers>(&server, of_team, MembersQuery::default(), None).await,
            caller.ask::<GetMember>(&server, of(founder), empty, None).await,
        ];
        for member in [founder, other.identity.member, own] {
            let entry = caller.who.entry_with(&server, &caller.token, member).await;
            let body = DirectoryWrite { record: forge.seal_foreign(forge.next_profile(&entry)).to_wire() };
            got.push(caller.ask::<PutProfile>(&server, of(member), empty, Some(body)).await);
        }
        got.push(caller.ask::<groups::CreateGroup>(&server, of_team, empty, Some(new_group(&forge, vec![]))).await);
        synced().await;
        let at = |group| GroupPath { team, group };
        let hash = newest_of(&server, &caller.token, team, first).await;
        let context = forge.of_directory((RecordKind::Group, first.object(), Number(0)), (Version(2), hash));
        let body = DirectoryWrite { record: forge.seal_foreign(context).to_wire() };
        got.push(caller.ask::<groups::UpdateGroup>(&server, at(first), empty, Some(body)).await);
        let fill = Body::SetGroup(SetGroup { group: second, members: Some(vec![own]) });
        got.push(caller.ask::<groups::SetGroupMembers>(&server, at(second), empty, Some(changed(&forge, fill))).await);
        synced().await;
        let end = Body::SetGroup(SetGroup { group: third, members: None });
        got.push(caller.ask::<groups::DeleteGroup>(&server, at(third), empty, Some(changed(&forge, end))).await);
        ada.sync(|_| {}).await.unwrap();
        let newcomer =
            Founder::invited(&server, &ada, &format!("new.{}", ada.members().len()), &[]).await.identity.member;
        let asking = new(&[newcomer]).await;
        synced().await;
        let ask = Body::SetGroupRole(SetGroupRole { vault, group: asking, role: Some(VaultRole::Viewer) });
        got.push(caller.ask::<groups::SetGroupRole>(&server, of_vault, empty, Some(changed(&forge, ask))).await);
        ada.sync(|_| {}).await.unwrap();
        // Where the caller could not say it, the owner does.
        drop(ada.set_group_role(vault, asking, Some(VaultRole::Viewer)).await);
        synced().await;
        let body = granted(&forge, vault, asking, vec![newcomer]);
        got.push(caller.ask::<groups::GrantByGroup>(&server, of_vault, empty, Some(body)).await);
        ada.sync(|_| {}).await.unwrap();
        drop(ada.grant_by_group(vault, asking, VaultRole::Viewer, &[newcomer]).await);
        ada.end_group(asking).await.unwrap();
        synced().await;
        let body = EndGroupGrants { vault, members: vec![newcomer], head: head_of(session, vault) };
        let body = changed(&forge, Body::EndGroupGrants(body));
        got.push(caller.ask::<groups::EndGroupGrants>(&server, of_vault, empty, Some(body)).await);
        assert_eq!(got, expected, "{name}");
        // The next caller finds no keys due.
        ada.sync(|_| {}).await.unwrap();
    }
}

async fn newest_of(server: &TestServer, token: &str, team: sealward_contract::ids::TeamId, group: GroupId) -> Hash {
    let target = format!("/v1/teams/{team}/groups");
    let bearer = format!("Bearer {token}");
    let answered = raw(&server.connect(), "GET", &target, &[("authorization", &bearer)], []).await;
    let page: sealward_contract::operations::Page<groups::GroupEntry> = Format::Json.read(&answered.body).unwrap();
    let entry = page.items.into_iter().find(|entry| entry.group == group).unwrap();
    sealward_contract::record::Record::parse(&entry.record).unwrap().hash()
}

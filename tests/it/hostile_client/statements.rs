//! Statements about vaults that do not follow, and teams that cannot begin.

use super::{Scene, problem, told};
use crate::harness::{Founder, TestServer, raw};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Approvals, Body, EpochKeys, Grant, NamedHead, NewEpoch, NewVault, Policy, PolicyScope, Requirement, SetPolicy,
        SignedStatement, Statement, VaultKind, VaultRole, statement_hash,
    },
    crypto::{Hash, SealingPublicKey},
    ids::{Epoch, MemberId, Number, VaultId},
    limits,
    operations::{
        TeamPath, VaultPath,
        records::RecordWrite,
        team::NewTeam,
        vault::{self, CreateVault, Envelope, EpochStart, PolicyChange, SetVaultPolicy, StartEpoch},
        wire::Format,
    },
    record::ChainPosition,
};

impl Scene {
    fn custodian(&self) -> Vec<Grant> {
        vec![Grant { member: self.founder.identity.member, role: VaultRole::Custodian }]
    }

    /// A request for a new vault that is right, but for what its statement says.
    fn vault_by(&self, statement: SignedStatement, vault: VaultId, envelopes: Vec<Envelope>) -> vault::NewVault {
        let vaults = u32::try_from(self.session.chain().unwrap().vaults().count()).unwrap();
        let position = ChainPosition { sequence: statement.value().sequence, hash: statement_hash(&statement) };
        let now = self.server.clock.now();
        let RecordWrite { record, head } = self.founder.first_write(vault, Number(vaults + 1), position, now);
        vault::NewVault { statement: statement.to_wire(), envelopes, record, head }
    }

    fn new_vault(&self, vault: VaultId) -> (NewVault, Envelope) {
        let (keys, envelope) = self.founder.make_keys(vault, Epoch::FIRST);
        (NewVault { vault, kind: VaultKind::Shared, keys, grants: self.custodian() }, envelope)
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_that_the_chain_refuses_is_not_made() {
    let scene = Scene::set().await;
    let path = TeamPath { team: scene.founder.team };
    let (vault, member) = (VaultId([7; 16]), scene.founder.identity.member);
    let (new, envelope) = scene.new_vault(vault);
    let other = &scene.others.0;
    let right = scene.forge().state(Body::NewVault(new.clone()));
    let value = right.value().clone();
    let sign = |statement: Statement| scene.founder.identity.signing.sign(statement);
    let later = value.time.plus_millis(limits::CLOCK_SKEW + 1);
    let earlier = sealward_contract::ids::Timestamp(value.time.0 - limits::CLOCK_SKEW - 1);
    let with = |new: NewVault| sign(Statement { body: Body::NewVault(new), ..value.clone() });
    let known = scene.session.chain().unwrap().vault(&scene.made.vault).unwrap().epoch().unwrap().keys.clone();
    let no_key = EpochKeys { guarded: SealingPublicKey([0xff; 1216]), ..new.keys.clone() };
    let stranger = Grant { member: MemberId([7; 16]), role: VaultRole::Viewer };
    let other_body = Body::SetPolicy(SetPolicy { vault: scene.made.vault, scope: PolicyScope::Vault, policy: None });
    let viewer = Grant { member, role: VaultRole::Viewer };
    let twice = vec![scene.custodian()[0], scene.custodian()[0]];
    let cases = [
        ("another's signature", other.identity.signing.sign(value.clone()), "signature"),
        ("another suite", sign(Statement { suite: 2, ..value.clone() }), "suite"),
        ("another team", sign(Statement { team: Some(other.team), ..value.clone() }), "team"),
        ("no team", sign(Statement { team: None, ..value.clone() }), "team"),
        ("another author", sign(Statement { author: other.identity.member, ..value.clone() }), "author"),
        ("a time that is still to come", sign(Statement { time: later, ..value.clone() }), "time"),
        ("a time long past", sign(Statement { time: earlier, ..value.clone() }), "time"),
        ("a statement of another kind", sign(Statement { body: other_body, ..value.clone() }), "unknown"),
        ("a vault that is there", with(NewVault { vault: scene.made.vault, ..new.clone() }), "used"),
        ("the directory as a vault", with(NewVault { vault: VaultId::DIRECTORY, ..new.clone() }), "used"),
        ("keys that were used", with(NewVault { keys: known, ..new.clone() }), "used"),
        ("keys that are none", with(NewVault { keys: no_key, ..new.clone() }), "key"),
        ("nobody's vault", with(NewVault { grants: vec![], ..new.clone() }), "grants"),
        ("a maker without custody", with(NewVault { grants: vec![viewer], ..new.clone() }), "grants"),
        ("a member granted twice", with(NewVault { grants: twice, ..new.clone() }), "grants"),
        (
            "a grant to a stranger",
            with(NewVault { grants: vec![scene.custodian()[0], stranger], ..new.clone() }),
            "grants",
        ),
    ];
    for (what, statement, reason) in cases {
        let body = scene.vault_by(statement, vault, vec![envelope.clone()]);
        let expected = format!("statement_refused: {reason}");
        scene.refuses::<CreateVault>(what, path, &body, (422, &expected)).await;
    }
    let ahead = sign(Statement { sequence: value.sequence + 1, ..value.clone() });
    let behind = sign(Statement { sequence: value.sequence - 1, ..value.clone() });
    let branch = sign(Statement { previous: Hash([7; 32]), ..value.clone() });
    for (statement, missed) in [(ahead, 0), (behind, 1), (branch, 0)] {
        let before = scene.dump().await;
        let body = scene.vault_by(statement, vault, vec![envelope.clone()]);
        let answered = scene.call::<CreateVault>(path, Some(&body)).await;
        assert_eq!(told(&answered), (409, "stale_chain".to_owned()));
        assert_eq!(problem(&answered)["statements"].as_array().map(Vec::len), Some(missed));
        assert_eq!(scene.dump().await, before);
    }
    // Everything around the statement.
    let good = || scene.vault_by(right.clone(), vault, vec![envelope.clone()]);
    let for_other = Envelope { recipient: MemberId([7; 16]), ..envelope.clone() };
    let envelopes = [
        vec![],
        vec![for_other.clone()],
        vec![envelope.clone(), envelope.clone()],
        vec![envelope.clone(), for_other],
        vec![Envelope { sealed: Bytes(vec![]), ..envelope.clone() }],
        vec![Envelope { sealed: Bytes(vec![1; limits::ENVELOPE + 1]), ..envelope.clone() }],
    ];
    for envelopes in envelopes {
        let body = vault::NewVault { envelopes, ..good() };
        scene.refuses::<CreateVault>("other envelopes", path, &body, (422, "envelopes_refused")).await;
    }
    let other_vault = scene.founder.first_write(VaultId([8; 16]), Number(2), scene.forge().position(), value.time);
    let body = vault::NewVault { record: other_vault.record, ..good() };
    scene.refuses::<CreateVault>("another vault's record", path, &body, (422, "record_refused")).await;
    let body = vault::NewVault { head: other_vault.head, ..good() };
    scene.refuses::<CreateVault>("another vault's head", path, &body, (422, "head_refused")).await;
    let body = vault::NewVault { record: Bytes(b"{\"name\":\"plain\"}".to_vec()), ..good() };
    scene.refuses::<CreateVault>("a name in the clear", path, &body, (422, "record_refused")).await;
    let body = vault::NewVault { statement: Bytes(vec![1; limits::STATEMENT + 1]), ..good() };
    scene.refuses::<CreateVault>("far too long", path, &body, (422, "statement_refused: limit")).await;
    // And the right one is taken.
    assert_eq!(scene.call::<CreateVault>(path, Some(&good())).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn new_keys_come_from_a_custodian_over_the_newest_head() {
    let scene = Scene::set().await;
    let (forge, vault) = (scene.forge(), scene.made.vault);
    let path = VaultPath { team: scene.founder.team, vault };
    let (keys, envelope) = scene.founder.make_keys(vault, Epoch(2));
    let head = scene.session.vaults()[&vault].head();
    let head = NamedHead { sequence: head.sequence, hash: head.hash };
    let new = NewEpoch { vault, epoch: Epoch(2), keys, head };
    let request = |new: NewEpoch, envelopes: Vec<Envelope>| EpochStart {
        statement: forge.state(Body::NewEpoch(new)).to_wire(),
        envelopes,
    };
    let known = scene.session.chain().unwrap().vault(&vault).unwrap().epoch().unwrap().keys.clone();
    let old = NamedHead { sequence: head.sequence - 1, hash: Hash([7; 32]) };
    let one = || vec![envelope.clone()];
    let cases = [
        ("the same epoch", NewEpoch { epoch: Epoch(1), ..new.clone() }, one(), "statement_refused: epoch"),
        ("an epoch left out", NewEpoch { epoch: Epoch(3), ..new.clone() }, one(), "statement_refused: epoch"),
        ("the last epoch", NewEpoch { epoch: Epoch(u32::MAX), ..new.clone() }, one(), "statement_refused: epoch"),
        ("the old keys", NewEpoch { keys: known, ..new.clone() }, one(), "statement_refused: used"),
        ("an older head", NewEpoch { head: old, ..new.clone() }, one(), "head_refused"),
        (
            "another head",
            NewEpoch { head: NamedHead { hash: Hash([7; 32]), ..head }, ..new.clone() },
            one(),
            "head_refused",
        ),
        ("no envelope", new.clone(), vec![], "envelopes_refused"),
    ];
    for (what, new, envelopes, expected) in cases {
        scene.refuses::<StartEpoch>(what, path, &request(new, envelopes), (422, expected)).await;
    }
    let foreign = NewEpoch { vault: scene.others.1.vault, ..new.clone() };
    let answered = scene.call::<StartEpoch>(path, Some(&request(foreign, one()))).await;
    assert_eq!(answered.status, 422, "{:?}", told(&answered));
    assert_eq!(scene.call::<StartEpoch>(path, Some(&request(new, one()))).await.status, 200);
    // What is sealed under the old keys is not taken any more.
    let late = forge.write([forge.next(scene.made.key(scene.made.group))]);
    let batch = sealward_contract::operations::records::Batch { writes: vec![late] };
    let path = TeamPath { team: scene.founder.team };
    use sealward_contract::operations::records::WriteBatch;
    scene.refuses::<WriteBatch>("the old keys", path, &batch, (409, "stale_chain")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_is_about_its_own_vault_and_can_be_met() {
    let scene = Scene::set().await;
    let vault = scene.made.vault;
    let path = VaultPath { team: scene.founder.team, vault };
    let asks = |approvals| Some(Policy { approvals: Approvals(approvals), reason: Requirement::None, terms: None });
    let request = |vault, approvals| {
        let set = SetPolicy { vault, scope: PolicyScope::Vault, policy: asks(approvals) };
        PolicyChange { statement: scene.forge().state(Body::SetPolicy(set)).to_wire() }
    };
    for approvals in [1, 3, 4, 255] {
        let body = request(vault, approvals);
        let refused = (422, "statement_refused: policy");
        scene.refuses::<SetVaultPolicy>("approvals of nobody", path, &body, refused).await;
    }
    let foreign = request(scene.others.1.vault, 0);
    let before = scene.dump().await;
    let answered = scene.call::<SetVaultPolicy>(path, Some(&foreign)).await;
    assert_eq!(answered.status, 422, "{:?}", told(&answered));
    assert_eq!(scene.dump().await, before);
    assert_eq!(scene.call::<SetVaultPolicy>(path, Some(&request(vault, 0))).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn a_team_begins_right_or_not_at_all() {
    let server = TestServer::in_memory();
    let (founder, right) = Founder::prepare(&server, "ada.lovelace");
    let (other, others) = Founder::prepare(&server, "grace.hopper");
    let genesis = SignedStatement::parse(&right.genesis).unwrap().value().clone();
    let sign = |statement: Statement| founder.identity.signing.sign(statement).to_wire();
    let late = genesis.time.plus_millis(limits::CLOCK_SKEW + 1);
    let early = sealward_contract::ids::Timestamp(genesis.time.0 - limits::CLOCK_SKEW - 1);
    let by_other = other.identity.signing.sign(genesis.clone()).to_wire();
    let weak = sealward_contract::crypto::VerifyingKey({
        let mut identity = [0; 32];
        identity[0] = 1;
        identity
    });
    let cases: Vec<(&str, NewTeam, &str)> = vec![
        ("another's signature", NewTeam { genesis: by_other, ..right.clone() }, "statement_refused: signature"),
        (
            "a statement in the middle",
            NewTeam { genesis: sign(Statement { sequence: 1, ..genesis.clone() }), ..right.clone() },
            "statement_refused: genesis",
        ),
        (
            "a team of its own naming",
            NewTeam { genesis: sign(Statement { team: Some(other.team), ..genesis.clone() }), ..right.clone() },
            "statement_refused: genesis",
        ),
        (
            "a time that is still to come",
            NewTeam { genesis: sign(Statement { time: late, ..genesis.clone() }), ..right.clone() },
            "statement_refused: time",
        ),
        (
            "a time long past",
            NewTeam { genesis: sign(Statement { time: early, ..genesis.clone() }), ..right.clone() },
            "statement_refused: time",
        ),
        ("no statement", NewTeam { genesis: Bytes(vec![]), ..right.clone() }, "statement_refused: genesis"),
        ("a weak login key", NewTeam { login_key: weak, ..right.clone() }, "statement_refused: key"),
        ("no bundle", NewTeam { bundle: Bytes(vec![]), ..right.clone() }, "envelopes_refused"),
        (
            "a bundle that is too long",
            NewTeam { bundle: Bytes(vec![1; limits::BUNDLE + 1]), ..right.clone() },
            "envelopes_refused",
        ),
        ("no envelope", NewTeam { directory_envelope: Bytes(vec![]), ..right.clone() }, "envelopes_refused"),
        ("another team's name", NewTeam { team_record: others.team_record.clone(), ..right.clone() }, "record_refused"),
        (
            "name and profile exchanged",
            NewTeam {
                team_record: right.profile_record.clone(),
                profile_record: right.team_record.clone(),
                ..right.clone()
            },
            "record_refused",
        ),
        (
            "a name in the clear",
            NewTeam { team_record: Bytes(b"{\"name\":\"Engine\"}".to_vec()), ..right.clone() },
            "record_refused",
        ),
    ];
    let send = async |team: &NewTeam| {
        let headers = [("content-type", "application/json")];
        raw(&server.connect(), "POST", "/v1/teams", &headers, Format::Json.write(team)).await
    };
    for (what, team, expected) in cases {
        assert_eq!(told(&send(&team).await), (422, expected.to_owned()), "{what}");
    }
    let made = send(&right).await;
    assert_eq!((made.status, problem(&made)["number"].as_u64()), (200, Some(1)), "none of them was made");
    assert_eq!(told(&send(&right).await), (409, "already_exists".to_owned()));
}

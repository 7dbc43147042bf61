//! Requests for guarded secrets: from asking to checking in, by many at once; and how long it takes until everyone has
//! heard of it who watches. The statements are made beforehand, by hand: what is in a grant the server cannot tell.

use crate::{
    capture::{Capture, Mode},
    hand::Hand,
    limits,
    load::{self, Connection, Prepared},
    team::{self, Client},
};
use anyhow::{Context, Result, ensure};
use http_body_util::BodyExt;
use sealward_client::{
    api::Api,
    invitation::{Joining, open_invitation},
    model::{AccountDetails, SecretPayload, SecretText},
    operations::NewSecret,
    session::{NewService, sign_in_service},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, ServiceScope, ServiceTerms, SetPolicy,
        TeamPolicy, VaultGrant, VaultRole,
    },
    crypto::{Hash, hash},
    ids::{ObjectId, ReleaseId, RequestId, TeamId, VaultId, Version},
    limits::STREAMS,
    operations::{
        records::ReleaseRequest,
        requests::{Grant, NewApproval, NewRequest, RequestStep},
        wire::Format,
    },
    record::{ChainPosition, LeafKey, RecordKind},
    release::ReleaseStatement,
    request::{Approve, Ask, CheckOut, GrantNamed, RequestBody, RequestStatement, request_hash},
    suite::SUITE,
    text::LoginName,
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const CLIENTS: usize = 32;
/// How often each client asks for its secret.
const EACH: usize = 15;
/// From asking to checking in: ask, approve, check out, release, check in.
const STEPS: usize = 5;
const WATCHING: usize = 1_000;
/// Length of the rows that one step puts: the request with its statements, audit event, team.
const ROWS_OF_A_STEP: [usize; 3] = [3_200, 900, 120];
const A_DAY: u64 = 24 * 60 * 60 * 1_000;
const HOUR: u64 = 60 * 60 * 1_000;

/// What every statement of one secret's requests has in common.
struct About {
    team: TeamId,
    vault: VaultId,
    account: ObjectId,
    version: Version,
    record: Hash,
    policy: u64,
    position: ChainPosition,
}

/// Measures both.
pub async fn measure(folder: &std::path::Path, address: SocketAddr, (cores, checks): (f64, f64)) -> Result<()> {
    println!("\nA guarded secret: ask, approve, check out, release, check in ({CLIENTS} clients, a secret each)");
    let (client, _) = team::found(address).await?;
    client.set_team_policy(TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT }).await?;
    let accounts = u32::try_from(CLIENTS)?;
    let (vault, accounts) = team::fill_vault(&client, "guarded", accounts).await?;
    let approver = join(&client, address, vault).await?;
    let terms = Some(LeaseTerms::default());
    let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::None, terms });
    client.set_policy(&SetPolicy { vault, scope: PolicyScope::Vault, policy }).await?;
    for (index, account) in accounts.iter().enumerate() {
        let entry = client.verified(vault, LeafKey { id: *account, kind: RecordKind::Account })?;
        let secret = Some(NewSecret { payload: SecretPayload::new("guarded".into()), score: None });
        let details: AccountDetails = team::details(index);
        client.update_account(vault, *account, entry.version, details, secret).await?;
    }
    let members = WATCHING.div_ceil(STREAMS);
    let mut asking = Vec::new();
    let mut watchers = Vec::new();
    for number in 0..members {
        let terms = ServiceTerms { expires: None, hosts: Vec::new(), scope: ServiceScope::Roles, vault: None };
        let login_name = LoginName::parse(&format!("asks-{number}"))?;
        let grants = vec![VaultGrant { vault, role: VaultRole::User }];
        let token = client.admit_service(&NewService { login_name, terms, grants }).await?;
        let (capture, control) = Capture::new(address);
        let origin = format!("http://{address}");
        let session = sign_in_service(Api::new(capture), team::surroundings(), &token, &origin, "bench", None).await?;
        if asking.len() < CLIENTS {
            asking.push(Hand::of(&session)?);
        }
        control.set(Mode::KeepAndFail);
        let _ = session.open_events().await;
        watchers.push(control.take().pop().context("nothing was asked")?);
    }
    client.sync(|_| {}).await?;
    let abouts: Vec<About> = accounts.iter().map(|account| about(&client, vault, *account)).collect::<Result<_>>()?;
    let approves = Hand::of(&approver)?;

    let redb = limits::redb_writes(folder, CLIENTS, &ROWS_OF_A_STEP)?;
    let alone = cycles(address, &asking, &approves, &abouts).await?;
    let size = 1_200;
    let bare = limits::bare(CLIENTS, EACH * STEPS, size, 80).await?;
    // Each step is a request, a signature that is checked, and rows; the release puts fewer of them.
    let steps = STEPS as f64;
    let ceiling = cores / (steps * (cores / bare + 1.0 / checks + 1.0 / redb));
    print(&alone);
    println!("    bare route {bare:.0} /s, ceiling {ceiling:.0} /s: {:.2} of the ceiling", rate(&alone) / ceiling);

    let heard = Arc::new(AtomicUsize::new(0));
    let mut open = Vec::new();
    for number in 0..WATCHING {
        let asked = watchers.get(number % members).context("no watcher")?;
        open.push(watch(address, asked, Arc::clone(&heard)).await?);
    }
    let watched = cycles(address, &asking, &approves, &abouts).await?;
    print(&watched);
    println!("    with {WATCHING} watching: {:.2} of what it is without", rate(&watched) / rate(&alone));
    // One more, alone: from the moment it is sent until the last of them has heard.
    settle(&heard).await?;
    let before = heard.load(Ordering::SeqCst);
    let (one, about) = (asking.first().context("nobody")?, abouts.first().context("nothing")?);
    let ask = cycle(one, &approves, about)?.into_iter().next().context("no step")?;
    let begun = crate::opening::now();
    load::run(address, vec![vec![ask]]).await?;
    while heard.load(Ordering::SeqCst) < before + WATCHING {
        ensure!(begun.elapsed() < Duration::from_secs(30), "somebody has not heard");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let millis = begun.elapsed().as_secs_f64() * 1_000.0;
    println!("  somebody asks, until all of {WATCHING} have heard {millis:>8.0} ms");
    open.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// From asking to checking in, a second.
fn rate(load: &load::Load) -> f64 {
    load.per_second() / STEPS as f64
}

fn print(load: &load::Load) {
    println!(
        "  {:<28} {CLIENTS:>3} clients {:>9.0} /s   median {:>8.2} ms   99 % {:>8.2} ms a step",
        "ask to check-in",
        rate(load),
        load.quantile(0.5),
        load.quantile(0.99)
    );
}

/// Somebody joins by a link, and becomes a custodian: services are approved by another than who made their keys.
async fn join(client: &Client, address: SocketAddr, vault: VaultId) -> Result<Client> {
    let link = client.invite(&[], A_DAY).await?;
    let api = Api::new(Capture::new(address).0);
    let origin = format!("http://{address}");
    let mut opened = open_invitation(&api, &team::surroundings(), link, &origin).await?;
    let new = Joining { login_name: LoginName::parse("approver")?, password: SecretText::from(team::PASSWORD) };
    let newcomer = opened.join(&api, &team::surroundings(), &new).await?;
    let session = newcomer.sign_in(Api::new(Capture::new(address).0), team::surroundings(), "bench").await?;
    client.sync(|_| {}).await?;
    client.set_grant(vault, session.member(), VaultRole::Custodian).await?;
    session.sync(|_| {}).await?;
    Ok(session)
}

fn about(client: &Client, vault: VaultId, account: ObjectId) -> Result<About> {
    let vaults = client.vaults();
    let key = LeafKey { id: account, kind: RecordKind::Secret };
    let leaf = vaults.get(&vault).and_then(|view| view.tree().get(&key)).context("no secret")?;
    let chain = client.chain().context("no chain")?;
    let in_force = chain.vault(&vault).and_then(|known| known.policy_in_force(&account, None));
    let (policy, _) = in_force.context("no policy")?;
    let position = chain.position();
    let team = client.device().team;
    Ok(About { team, vault, account, version: leaf.version, record: leaf.hash, policy, position })
}

/// All clients at once, each asking for its own secret again and again.
async fn cycles(address: SocketAddr, asking: &[Hand], approves: &Hand, abouts: &[About]) -> Result<load::Load> {
    let mut lists = Vec::new();
    for (asks, about) in asking.iter().zip(abouts) {
        let mut list = Vec::new();
        for _ in 0..EACH {
            list.extend(cycle(asks, approves, about)?);
        }
        lists.push(list);
    }
    load::run(address, lists).await
}

/// The steps of one request, signed beforehand, each after the one before.
fn cycle(asks: &Hand, approves: &Hand, about: &About) -> Result<Vec<Prepared>> {
    let surroundings = team::surroundings();
    let (request, now) = (RequestId(surroundings.make_id()), surroundings.now());
    let envelope = Bytes(vec![7; 1_600]);
    let part = Bytes(vec![7; 32]);
    let grant = GrantNamed { envelope: hash(&envelope), part: hash(&part) };
    let ask = Ask {
        vault: about.vault,
        account: about.account,
        from: now,
        to: now.plus_millis(2 * HOUR),
        seconds: 3_600,
        reason: None,
        key: asks.identity.wrapping.public(),
        policy: Some(about.policy),
        extends: None,
        break_glass: false,
        ahead: None,
    };
    let (version, record) = (about.version, about.record);
    let approve = Approve { version, record, policy: Some(about.policy), comment: None, grant: Some(grant) };
    let bodies = [
        (asks, RequestBody::Ask(ask)),
        (approves, RequestBody::Approve(approve)),
        (asks, RequestBody::CheckOut(CheckOut { version, record })),
        (asks, RequestBody::CheckIn),
    ];
    let mut wires = Vec::new();
    let (mut previous, mut number) = (Hash::ZERO, 0);
    for (by, body) in bodies {
        let signed = by.identity.signing.sign(RequestStatement {
            suite: SUITE,
            team: about.team,
            request,
            number,
            previous,
            author: by.identity.member,
            position: about.position,
            time: now,
            body,
        });
        previous = request_hash(&signed);
        number += 1;
        wires.push(signed.to_wire());
    }
    let [ask, approve, out, back] = <[Bytes; 4]>::try_from(wires).ok().context("four statements")?;
    let release = asks.identity.signing.sign(ReleaseStatement {
        suite: SUITE,
        id: ReleaseId(surroundings.make_id()),
        team: about.team,
        vault: about.vault,
        account: about.account,
        version,
        member: asks.identity.member,
        position: about.position,
        time: now,
        reason: None,
    });
    let to = |place: &str| format!("/v1/teams/{}/requests/{request}/{place}", about.team);
    let release = ReleaseRequest { statement: release.to_wire(), wanted: Default::default() };
    Ok(vec![
        post(
            asks,
            format!("/v1/teams/{}/requests", about.team),
            &NewRequest { statement: ask, lease_secret: Bytes(vec![7; 300]) },
        ),
        post(approves, to("approvals"), &NewApproval { statement: approve, grant: Some(Grant { envelope, part }) }),
        post(asks, to("check-outs"), &RequestStep { statement: out }),
        post(asks, to("releases"), &release),
        post(asks, to("check-ins"), &RequestStep { statement: back }),
    ])
}

fn post<B: serde::Serialize>(by: &Hand, target: String, body: &B) -> Prepared {
    Prepared {
        method: "POST",
        target,
        token: Some(by.token.clone()),
        content_type: "application/cbor",
        accept: "application/cbor",
        forwarded_for: None,
        body: Format::Cbor.write(body).into(),
    }
}

/// Opens a stream of hints, and counts what is heard on it after that it is open.
async fn watch(address: SocketAddr, asked: &Prepared, heard: Arc<AtomicUsize>) -> Result<tokio::task::JoinHandle<()>> {
    let mut connection = Connection::open(address).await?;
    let mut stream = connection.open_stream(asked).await?;
    stream.frame().await.context("the stream ended")??;
    Ok(tokio::spawn(async move {
        while let Some(Ok(frame)) = stream.frame().await {
            if frame.is_data() {
                heard.fetch_add(1, Ordering::SeqCst);
            }
        }
    }))
}

/// Waits until nothing more is heard.
async fn settle(heard: &AtomicUsize) -> Result<()> {
    let begun = crate::opening::now();
    let mut last = usize::MAX;
    while last != heard.load(Ordering::SeqCst) {
        ensure!(begun.elapsed() < Duration::from_secs(60), "it never comes to rest");
        last = heard.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

//! Signs in: a challenge answered by the login key. An unknown name takes the same way as a wrong signature.

use std::{net::IpAddr, sync::Arc};

use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::{
    audit::{AuditedAct, RefusedRequest},
    chain::{Member, MemberKind, MemberState, TeamState},
    crypto::{Hash, Signed, VerifyingKey, hash},
    ids::{MemberId, SessionId, Timestamp},
    limits,
    operations::session::{CreateSession, SessionCreated, SessionToken, SignInError},
    problem::Rejection,
    session::SignIn,
    suite::SUITE,
};
use subtle::ConstantTimeEq;

use super::{
    attempts::Counted,
    login_key, of_member, remove,
    service::{self, Admitted},
};
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
        factors::confirmation,
    },
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{
            BOUND_SESSIONS, BoundSessionRow, LOGINS, MEMBER_SESSIONS, MEMBERS, MemberRow, SERVICES, SESSIONS,
            ServiceRow, SessionRow, TEAMS,
        },
    },
    surroundings::make_bytes,
};

/// A key that nobody has (the base point of the curve): a signature for an unknown name is verified under it, so that
/// it takes as long.
const NOBODY: VerifyingKey = {
    let mut bytes = [0x66; 32];
    bytes[0] = 0x58;
    VerifyingKey(bytes)
};

/// What the writer needs to know.
struct Attempt {
    sign_in: SignIn,
    counted: Counted,
    address: IpAddr,
    now: Timestamp,
    /// Whose login key signed; `None` when it was nobody's.
    proven: Option<(MemberId, VerifyingKey)>,
    /// Whether the Secret Key is the member's.
    knows_kit: bool,
    token: [u8; 32],
    session: SessionId,
    device: String,
    expires: Timestamp,
    /// Whether a service may sign in from there.
    admitted: Admitted,
}

impl Handler for CreateSession {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let malformed = |at: &str| Rejection::Malformed { at: at.to_owned() };
        let signed = Signed::<SignIn>::parse(&call.body.sign_in).map_err(|_| malformed("sign_in"))?;
        let sign_in = signed.value().clone();
        let device = call.body.device;
        if sign_in.suite != SUITE
            || !sign_in.login_name.is_folded()
            || sign_in.origin.chars().count() > limits::ORIGIN_CHARS
        {
            return Err(malformed("sign_in").into());
        }
        if device.chars().count() > limits::DEVICE_CHARS || device.chars().any(char::is_control) {
            return Err(malformed("device").into());
        }
        if !app.config.origins.contains(&sign_in.origin) {
            return Err(Refusal::Own(SignInError::OriginRefused));
        }
        let counted = Counted::new(&sign_in.team, &sign_in.login_name, call.address);
        let (wait, known) =
            app.store.read(|tx| Ok::<_, StoreError>((counted.wait(tx, call.now)?, find(tx, &sign_in)?)))?;
        if wait > 0 {
            return Err(Rejection::RateLimited { retry_after: wait }.into());
        }
        let open = app.challenges.take(&sign_in.nonce, &sign_in.team, &sign_in.login_name, call.now);
        let key = known.as_ref().map_or(NOBODY, |(_, row)| row.login_key);
        let verified = signed.verify(&key).is_ok();
        let kit = known.as_ref().map_or(Hash::ZERO, |(_, row)| row.kit_tag);
        let same_kit: bool = kit.0.ct_eq(&call.body.kit_tag.0).into();
        let knows_kit = open && known.is_some() && same_kit;
        let proven = known.filter(|_| open && verified).map(|(member, row)| (member, row.login_key));
        let admitted = find_admitted(app, &sign_in, proven.as_ref(), call.address).await?;
        let attempt = Attempt {
            counted,
            knows_kit,
            address: call.address,
            now: call.now,
            proven,
            admitted,
            token: make_bytes(app.random.as_ref()),
            session: SessionId(make_bytes(app.random.as_ref())),
            device,
            expires: call.now.plus_millis(app.config.session_millis),
            sign_in,
        };
        let shared = Arc::clone(app);
        // A refusal has to be written down, so it is a success of the transaction.
        let decided = app.store.write(move |tx| Ok::<_, Refusal<SignInError>>(decide(tx, &shared, attempt)?));
        decided.await?.map(Reply::Value)
    }
}

/// Only for whoever proved to be a member: strangers do not make the server resolve names.
async fn find_admitted(
    app: &App,
    sign_in: &SignIn,
    proven: Option<&(MemberId, VerifyingKey)>,
    address: IpAddr,
) -> Result<Admitted, StoreError> {
    let Some((member, _)) = proven else { return Ok(Admitted::Nowhere) };
    let state = app.store.read(|tx| app.teams.state(tx, &sign_in.team))?;
    match state.as_ref().and_then(|state| state.member(member)) {
        Some(member) => Ok(service::admitted(member, address, app.names.as_ref()).await),
        None => Ok(Admitted::Nowhere),
    }
}

fn find(rows: &impl Rows, sign_in: &SignIn) -> Result<Option<(MemberId, MemberRow)>, StoreError> {
    let Some(member) = LOGINS.get(rows, &(sign_in.team, login_key(&sign_in.login_name)))? else { return Ok(None) };
    Ok(MEMBERS.get(rows, &(sign_in.team, member))?.map(|row| (member, row)))
}

fn decide(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    attempt: Attempt,
) -> Result<Result<SessionCreated, Refusal<SignInError>>, StoreError> {
    let Attempt { sign_in, counted, address, now, .. } = &attempt;
    // Attempts that ran side by side are counted one after the other here.
    let wait = counted.wait(tx, *now)?;
    if wait > 0 {
        return Ok(Err(Rejection::RateLimited { retry_after: wait }.into()));
    }
    let known = find(tx, sign_in)?;
    let proven = known.filter(|(member, row)| attempt.proven == Some((*member, row.login_key)));
    let Some((member, row)) = proven else {
        counted.fail(tx, *now)?;
        if TEAMS.contains(tx, &sign_in.team)? {
            let audited = Audited {
                team: sign_in.team,
                member: None,
                address: Some(*address),
                what: AuditedAct::SignInRefused,
                statement: None,
            };
            audit::append(tx, *now, audited)?;
        }
        let refusal = if attempt.knows_kit { SignInError::WrongPassword } else { SignInError::SignInRefused };
        return Ok(Err(Refusal::Own(refusal)));
    };
    counted.succeed(tx);
    // Only whoever proved to be the member is told that it may not act.
    let state = app.teams.state(tx, &sign_in.team)?;
    let known = state.as_ref().and_then(|state| state.member(&member));
    if let Some(refusal) = refusal_of(known, &attempt) {
        let what = AuditedAct::RequestRefused { request: RefusedRequest::SignIn, vault: None, object: None };
        // From each address by itself: a program that keeps trying hides nobody else.
        if app.noted.take(&member.0, format!("sign-in {address}").as_bytes(), *now) {
            let (team, member, address) = (sign_in.team, Some(member), Some(*address));
            audit::append(tx, *now, Audited { team, member, address, what, statement: None })?;
        }
        return Ok(Err(Refusal::Own(refusal)));
    }
    let ends = known.and_then(|known| known.service()?.expires).unwrap_or(attempt.expires);
    let attempt = Attempt { expires: attempt.expires.min(ends), ..attempt };
    make_room(tx, state.as_deref(), &attempt.sign_in, member, attempt.now)?;
    begin(tx, &attempt, member)?;
    if let Some(state) = &state {
        confirmation::begin(tx, state, (attempt.sign_in.team, member), &hash(&attempt.token))?;
    }
    if known.is_some_and(|known| known.kind() == MemberKind::Service) {
        note_service(tx, &attempt, member)?;
    }
    Ok(Ok(SessionCreated {
        session: attempt.session,
        token: SessionToken::new(Base64UrlUnpadded::encode_string(&attempt.token)),
        expires: attempt.expires,
        member,
        bundle: row.bundle,
        bundle_version: row.bundle_version,
    }))
}

/// Why a member who proved to be one does not get a session.
fn refusal_of(member: Option<&Member>, attempt: &Attempt) -> Option<SignInError> {
    let Some(member) = member else { return Some(SignInError::Suspended) };
    match member.state {
        MemberState::Suspended | MemberState::Removed | MemberState::Keyless => Some(SignInError::Suspended),
        MemberState::Expired => Some(SignInError::TokenExpired),
        MemberState::Active if member.is_expired(attempt.now) => Some(SignInError::TokenExpired),
        MemberState::Active | MemberState::Made => {
            (!service::still_admits(member, attempt.address, &attempt.admitted)).then_some(SignInError::AddressRefused)
        }
    }
}

/// Notes that a service was used, and by which name its session began.
fn note_service(tx: &mut WriteTx<'_, '_>, attempt: &Attempt, member: MemberId) -> Result<(), StoreError> {
    let address = attempt.address.to_canonical().to_string();
    if let Admitted::ByName(name) = &attempt.admitted {
        let row = BoundSessionRow { name: name.clone(), address: address.clone() };
        BOUND_SESSIONS.put(tx, &hash(&attempt.token), &row)?;
    }
    SERVICES.put(tx, &(attempt.sign_in.team, member), &ServiceRow { used: attempt.now, address })
}

fn begin(tx: &mut WriteTx<'_, '_>, attempt: &Attempt, member: MemberId) -> Result<(), StoreError> {
    let team = attempt.sign_in.team;
    let token: Hash = hash(&attempt.token);
    let row = SessionRow {
        session: attempt.session,
        team,
        member,
        device: attempt.device.clone(),
        address: Some(attempt.address.to_string()),
        created: attempt.now,
        expires: attempt.expires,
        used: attempt.now,
    };
    SESSIONS.put(tx, &token, &row)?;
    MEMBER_SESSIONS.put(tx, &(team, member, attempt.session), &token)?;
    let audited = Audited {
        team,
        member: Some(member),
        address: Some(attempt.address),
        what: AuditedAct::SessionStarted { session: attempt.session },
        statement: None,
    };
    audit::append(tx, attempt.now, audited)
}

/// Removes sessions that are over and, of too many, those that were not used for longest: a member who never signs
/// out is not locked out by it. Those that still have to be confirmed go first: a password alone ends no session that was.
fn make_room(
    tx: &mut WriteTx<'_, '_>,
    state: Option<&TeamState>,
    sign_in: &SignIn,
    member: MemberId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut sessions = Vec::new();
    for (token, row) in of_member(tx, sign_in.team, member)? {
        let owes = match state {
            Some(state) => confirmation::owed(tx, state, (sign_in.team, member), &token)?.is_some(),
            None => false,
        };
        sessions.push((owes, token, row));
    }
    sessions.sort_by_key(|(owes, _, row)| (*owes, std::cmp::Reverse(row.used)));
    for (place, (_, token, row)) in sessions.iter().enumerate() {
        if row.expires <= now || place + 1 >= limits::SESSIONS {
            remove(tx, sign_in.team, member, row.session, token);
        }
    }
    Ok(())
}

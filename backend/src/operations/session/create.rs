//! Signs in: a challenge answered by the login key. An unknown name takes the same way as a wrong signature.

use std::{net::IpAddr, sync::Arc};

use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::{
    audit::{AuditedAct, RefusedRequest},
    crypto::{Hash, Signed, VerifyingKey, hash},
    ids::{MemberId, SessionId, Timestamp},
    limits,
    operations::session::{CreateSession, SessionCreated, SessionToken, SignInError},
    problem::Rejection,
    session::SignIn,
    suite::SUITE,
};
use subtle::ConstantTimeEq;

use super::{attempts::Counted, login_key, of_member, remove};
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{LOGINS, MEMBER_SESSIONS, MEMBERS, MemberRow, SESSIONS, SessionRow, TEAMS},
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
        let attempt = Attempt {
            counted,
            knows_kit: open && known.is_some() && same_kit,
            address: call.address,
            now: call.now,
            proven: known.filter(|_| open && verified).map(|(member, row)| (member, row.login_key)),
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
    if app.teams.state(tx, &sign_in.team)?.is_none_or(|state| state.role(&member).is_none()) {
        let what = AuditedAct::RequestRefused { request: RefusedRequest::SignIn, vault: None, object: None };
        if app.noted.take(&member.0, b"sign-in", *now) {
            let (team, member, address) = (sign_in.team, Some(member), Some(*address));
            audit::append(tx, *now, Audited { team, member, address, what, statement: None })?;
        }
        return Ok(Err(Refusal::Own(SignInError::Suspended)));
    }
    make_room(tx, sign_in, member, *now)?;
    begin(tx, &attempt, member)?;
    Ok(Ok(SessionCreated {
        session: attempt.session,
        token: SessionToken::new(Base64UrlUnpadded::encode_string(&attempt.token)),
        expires: attempt.expires,
        member,
        bundle: row.bundle,
        bundle_version: row.bundle_version,
    }))
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
/// out is not locked out by it.
fn make_room(tx: &mut WriteTx<'_, '_>, sign_in: &SignIn, member: MemberId, now: Timestamp) -> Result<(), StoreError> {
    let mut sessions = of_member(tx, sign_in.team, member)?;
    sessions.sort_by_key(|(_, row)| std::cmp::Reverse(row.used));
    for (place, (token, row)) in sessions.iter().enumerate() {
        if row.expires <= now || place + 1 >= limits::SESSIONS {
            remove(tx, sign_in.team, member, row.session, token);
        }
    }
    Ok(())
}

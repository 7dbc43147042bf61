//! Passkeys. What the standard demands (challenge, origin, host, signature, user verification) the library checks; here it
//! is decided whose a passkey is, that its counter goes up, and that one remains where one is asked for.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::MemberKind,
    factor::FactorKind,
    ids::{MemberId, PasskeyId, TeamId, Timestamp},
    limits,
    operations::{
        Empty,
        factors::{FactorError, FactorText},
        passkeys::{
            AddPasskey, BeginConfirmation, BeginPasskey, PasskeyCeremony, PasskeyListed, RemovePasskey, RenamePasskey,
        },
    },
    problem::Rejection,
};
use serde::Serialize;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{AuthenticationResult, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid},
};

use super::{Origin, confirmation, drop_lone_recovery, note};
use crate::{
    memory::ceremonies::{Begun, Ceremony},
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{PASSKEYS, PasskeyRow},
    },
    surroundings::make_bytes,
};

/// A passkey as it is stored.
type Stored = (PasskeyId, PasskeyRow);

/// The passkeys of a member, in the order of their ids.
///
/// # Errors
/// The store failed.
pub(super) fn of_member(rows: &impl Rows, team: TeamId, member: MemberId) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    PASSKEYS.scan(rows, &(team, member), Order::Forward, |(.., id), row| {
        found.push((id, row));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// As their member sees them.
pub(super) fn listed((passkey, row): Stored) -> PasskeyListed {
    PasskeyListed { passkey, name: row.name, added: row.added, used: row.used }
}

fn read(row: &PasskeyRow) -> Result<Passkey, StoreError> {
    serde_json::from_slice(&row.credential).map_err(|_| StoreError::Damaged { table: "passkeys" })
}

fn write(passkey: &Passkey) -> Result<Bytes, StoreError> {
    serde_json::to_vec(passkey).map(Bytes).map_err(|_| StoreError::Damaged { table: "passkeys" })
}

/// The host that passkeys belong to under one of the server's origins, never under one that a caller made up. An address
/// without a name has none.
fn relying_party(app: &App, origin: &str) -> Option<(String, Webauthn)> {
    let origin = app.config.origins.iter().find(|known| *known == origin)?;
    let url = Url::parse(origin).ok()?;
    let host = url.domain()?.to_owned();
    let webauthn = WebauthnBuilder::new(&host, &url).ok()?.rp_name("Sealward").build().ok()?;
    Some((host, webauthn))
}

fn unavailable() -> Refusal<FactorError> {
    Refusal::Own(FactorError::PasskeysUnavailable)
}

fn refused() -> Refusal<FactorError> {
    Refusal::Own(FactorError::FactorRefused)
}

/// A name that people can read.
fn check_name(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    let fits = (1..=limits::PASSKEY_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Rejection::Malformed { at: "name".into() }) }
}

fn ceremony(options: &impl Serialize) -> Result<PasskeyCeremony, Refusal<FactorError>> {
    let options = serde_json::to_string(options).map_err(|_| Rejection::Internal)?;
    Ok(PasskeyCeremony { options: FactorText::new(options) })
}

impl Handler for BeginPasskey {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?, call.now);
        let known = caller.state.member(&caller.member).ok_or(Rejection::Unauthenticated)?;
        if known.kind() == MemberKind::Service {
            return Err(refused());
        }
        let (_, webauthn) = relying_party(app, &call.body.origin).ok_or_else(unavailable)?;
        let present = app.store.read(|tx| {
            confirmation::check_may_add(tx, caller, call.body.proof.as_ref(), now)?;
            Ok::<_, Refusal<FactorError>>(of_member(tx, caller.team, caller.member)?)
        })?;
        if present.len() >= limits::PASSKEYS {
            return Err(Refusal::Own(FactorError::FactorExists));
        }
        let present = present.iter().map(|(_, row)| read(row).map(|passkey| passkey.cred_id().clone()));
        let present: Vec<_> = present.collect::<Result<_, StoreError>>()?;
        let name = known.keys.login_name.as_str();
        let begun = webauthn.start_passkey_registration(Uuid::from_bytes(caller.member.0), name, name, Some(present));
        let (options, state) = begun.map_err(|_| Rejection::Internal)?;
        let begun = Begun { ceremony: Ceremony::Adding(state), origin: call.body.origin.clone() };
        app.ceremonies.begin(caller.token, begun, now);
        ceremony(&options).map(Reply::Value)
    }
}

impl Handler for AddPasskey {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let name = check_name(&call.body.name)?;
        let begun = app.ceremonies.take(&caller.token, call.now).ok_or_else(refused)?;
        let Begun { ceremony: Ceremony::Adding(state), origin } = begun else { return Err(refused()) };
        let (host, webauthn) = relying_party(app, &origin).ok_or_else(unavailable)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(call.body.credential.expose()).map_err(|_| refused())?;
        // The library has no word of its own for this one.
        let present = app.store.read(|tx| of_member(tx, caller.team, caller.member))?;
        for (_, row) in &present {
            if read(row)?.cred_id().as_slice() == answer.raw_id.as_slice() {
                return Err(Refusal::Own(FactorError::FactorExists));
            }
        }
        let passkey = webauthn.finish_passkey_registration(&answer, &state).map_err(|_| refused())?;
        let id = PasskeyId(make_bytes(app.random.as_ref()));
        let credential = write(&passkey)?;
        let row = PasskeyRow { name, host, added: from.now, used: None, counter: 0, credential };
        let added = app.store.write(move |tx| {
            confirmation::check_fresh(tx, &caller, from.now)?;
            let present = of_member(tx, caller.team, caller.member)?;
            let full = present.len() >= limits::PASSKEYS;
            let mut same = false;
            for (_, row) in &present {
                same |= read(row)?.cred_id() == passkey.cred_id();
            }
            if full || same {
                return Err(Refusal::Own(FactorError::FactorExists));
            }
            PASSKEYS.put(tx, &(caller.team, caller.member, id), &row)?;
            confirmation::confirm(tx, &caller, from.now)?;
            note(tx, &caller, from, AuditedAct::FactorAdded { factor: FactorKind::Passkey })?;
            Ok(listed((id, row)))
        });
        Ok(Reply::Value(added.await?))
    }
}

impl Handler for RenamePasskey {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, name) = (call.caller()?.clone(), check_name(&call.body.name)?);
        let place = (caller.team, caller.member, call.path.passkey);
        app.store
            .write(move |tx| {
                let row = PASSKEYS.get(tx, &place)?.ok_or(Rejection::NotFound)?;
                PASSKEYS.put(tx, &place, &PasskeyRow { name, ..row })?;
                Ok::<_, Refusal<FactorError>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

impl Handler for RemovePasskey {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let place = (caller.team, caller.member, call.path.passkey);
        app.store
            .write(move |tx| {
                if !PASSKEYS.contains(tx, &place)? {
                    return Err(Rejection::NotFound.into());
                }
                confirmation::check_fresh(tx, &caller, from.now)?;
                PASSKEYS.delete(tx, &place);
                drop_lone_recovery(tx, &caller)?;
                note(tx, &caller, from, AuditedAct::FactorRemoved { factor: FactorKind::Passkey })?;
                Ok::<_, Refusal<FactorError>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

impl Handler for BeginConfirmation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?, call.now);
        let (host, webauthn) = relying_party(app, &call.body.origin).ok_or_else(unavailable)?;
        let present = app.store.read(|tx| of_member(tx, caller.team, caller.member))?;
        let here = present.iter().filter(|(_, row)| row.host == host).map(|(_, row)| read(row));
        let here: Vec<Passkey> = here.collect::<Result<_, StoreError>>()?;
        if here.is_empty() {
            return Err(unavailable());
        }
        let (options, state) = webauthn.start_passkey_authentication(&here).map_err(|_| Rejection::Internal)?;
        let begun = Begun { ceremony: Ceremony::Confirming(state), origin: call.body.origin.clone() };
        app.ceremonies.begin(caller.token, begun, now);
        ceremony(&options).map(Reply::Value)
    }
}

/// Verifies the answer to what this session has begun; what was begun is used up by it.
pub(super) fn verify(app: &App, caller: &Caller, answer: &str, now: Timestamp) -> Option<AuthenticationResult> {
    let Begun { ceremony: Ceremony::Confirming(state), origin } = app.ceremonies.take(&caller.token, now)? else {
        return None;
    };
    let (_, webauthn) = relying_party(app, &origin)?;
    let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
    webauthn.finish_passkey_authentication(&answer, &state).ok()
}

/// Whether a verified answer is a passkey's that the member still has, and whose counter has gone up: one that has not is
/// perhaps a copy. A counter that stays zero counts nothing.
pub(super) fn take(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    verified: &AuthenticationResult,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for (id, mut row) in of_member(tx, caller.team, caller.member)? {
        let mut passkey = read(&row)?;
        if passkey.cred_id() != verified.cred_id() {
            continue;
        }
        let counts = row.counter > 0 || verified.counter() > 0;
        if counts && verified.counter() <= row.counter {
            return Ok(false);
        }
        passkey.update_credential(verified);
        (row.counter, row.used, row.credential) = (verified.counter(), Some(now), write(&passkey)?);
        PASSKEYS.put(tx, &(caller.team, caller.member, id), &row)?;
        return Ok(true);
    }
    Ok(false)
}

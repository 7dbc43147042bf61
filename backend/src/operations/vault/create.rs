//! Makes a vault: statement, envelopes, its own record and its first head, all or nothing.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, TeamState},
    crypto::Hash,
    ids::{Epoch, Timestamp, VaultId, Version},
    limits,
    operations::{
        records::Written,
        vault::{ChainError, CreateVault, NewVault},
    },
    record::{
        Expected, Head, Leaf, LeafKey, Record, RecordKind, RecordState, SignedHead, Tree, check_head, check_record,
    },
};

use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        records::{Judged, NewEntry, store_head, store_records},
        statement::{Author, Sent, check_envelopes, refuse, store_envelopes, take},
    },
    server::App,
    store::tables::{Entry, HEADS, HeadRow},
};

impl Handler for CreateVault {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?.clone(), call.now);
        let sent = Sent::new(&call, &call.body.statement);
        let body = Arc::new(call.body);
        let made = take(
            app,
            Author::from(&caller),
            sent,
            |followed| {
                let Body::NewVault(new) = &followed.body else { return Err(refuse(Refused::Unknown)) };
                check_envelopes(&followed.state, &new.vault, &body.envelopes)?;
                let first = first_write(&followed.state, &body, new.vault, now).map_err(Refusal::Own)?;
                Ok((first, Arc::clone(&body)))
            },
            |tx, followed, (first, body)| {
                let vault = first.vault;
                // The chain knows the ids of its own team; those of others are known here.
                if HEADS.contains(tx, &vault)? {
                    return Err(refuse(Refused::Used));
                }
                store_envelopes(tx, followed, vault, Epoch::FIRST, &body.envelopes)?;
                store_records(tx, &first)?;
                store_head(tx, &first)?;
                Ok(Written { vault, sequence: first.head.sequence, hash: first.head.hash })
            },
        )
        .await?;
        app.hub.tell(&caller.team, Hint::Vault(made.vault));
        Ok(Reply::Value(made))
    }
}

/// The vault's own record under its first head.
fn first_write(state: &TeamState, body: &NewVault, vault: VaultId, now: Timestamp) -> Result<Judged, ChainError> {
    let record = Record::parse(&body.record).map_err(|_| ChainError::RecordRefused)?;
    let id = vault.object();
    let expected =
        Expected { vault, id, kind: RecordKind::Vault, resource: None, version: Some(Version::FIRST), hash: None };
    let context = record.context();
    let number = state.vault(&vault).map(|vault| vault.number);
    let fits = record.payload().is_some()
        && context.parent == id
        && Some(context.number) == number
        && context.previous == Hash::ZERO
        && context.state == RecordState::Live
        && context.time.since(now) <= limits::CLOCK_SKEW
        && check_record(state, &expected, &record).is_ok();
    if !fits {
        return Err(ChainError::RecordRefused);
    }
    let head = SignedHead::parse(&body.head).map_err(|_| ChainError::HeadRefused)?;
    let key = LeafKey { id, kind: RecordKind::Vault };
    let leaf = Leaf { key, version: Version::FIRST, hash: record.hash() };
    let Head { sequence, previous, rest } = head.value();
    let fits = *sequence == 1
        && *previous == Hash::ZERO
        && rest.author == context.author
        && rest.root == Tree::default().root_with(&[leaf])
        && rest.time.since(now) <= limits::CLOCK_SKEW
        && check_head(state, &vault, &head).is_ok();
    if !fits {
        return Err(ChainError::HeadRefused);
    }
    let entry = Entry {
        version: Version::FIRST,
        hash: record.hash(),
        parent: id,
        number: context.number,
        state: RecordState::Live,
        tier: context.tier,
        sequence: *sequence,
    };
    Ok(Judged {
        vault,
        previous: Hash::ZERO,
        rest: head.value().rest_hash(),
        head: HeadRow { sequence: *sequence, hash: head.value().hash(), head: head.to_wire() },
        entries: vec![NewEntry { key, entry, old: None, record: body.record.clone(), claim: None }],
        leaves: vec![leaf],
    })
}

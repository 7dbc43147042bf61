//! Lists the members, or gives one.

use std::sync::Arc;

use sealward_contract::{
    chain::{Member, TeamState},
    ids::{MemberId, Number},
    limits,
    operations::{
        Page, PageQuery,
        directory::{GetMember, ListMembers, MemberEntry, MembersQuery},
    },
    policy,
    problem::Rejection,
    record::{Record, RecordKind},
    text::LoginName,
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{ReadTx, StoreError, tables::DIRECTORY},
};

impl Handler for ListMembers {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let MembersQuery { login_name, kind, state, cursor, limit } = call.query.clone();
        let malformed = |at: &str| Rejection::Malformed { at: at.into() };
        let limit = PageQuery { cursor: None, limit }.limit().ok_or_else(|| malformed("limit"))?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let after = cursor.as_deref().map(str::parse).transpose().map_err(|_| malformed("cursor"))?;
        let after = Number(after.unwrap_or_default());
        let part = match login_name.as_deref().filter(|part| !part.is_empty()) {
            None => None,
            Some(part) if part.chars().count() > limits::LOGIN_NAME_CHARS => return Err(malformed("login_name").into()),
            // What can be no part of a login name is found in none.
            Some(part) => match LoginName::parse(part) {
                Ok(part) => Some(part),
                Err(_) => return Ok(Reply::Value(Page { items: Vec::new(), next: None })),
            },
        };
        let chain = &caller.state;
        let is_wanted = |member: &&Member| {
            member.number > after
                && part.as_ref().is_none_or(|part| member.keys.login_name.as_str().contains(part.as_str()))
                && kind.is_none_or(|kind| member.kind() == kind)
                && state.is_none_or(|state| member.state == state)
        };
        let mut members: Vec<&Member> = chain.members().filter(is_wanted).collect();
        members.sort_unstable_by_key(|member| member.number);
        let more = members.len() > limit;
        members.truncate(limit);
        let next = members.last().filter(|_| more).map(|last| last.number.0.to_string());
        let items = app.store.read(|tx| {
            members.into_iter().map(|member| describe(tx, chain, &caller.member, member)).collect::<Result<_, _>>()
        })?;
        Ok(Reply::Value(Page { items, next }))
    }
}

impl Handler for GetMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let member = caller.state.member(&call.path.member).ok_or(Rejection::NotFound)?;
        let entry = app.store.read(|tx| describe(tx, &caller.state, &caller.member, member))?;
        Ok(Reply::Value(entry))
    }
}

fn describe(rows: &ReadTx, chain: &TeamState, caller: &MemberId, member: &Member) -> Result<MemberEntry, StoreError> {
    let id = member.id();
    let profile = DIRECTORY.get(rows, &(chain.team(), RecordKind::Profile, id.object()))?;
    let record = profile.as_ref().and_then(|wire| Record::parse_header(wire).ok());
    let changed = chain.time_of(member.changed);
    Ok(MemberEntry {
        member: id,
        number: member.number,
        login_name: member.keys.login_name.clone(),
        kind: member.kind(),
        state: member.state,
        role: member.standing(),
        has_keys: member.has_keys(),
        groups: chain.groups_of(&id).map(|group| group.group).collect(),
        created: chain.time_of(member.since),
        updated: record.as_ref().map_or(changed, |record| changed.max(record.context().time)),
        version: record.map(|record| record.context().version),
        profile,
        authorized_actions: policy::member_actions(chain, caller, member),
    })
}

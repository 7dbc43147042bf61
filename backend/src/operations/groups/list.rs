//! Lists the member groups.

use std::sync::Arc;

use sealward_contract::{
    chain::{Group, TeamState},
    ids::{GroupId, MemberId},
    operations::{
        Page,
        groups::{GroupEntry, GroupVaultRole, ListGroups},
    },
    problem::Rejection,
    record::{Record, RecordKind},
};

use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
    store::{ReadTx, StoreError, tables::DIRECTORY},
};

impl Handler for ListGroups {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let limit = call.query.limit().ok_or(Rejection::Malformed { at: "limit".into() })?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let after = call.query.cursor.as_deref().map(str::parse::<GroupId>).transpose();
        let after = after.map_err(|_| Rejection::Malformed { at: "cursor".into() })?;
        let page = app.store.read(|tx| {
            // Chain and names must be of one moment.
            if let Some(state) = app.teams.state(tx, &caller.team)? {
                caller.state = state;
            }
            let chain = &caller.state;
            let mut groups = chain.groups().filter(|group| after.is_none_or(|after| group.group > after));
            let listed: Vec<&Group> = groups.by_ref().take(limit).collect();
            let next = groups.next().and_then(|_| listed.last()).map(|last| last.group.to_string());
            let items = listed.into_iter().map(|group| describe(tx, chain, &caller.member, group));
            Ok::<_, StoreError>(Page { items: items.collect::<Result<_, _>>()?, next })
        })?;
        Ok(Reply::Value(page))
    }
}

fn describe(rows: &ReadTx, chain: &TeamState, caller: &MemberId, group: &Group) -> Result<GroupEntry, StoreError> {
    let damaged = StoreError::Damaged { table: "directory" };
    let id = group.group;
    let Some(wire) = DIRECTORY.get(rows, &(chain.team(), RecordKind::Group, id.object()))? else { return Err(damaged) };
    let Ok(record) = Record::parse_header(&wire) else { return Err(damaged) };
    let vaults = chain.vaults_of(caller);
    let roles =
        vaults.filter_map(|(vault, _)| Some(GroupVaultRole { vault: *vault, role: chain.group_role(vault, &id)? }));
    Ok(GroupEntry {
        group: id,
        members: group.members().copied().collect(),
        roles: roles.collect(),
        created: chain.time_of(group.since),
        updated: chain.time_of(group.changed),
        version: record.context().version,
        record: wire,
    })
}

//! Releases a secret that is checked out: its record, and both halves of what opens it.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    ids::{RequestId, Timestamp},
    operations::requests::{Grant, LeaseError, LeasedSecret, ReleaseLeased},
    problem::Rejection,
    record::{Record, RecordKind},
    release::ReleaseStatement,
    request::Status,
};

use super::judging::{Account, bound, find, judge};
use crate::{
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        factors::confirmation,
        releasing::{self, Asking, Terms, Unfit},
    },
    server::App,
    store::{
        StoreError, WriteTx,
        tables::{GRANTS, LEASES, LeaseRow, RECORDS},
    },
};

impl Handler for ReleaseLeased {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let asking = Leased { app: Arc::clone(app), request: call.path.request };
        let from = (call.address, call.now);
        releasing::release(app, caller, asking, &call.body.statement, from).await.map(Reply::Value)
    }
}

#[derive(Clone)]
struct Leased {
    app: Arc<App>,
    request: RequestId,
}

impl From<Unfit> for LeaseError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Statement => Self::ReleaseRefused,
            Unfit::Clock => Self::ClockRefused,
        }
    }
}

impl Asking for Leased {
    type Statement = ReleaseStatement;
    type Refused = LeaseError;
    type Given = LeasedSecret;

    fn terms(statement: &ReleaseStatement) -> Terms<'_> {
        statement.into()
    }

    fn check(&self, _: &ReleaseStatement) -> Result<(), Refusal<LeaseError>> {
        // What it has to name stands in the rows.
        Ok(())
    }

    fn act(&self, statement: &ReleaseStatement) -> AuditedAct {
        let ReleaseStatement { vault, account, version, .. } = *statement;
        AuditedAct::SecretReleased { vault, account, version }
    }

    fn give(
        &self,
        tx: &mut WriteTx<'_, '_>,
        caller: &Caller,
        statement: &ReleaseStatement,
        now: Timestamp,
    ) -> Result<LeasedSecret, Refusal<LeaseError>> {
        let own = |error| Err(Refusal::Own(error));
        let known = find(tx, &caller.state, self.request)?;
        let known = known.filter(|known| known.state.requester() == caller.member).ok_or(Rejection::NotFound)?;
        let (vault, account) = (known.row.vault, known.row.account);
        caller.role(&vault)?;
        let looked_at = Account::look(tx, vault, account)?;
        if looked_at.deleted {
            return own(LeaseError::Deleted);
        }
        let standing = looked_at.standing(&caller.state, &vault, &account);
        let (judged, ended) = judge(tx, &self.app.lease_keys, &standing, &known, now)?;
        let place = (caller.team, vault, account, self.request);
        let leased = known.state.lease().zip(LEASES.get(tx, &place)?);
        let Some((lease, row)) = leased.filter(|_| judged.status == Status::CheckedOut && ended.is_none()) else {
            return own(LeaseError::NotCheckedOut);
        };
        if (statement.vault, statement.account, statement.version) != (vault, account, lease.version) {
            return own(LeaseError::ReleaseRefused);
        }
        let damaged = || StoreError::Damaged { table: "records" };
        let record = RECORDS.get(tx, &(vault, RecordKind::Secret, account, lease.version.0))?;
        let Some(record) = record else { return own(LeaseError::Deleted) };
        let header = Record::parse_header(&record).map_err(|_| damaged())?;
        if header.hash() != lease.record {
            return own(LeaseError::NotCheckedOut);
        }
        let terms = standing.policy.and_then(|(_, policy)| policy.terms.as_ref());
        let demanded = terms.is_some_and(|terms| terms.factor);
        confirmation::check_release(tx, caller, header.context().tier, demanded, now)?;
        let grant = match GRANTS.get(tx, &(caller.team, self.request))? {
            None => None,
            Some(kept) => {
                let bound = bound(&caller.team, &self.request);
                let part = self.app.lease_keys.open_sealed(kept.hour, &bound, &kept.part);
                let Some(part) = part else { return own(LeaseError::NotCheckedOut) };
                Some(Grant { envelope: kept.envelope, part })
            }
        };
        LEASES.put(tx, &place, &LeaseRow { opened: true, ..row })?;
        Ok(LeasedSecret { record, grant })
    }
}

//! Requests for guarded secrets: asked, answered, checked out and in, and shown by the names that people know.

use super::{
    clock::millis,
    engine::{Engine, Open},
    message::tell,
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    model::SecretPayload,
    session::{Access, AheadShown, EndShown, Ending, RequestDraft, RequestShown, TextShown, UseHolder},
};
use sealward_contract::{
    chain::{Policy, Requirement},
    ids::Timestamp,
    operations::requests::WhichRequests,
    policy,
    record::RecordKind,
    request::End,
};

impl Engine {
    /// Asks for a secret.
    pub async fn ask_for_secret(&self, ask: AskForSecret) -> Result<(), Error> {
        let open = self.open()?;
        let draft = RequestDraft {
            vault: ask.vault,
            account: ask.account,
            from: ask.from.and_then(|from| u64::try_from(from).ok()).map(Timestamp),
            seconds: Some(ask.seconds),
            reason: ask.reason,
            ticket: ask.ticket,
            extends: ask.extends,
            break_glass: ask.break_glass,
        };
        let asked = open.session.ask_for_secret(draft).await;
        self.take_in(&open);
        tell(Notice::RequestsChanged);
        asked.map(drop).map_err(|error| open.name_user(error))
    }

    /// Takes a step of a request.
    pub async fn take_step(&self, ask: TakeStep) -> Result<(), Error> {
        let open = self.open()?;
        let TakeStep { request, step, comment } = ask;
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        let taken = match step {
            RequestStep::Approve => open.session.approve_request(request, comment).await,
            RequestStep::Reject => open.session.reject_request(request, comment).await,
            RequestStep::Revoke => open.session.revoke_request(request, comment).await,
            RequestStep::Cancel => open.session.cancel_request(request).await,
            RequestStep::CheckOut => open.session.check_out(request).await,
            RequestStep::CheckIn => open.session.check_in(request).await,
            RequestStep::ForceCheckIn => open.session.force_check_in(request, comment).await,
        };
        self.take_in(&open);
        tell(Notice::RequestsChanged);
        taken.map_err(|error| open.name_user(error))
    }

    /// A page of requests.
    pub async fn read_requests(&self, ask: ReadRequests) -> Result<RequestsFound, Error> {
        let open = self.open()?;
        let which = if ask.own { WhichRequests::Own } else { WhichRequests::Others };
        let page = open.session.list_requests(which, ask.open, ask.cursor).await?;
        page.damages.iter().for_each(|damage| open.tell_damage(damage));
        Ok(RequestsFound {
            requests: page.requests.into_iter().map(|shown| open.asked_row(shown)).collect(),
            refused: u32::try_from(page.damages.len()).unwrap_or(u32::MAX),
            next: page.next,
        })
    }

    /// Who has what now, and what is to be changed.
    pub async fn read_uses(&self) -> Result<Vec<UseRow>, Error> {
        let open = self.open()?;
        if !open.knows_policy() {
            return Ok(Vec::new());
        }
        let uses = open.session.list_uses().await?;
        let rows = uses.into_iter().filter_map(|now| {
            let role = open.session.role(&now.vault);
            Some(UseRow {
                secret: open.name_account(now.vault, now.account)?,
                holder: now.holder.map(|holder| open.holder_now(&holder)),
                waiting: now.waiting,
                change_due: now.change_due.is_some(),
                may_renew: role.is_some_and(|role| policy::may_write_record(role, RecordKind::Secret))
                    && open.is_renewable(now.vault, now.account),
                may_force: role.is_some_and(policy::may_force_check_in)
                    && now.holder.is_some_and(|holder| holder.member != open.session.member()),
            })
        });
        Ok(rows.collect())
    }

    /// How many requests wait for the person. Where nothing is guarded, nothing is looked for but emergencies elsewhere, by
    /// whoever reads the audit.
    pub async fn count_requests(&self) -> Result<RequestCounts, Error> {
        let open = self.open()?;
        if !open.knows_policy() {
            // Owners and auditors are told of vaults that they do not see.
            open.find_emergencies(None).await;
            return Ok(RequestCounts { emergencies: count_of(&open.read_emergencies()), ..RequestCounts::default() });
        }
        let others = open.session.list_requests(WhichRequests::Others, true, None).await?;
        open.find_emergencies(Some(&others.requests)).await;
        let own = open.session.list_requests(WhichRequests::Own, true, None).await?;
        let more = others.next.is_some() || own.next.is_some();
        let (others, own) = (others.requests, own.requests);
        let ahead = open.session.list_ahead().await?.items;
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(RequestCounts {
            guarded: true,
            to_answer: count(
                others.iter().filter(|request| request.may.approve).count()
                    + ahead.iter().filter(|ahead| ahead.may.approve).count(),
            ),
            emergencies: count_of(&open.read_emergencies()),
            ready: count(own.iter().filter(|request| request.may.check_out).count()),
            more,
        })
    }

    /// What it takes to come by secrets, for those accounts for which something is asked.
    pub async fn read_accesses(&self, ask: ReadAccesses) -> Result<Vec<AccessView>, Error> {
        let open = self.open()?;
        let mut guarded: Vec<(ObjectId, Access)> = Vec::new();
        // Whatever was sealed under a policy that holds no more, or where the account stood before, is sealed so still.
        let was_guarded = open.was_guarded(&ask.vault);
        let asks = |access: &Access| access.needed > 0 || access.exclusive || access.policy_since.is_some();
        for account in ask.accounts.iter().filter(|account| open.session.has_secret(&ask.vault, account)) {
            let Ok(access) = open.session.access(ask.vault, *account) else { continue };
            if !asks(&access) && !was_guarded {
                continue;
            }
            // What was sealed under another policy is given by the stricter of both.
            let now = open.session.access_now(ask.vault, *account).await.unwrap_or(access);
            if asks(&now) {
                guarded.push((*account, now));
            }
        }
        if guarded.is_empty() {
            return Ok(Vec::new());
        }
        // Without the server it is still known what would have to be asked.
        let uses = open.session.list_uses().await.unwrap_or_default();
        let own = open.session.list_all_requests(WhichRequests::Own, true).await;
        let own = own.map(|page| page.requests).unwrap_or_default();
        let ahead = open.session.list_ahead().await.map(|page| page.items).unwrap_or_default();
        let rows = guarded.into_iter().map(|(account, access)| {
            let mine = own.iter().filter(|request| (request.vault, request.account) == (ask.vault, account));
            // What is checked out comes before what else was asked for.
            let mine = mine.max_by_key(|request| (request.status == RequestStatus::CheckedOut, request.asked));
            let more = mine.and_then(|held| own.iter().find(|request| request.extends == Some(held.id)));
            let used: Vec<_> = uses.iter().filter(|now| (now.vault, now.account) == (ask.vault, account)).collect();
            let is_own = |holder: &UseHolder| holder.member == open.session.member();
            let holders = || used.iter().filter_map(|now| now.holder);
            let holder = holders().find(is_own).or_else(|| holders().next());
            AccessView {
                account,
                direct: access.direct,
                may_ask: access.may_ask,
                may_break_glass: access.may_break_glass,
                needed: access.needed,
                exclusive: access.exclusive,
                reason: wanted(access.reason),
                ticket: wanted(access.ticket),
                ticket_pattern: access.ticket_pattern,
                longest: access.longest,
                approvable: access.approvable,
                ahead: ahead_of(&ahead, &open.session.member(), (ask.vault, account)).map(|it| open.ahead_row(it)),
                own: mine.cloned().map(|shown| open.asked_row(shown)),
                more: more.cloned().map(|shown| open.asked_row(shown)),
                holder: holder.map(|holder| open.holder_now(&holder)),
                waiting: used.iter().map(|now| now.waiting).max().unwrap_or_default(),
                change_due: used.iter().any(|now| now.change_due.is_some()),
                open_still: access.open_still,
            }
        });
        Ok(rows.collect())
    }
}

impl Open {
    /// Has a secret released, in whichever way the person may have it.
    pub async fn release(&self, vault: VaultId, account: ObjectId) -> Result<SecretPayload, client::Error> {
        self.session.release_as_may(vault, account).await.map(|(payload, _)| payload)
    }

    /// Whether a policy of a vault asks, or ever asked, for approvals.
    fn was_guarded(&self, vault: &VaultId) -> bool {
        let chain = self.session.chain();
        let vault = chain.as_ref().and_then(|chain| chain.vault(vault));
        vault.is_some_and(|vault| vault.policies_ever().any(|policy| policy.approvals.0 > 0))
    }

    /// Whether a policy asks, or ever asked, for anything in any vault that the person sees.
    pub(super) fn knows_policy(&self) -> bool {
        let vaults = self.session.vaults();
        let Some(chain) = self.session.chain() else { return false };
        let asks = |policy: &Policy| policy.approvals.0 > 0 || policy.terms.as_ref().is_some_and(|it| it.exclusive);
        vaults.keys().filter_map(|vault| chain.vault(vault)).any(|vault| vault.policies_ever().any(asks))
    }

    /// Names whoever has a secret in use.
    pub(super) fn name_user(&self, error: client::Error) -> Error {
        match error {
            client::Error::InUse { member: Some(member), until } => {
                Error::InUse { name: self.name_of(member), until: until.map(millis) }
            }
            other => other.into(),
        }
    }

    fn holder_now(&self, holder: &UseHolder) -> HolderNow {
        HolderNow {
            name: self.name_of(holder.member),
            own: holder.member == self.session.member(),
            request: holder.request,
            since: millis(holder.since),
            until: millis(holder.until),
        }
    }

    fn asked_row(&self, shown: RequestShown) -> AskedRow {
        let may = shown.may;
        let approvals = shown.approvals.into_iter().map(|approval| ApprovalRow {
            by: self.name_of(approval.by),
            time: millis(approval.time),
            comment: said(approval.comment),
            counts: approval.counts,
        });
        AskedRow {
            id: shown.id,
            secret: self.name_account(shown.vault, shown.account),
            vault: shown.vault,
            account: shown.account,
            requester: self.name_of(shown.requester),
            own: shown.requester == self.session.member(),
            asked: millis(shown.asked),
            from: millis(shown.from),
            seconds: shown.seconds,
            reason: said(shown.reason),
            ticket: said(shown.ticket),
            status: shown.status,
            needed: shown.needed,
            approvals: approvals.collect(),
            lease: shown.lease.map(|lease| (millis(lease.since), millis(lease.until))),
            superseded: shown.superseded,
            end: shown.end.map(|end| self.end_row(end)),
            until: millis(shown.until),
            before: shown.before,
            free_at: shown.free_at.map(millis),
            extends: shown.extends.is_some(),
            break_glass: shown.break_glass,
            barred: shown.barred,
            ahead: shown.ahead,
            may: MayStep {
                approve: may.approve,
                reject: may.reject,
                revoke: may.revoke,
                cancel: may.cancel,
                check_out: may.check_out,
                check_in: may.check_in,
                force_check_in: may.force_check_in,
            },
        }
    }

    fn end_row(&self, end: EndShown) -> EndRow {
        EndRow {
            how: match end.how {
                Ending::Stated(End::ForcedIn) => EndHow::Forced,
                Ending::Stated(_) => EndHow::Stated,
                Ending::Lapsed => EndHow::Lapsed,
                Ending::Restored => EndHow::Restored,
                Ending::Extended => EndHow::Extended,
            },
            by: end.by.map(|by| self.name_of(by)).unwrap_or_default(),
            time: end.time.map(millis),
            comment: said(end.comment),
        }
    }
}

fn count_of(rows: &[EmergencyRow]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// What was approved ahead for a member and an account: what may be used at once before what may be used later.
fn ahead_of(all: &[AheadShown], member: &MemberId, place: (VaultId, ObjectId)) -> Option<AheadShown> {
    let own = all.iter().filter(|shown| (shown.vault, shown.account) == place && shown.member == *member);
    let ready = own.filter(|shown| shown.status == AheadStatus::Ready);
    ready.max_by_key(|shown| (shown.closes, std::cmp::Reverse(shown.opens))).cloned()
}

/// What was said, as the page shows it.
pub fn said(text: TextShown) -> Said {
    match text {
        TextShown::None => Said::Nothing,
        TextShown::Text(text) => Said::Text(text),
        TextShown::Unopenable => Said::Unopenable,
    }
}

/// Whether something goes with a request.
pub const fn wanted(requirement: Requirement) -> Wanted {
    match requirement {
        Requirement::None => Wanted::No,
        Requirement::Optional => Wanted::Maybe,
        Requirement::Required => Wanted::Yes,
    }
}

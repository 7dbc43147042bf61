//! A request as it is shown: replayed, judged, and with what was said in it.

use super::{Known, Session};
use crate::{
    error::{Damage, Error},
    transport::Transport,
};
use sealward_contract::{
    audit::RequestEnd,
    chain::{Requirement, VaultState},
    ids::{MemberId, ObjectId, RequestId, Timestamp, VaultId, Version},
    limits, policy,
    record::{LeafKey, RecordKind},
    request::{End, Lease, RequestBody, RequestState, SealedText, Standing, Status},
};

/// What somebody has to do for a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether it is released without a request.
    pub direct: bool,
    /// Whether this member may ask for it.
    pub may_ask: bool,
    /// Whether this member may take it at once, in an emergency.
    pub may_break_glass: bool,
    /// How many approvals it needs, for this member.
    pub needed: u8,
    /// Whether one person has it at a time.
    pub exclusive: bool,
    /// Whether a reason goes with a request.
    pub reason: Requirement,
    /// Whether a ticket goes with a request.
    pub ticket: Requirement,
    /// What a ticket has to match.
    pub ticket_pattern: Option<String>,
    /// Longest lease in seconds.
    pub longest: u32,
    /// For how many seconds a request waits.
    pub waits: u32,
    /// Whether it is to be changed after use.
    pub change_after_use: bool,
    /// The statement that set the policy in force.
    pub policy_since: Option<u64>,
    /// Whether there are enough others who may approve it for this member.
    pub approvable: bool,
    /// Whether the policy asks for approvals of a secret whose present version was sealed before it: whoever opens
    /// secrets here has the key to that one until it is changed.
    pub open_still: bool,
}

impl Access {
    pub(super) fn of(standing: &Standing<'_>, vault: &VaultId, member: &MemberId) -> Self {
        let policy = standing.policy.map(|(_, policy)| policy);
        let terms = policy.and_then(|policy| policy.terms.as_ref());
        let role = standing.team.vault_role(vault, member);
        let needed = standing.needed(vault, member, false);
        let exclusive = terms.is_some_and(|terms| terms.exclusive);
        let direct = role
            .zip(standing.secret)
            .is_some_and(|(role, secret)| policy::may_release_directly(role, secret.tier, policy, member));
        Self {
            direct,
            may_ask: !direct && needed.is_some_and(|needed| needed > 0 || exclusive),
            may_break_glass: !direct && policy::may_break_glass(standing.team, vault, policy, member),
            needed: needed.unwrap_or(0),
            exclusive,
            reason: policy.map_or(Requirement::Optional, |policy| policy.reason),
            ticket: terms.map_or(Requirement::None, |terms| terms.ticket),
            ticket_pattern: terms.and_then(|terms| terms.ticket_pattern.clone()),
            longest: terms.and_then(|terms| terms.longest).unwrap_or(limits::LEASE_DEFAULT),
            waits: terms.and_then(|terms| terms.waits).unwrap_or(limits::REQUEST_WAITS),
            change_after_use: terms.is_some_and(|terms| terms.change_after_use),
            policy_since: standing.policy.map(|(since, _)| since),
            approvable: has_approvers(standing, vault, member, usize::from(needed.unwrap_or(0))),
            open_still: false,
        }
    }
}

/// Whether so many others may approve what a member asks for, each of them another keeper.
fn has_approvers(standing: &Standing<'_>, vault: &VaultId, member: &MemberId, needed: usize) -> bool {
    let policy = standing.policy.map(|(_, policy)| policy);
    let grants = standing.team.vault(vault).into_iter().flat_map(VaultState::grants);
    let mut chosen: Vec<MemberId> = Vec::new();
    for (other, _) in grants.filter(|(other, _)| policy::may_approve(standing.team, vault, policy, other)) {
        if standing.is_somebody_else(member, &chosen, other) {
            chosen.push(*other);
        }
    }
    chosen.len() >= needed
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextShown {
    /// Nothing.
    None,
    /// This.
    Text(String),
    /// Something that this member cannot open.
    Unopenable,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalShown {
    /// Whose.
    pub by: MemberId,
    /// When.
    pub time: Timestamp,
    /// What was said.
    pub comment: TextShown,
    /// Whether it counts now: the secret, its policy or a right may have changed since.
    pub counts: bool,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By a statement.
    Stated(End),
    /// By the clock, or a right that was lost.
    Lapsed,
    /// A backup was restored, by the server's word.
    Restored,
    /// A further request took its lease over.
    Extended,
}

/// The end of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndShown {
    /// How.
    pub how: Ending,
    /// By whom, where somebody did it.
    pub by: Option<MemberId>,
    /// When, where it is known.
    pub time: Option<Timestamp>,
    /// What was said.
    pub comment: TextShown,
}

/// What this member may do with a request now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestActions {
    /// Approve it.
    pub approve: bool,
    /// Reject it.
    pub reject: bool,
    /// Take an approval back.
    pub revoke: bool,
    /// Cancel it.
    pub cancel: bool,
    /// Check it out: it is its turn, and nobody else has the secret.
    pub check_out: bool,
    /// See the secret, and check it in.
    pub check_in: bool,
    /// Check it in for somebody else.
    pub force_check_in: bool,
}

/// A request as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestShown {
    /// Its id.
    pub id: RequestId,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Who asks.
    pub requester: MemberId,
    /// When it was asked.
    pub asked: Timestamp,
    /// When it may be checked out first.
    pub from: Timestamp,
    /// When it ends at the latest.
    pub to: Timestamp,
    /// For how many seconds it is wanted.
    pub seconds: u32,
    /// Why.
    pub reason: TextShown,
    /// For which ticket.
    pub ticket: TextShown,
    /// How it stands.
    pub status: Status,
    /// How many approvals it needs.
    pub needed: u8,
    /// The newest approval of each who gave one.
    pub approvals: Vec<ApprovalShown>,
    /// What was checked out.
    pub lease: Option<Lease>,
    /// Whether the secret has a newer version than the one that is checked out: that one is still given, and most likely
    /// good for nothing.
    pub superseded: bool,
    /// How it ended.
    pub end: Option<EndShown>,
    /// When the clock moves it on, if nothing else does.
    pub until: Timestamp,
    /// How many have the secret or the turn before it, by the server's word.
    pub before: u32,
    /// When the clock moves that on, by the server's word.
    pub free_at: Option<Timestamp>,
    /// The request whose lease it goes on with.
    pub extends: Option<RequestId>,
    /// Whether it was taken in an emergency.
    pub break_glass: bool,
    /// Whether whoever asked may not have secrets there now.
    pub barred: bool,
    /// Whether it was taken by an approval that was given ahead.
    pub ahead: bool,
    /// What this member may do with it.
    pub may: RequestActions,
}

/// A page of requests.
pub struct RequestsPage {
    /// The requests.
    pub requests: Vec<RequestShown>,
    /// What was left out, and why.
    pub damages: Vec<Damage>,
    /// Where to go on; `None` on the last page.
    pub next: Option<String>,
}

impl<T: Transport> Session<T> {
    /// Judges a request and opens what was said.
    pub(super) fn show(&self, known: &Known) -> Result<RequestShown, Error> {
        let Known { state, listed, .. } = known;
        let ask = state.ask();
        let now = self.surroundings.now();
        let (mut judged, mut may) = self.judge_with(known, now, |standing, judged| {
            let may = may_do(standing, state, judged.status, &self.identity.member, now, &judged.approved_by);
            (judged, may)
        })?;
        // Whose turn it is, the server says, and refuses whoever comes before it.
        may.check_out &= listed.before.is_none_or(|before| before == 0);
        // The server's word ends what it serves, and begins nothing.
        if let Some(ended) = listed.ended.filter(|_| !judged.status.is_final()) {
            judged.status = match ended {
                RequestEnd::CheckedIn | RequestEnd::Extended => Status::CheckedIn,
                RequestEnd::Void | RequestEnd::Restored => Status::Void,
            };
            may = RequestActions::default();
        }
        let (reason, ticket) = match &ask.reason {
            None => (TextShown::None, TextShown::None),
            Some(sealed) => match self.open_request_text(ask.vault, &state.id(), 0, sealed) {
                None => (TextShown::Unopenable, TextShown::Unopenable),
                Some(text) => (said(text.reason), said(text.ticket)),
            },
        };
        let approvals = self.show_approvals(known, &judged.approved_by);
        Ok(RequestShown {
            id: state.id(),
            vault: ask.vault,
            account: ask.account,
            requester: state.requester(),
            asked: state.asked(),
            from: ask.from,
            to: ask.to,
            seconds: ask.seconds,
            reason,
            ticket,
            status: judged.status,
            needed: judged.needed,
            approvals,
            lease: state.lease(),
            superseded: judged.status == Status::CheckedOut
                && state.lease().is_some_and(|lease| self.secret_version(ask.vault, ask.account) > Some(lease.version)),
            end: self.show_end(known, judged.status),
            until: judged.until,
            before: listed.before.unwrap_or_default(),
            free_at: listed.free_at,
            extends: ask.extends,
            break_glass: ask.break_glass,
            barred: !self.with_chain(|chain| policy::may_request(chain, &ask.vault, &state.requester()))?,
            ahead: ask.ahead.is_some(),
            may,
        })
    }

    /// The present version of an account's secret, as far as this session has synchronised.
    fn secret_version(&self, vault: VaultId, account: ObjectId) -> Option<Version> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        self.vaults.borrow().get(&vault)?.tree().get(&key).map(|leaf| leaf.version)
    }

    fn show_approvals(&self, known: &Known, counted: &[MemberId]) -> Vec<ApprovalShown> {
        let mut shown: Vec<ApprovalShown> = Vec::new();
        for signed in &known.statements {
            let statement = signed.value();
            let RequestBody::Approve(approve) = &statement.body else { continue };
            // Who approved twice did so anew, and the newest is what may count.
            shown.retain(|earlier| earlier.by != statement.author);
            shown.push(ApprovalShown {
                by: statement.author,
                time: statement.time,
                comment: self.show_comment(known, statement.number, approve.comment.as_ref()),
                counts: counted.contains(&statement.author),
            });
        }
        shown
    }

    fn show_end(&self, known: &Known, status: Status) -> Option<EndShown> {
        if let Some((end, by, time)) = known.state.end() {
            let last = known.statements.last()?.value();
            let comment = match &last.body {
                RequestBody::Reject(comment) | RequestBody::ForceCheckIn(comment) | RequestBody::Revoke(comment) => {
                    self.show_comment(known, last.number, comment.text.as_ref())
                }
                _ => TextShown::None,
            };
            return Some(EndShown { how: Ending::Stated(end), by: Some(by), time: Some(time), comment });
        }
        if !status.is_final() {
            return None;
        }
        let how = match known.listed.ended {
            Some(RequestEnd::Restored) => Ending::Restored,
            Some(RequestEnd::Extended) => Ending::Extended,
            Some(RequestEnd::CheckedIn | RequestEnd::Void) | None => Ending::Lapsed,
        };
        let time = known.state.lease().map(|lease| lease.until);
        Some(EndShown { how, by: None, time, comment: TextShown::None })
    }

    fn show_comment(&self, known: &Known, number: u32, text: Option<&SealedText>) -> TextShown {
        let Some(text) = text else { return TextShown::None };
        let opened = self.open_request_text(known.state.ask().vault, &known.state.id(), number, text);
        opened.map_or(TextShown::Unopenable, |text| said(text.reason))
    }
}

fn said(text: Option<String>) -> TextShown {
    text.map_or(TextShown::None, TextShown::Text)
}

fn may_do(
    standing: &Standing<'_>,
    state: &RequestState,
    status: Status,
    member: &MemberId,
    now: Timestamp,
    approved_by: &[MemberId],
) -> RequestActions {
    let (team, vault) = (standing.team, &state.ask().vault);
    let own = *member == state.requester();
    let policy = standing.policy.map(|(_, policy)| policy);
    let approver = !own && policy::may_approve(team, vault, policy, member);
    let custodian = team.vault_role(vault, member).is_some_and(policy::may_force_check_in);
    let (requested, approved) = (status == Status::Requested, status == Status::Approved);
    let may_have = policy::may_request(team, vault, &state.requester());
    RequestActions {
        approve: requested
            && standing.secret.is_some()
            && may_have
            && approver
            && standing.is_somebody_else(&state.requester(), approved_by, member),
        reject: requested && approver,
        revoke: approved && !own && (custodian || approver),
        cancel: own && (requested || approved),
        check_out: own && approved && now >= state.ask().from,
        check_in: own && status == Status::CheckedOut,
        force_check_in: custodian && !own && status == Status::CheckedOut,
    }
}

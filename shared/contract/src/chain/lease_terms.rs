//! What a policy says of leases: how long, by whom, and on which conditions.

use crate::{chain::Requirement, ids::MemberId, limits};
use minicbor::{Decode, Encode};

/// What holds besides approvals and reason.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LeaseTerms {
    /// Whether one person has the secret at a time, custodians and owners included. Only the server can enforce it.
    #[n(0)]
    pub exclusive: bool,
    /// Longest lease in seconds; [`limits::LEASE_DEFAULT`] where nothing is said.
    #[n(1)]
    pub longest: Option<u32>,
    /// Whether a ticket goes with a request.
    #[n(2)]
    pub ticket: Requirement,
    /// What a ticket has to match, as a regular expression. Only clients can check it: the ticket is sealed.
    #[n(3)]
    pub ticket_pattern: Option<String>,
    /// Whether a second factor is asked for, whatever the team's policy says. Only the server can enforce it.
    #[n(4)]
    pub factor: bool,
    /// Whether the secret is to be changed after each lease.
    #[n(5)]
    pub change_after_use: bool,
    /// For how many seconds a request waits for approvals; [`limits::REQUEST_WAITS`] where nothing is said.
    #[n(6)]
    pub waits: Option<u32>,
    /// Who approves: custodians, and services that are named here; every custodian where there is none.
    #[n(7)]
    pub approvers: Vec<MemberId>,
    /// The custodians who need no approval; every custodian where nothing is said. Their keys open the secret either way:
    /// the server asks the others to ask.
    #[n(8)]
    pub exempt: Option<Vec<MemberId>>,
    /// The custodians who may take the secret at once when there is no time to ask.
    #[n(9)]
    pub break_glass: Vec<MemberId>,
}

impl Default for LeaseTerms {
    fn default() -> Self {
        Self {
            exclusive: false,
            longest: None,
            ticket: Requirement::None,
            ticket_pattern: None,
            factor: false,
            change_after_use: false,
            waits: None,
            approvers: Vec::new(),
            exempt: None,
            break_glass: Vec::new(),
        }
    }
}

impl LeaseTerms {
    /// Whether they keep within the limits.
    #[must_use]
    pub fn is_within_limits(&self) -> bool {
        let named = [&self.approvers, self.exempt.as_ref().unwrap_or(&self.approvers), &self.break_glass];
        self.longest.is_none_or(|longest| limits::LEASE_SECONDS.contains(&longest))
            && self.waits.is_none_or(|waits| limits::REQUEST_WAITS_SECONDS.contains(&waits))
            && self.ticket_pattern.as_ref().is_none_or(|it| it.chars().count() <= limits::TICKET_PATTERN_CHARS)
            && named.iter().all(|named| named.len() <= limits::POLICY_MEMBERS && named.is_sorted_by(|a, b| a < b))
    }
}

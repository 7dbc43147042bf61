//! A plan in the making: finds or adds groups and resources, checks each account before it is taken.

use super::plan::{Identity, ImportPlan, PlannedAccount, PlannedGroup, PlannedResource};
use super::refusal::{Reason, Rejected};
use crate::model::{
    CustomField, CustomValue, HiddenField, Payload, ResourceDetails, ResourceGroupDetails, SecretText, Unwritable,
    limits,
};
use sealward_contract::ids::Timestamp;
use std::collections::HashMap;

/// A plan in the making.
pub(super) struct Draft {
    pub(super) plan: ImportPlan,
    pub(super) now: Timestamp,
    groups: HashMap<String, usize>,
    resources: HashMap<Identity, usize>,
    /// How often the columns of an account were seen: rows that differ only in their secret are two accounts.
    seen: HashMap<Identity, usize>,
}

impl Draft {
    pub(super) fn new(now: Timestamp) -> Self {
        let plan = ImportPlan {
            groups: Vec::new(),
            resources: Vec::new(),
            accounts: Vec::new(),
            rejected: Vec::new(),
            left_out: Vec::new(),
            rows: 0,
        };
        Self { plan, now, groups: HashMap::new(), resources: HashMap::new(), seen: HashMap::new() }
    }

    pub(super) fn finish(self) -> ImportPlan {
        self.plan
    }

    pub(super) fn reject(&mut self, row: usize, name: &str, reason: Reason) {
        self.plan.rejected.push(Rejected { row, name: line(name).chars().take(limits::NAME).collect(), reason });
    }

    /// The group at a path of names by `/`, made with all groups on the way. `None` for no path.
    pub(super) fn group(&mut self, path: &str) -> Option<usize> {
        let mut parent = None;
        let mut walked = String::new();
        for name in path.split('/').map(line).filter(|name| !name.is_empty()) {
            let name: String = name.chars().take(limits::NAME).collect();
            walked.push('/');
            walked.push_str(&name);
            let known = self.groups.get(&walked).copied();
            parent = Some(known.unwrap_or_else(|| {
                let source_id = Some(format!("group:{walked}")).filter(|id| id.chars().count() <= limits::SOURCE_ID);
                let details = ResourceGroupDetails { name, notes: String::new(), source_id };
                self.plan.groups.push(PlannedGroup { parent, details });
                let at = self.plan.groups.len() - 1;
                self.groups.insert(walked.clone(), at);
                at
            }));
        }
        parent
    }

    /// A resource that was planned before.
    pub(super) fn known_resource(&self, identity: &Identity) -> Option<usize> {
        self.resources.get(identity).copied()
    }

    /// A number that tells this account from others with the same columns; `None` for the first.
    pub(super) fn repetition(&mut self, identity: &Identity) -> Option<usize> {
        let seen = self.seen.entry(identity.clone()).or_default();
        *seen += 1;
        (*seen > 1).then_some(*seen)
    }

    /// Takes an account, and the resource that it is on unless that is known; or neither.
    pub(super) fn take(
        &mut self,
        resource: Result<usize, PlannedResource>,
        account: impl FnOnce(usize) -> PlannedAccount,
    ) -> Result<(), Reason> {
        let at = resource.as_ref().map_or(self.plan.resources.len(), |at| *at);
        let account = account(at);
        check(&account.details)?;
        check(&account.secret)?;
        if let Err(resource) = resource {
            check(&resource.details)?;
            self.resources.insert(resource.identity.clone(), at);
            self.plan.resources.push(resource);
        }
        self.plan.accounts.push(account);
        Ok(())
    }

    /// The details of a resource that is already planned.
    pub(super) fn resource(&self, at: usize) -> Option<&ResourceDetails> {
        self.plan.resources.get(at).map(|resource| &resource.details)
    }
}

fn check<P: Payload>(payload: &P) -> Result<(), Reason> {
    match payload.to_bytes() {
        Ok(_) => Ok(()),
        Err(Unwritable::Invalid(invalid)) => Err(Reason::Invalid(invalid)),
        Err(Unwritable::TooLarge { .. }) => Err(Reason::TooLarge),
    }
}

/// One line of text: control characters become blanks.
pub(super) fn line(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Custom fields in the making, each label once.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) plain: Vec<CustomField>,
    pub(super) hidden: Vec<HiddenField>,
}

impl Fields {
    pub(super) fn push_text(&mut self, label: &str, value: &str) {
        let label = self.free_label(label);
        self.plain.push(CustomField { label, value: CustomValue::Text(value.to_owned()) });
    }

    pub(super) fn push_hidden(&mut self, label: &str, value: SecretText) {
        let label = self.free_label(label);
        self.plain.push(CustomField { label: label.clone(), value: CustomValue::Hidden });
        self.hidden.push(HiddenField { label, value });
    }

    fn free_label(&self, label: &str) -> String {
        let mut label = line(label);
        if label.is_empty() {
            label = (self.plain.len() + 1).to_string();
        }
        let taken = |label: &str| self.plain.iter().any(|field| field.label == label);
        let mut free = label.clone();
        let mut number = 2;
        while taken(&free) {
            free = format!("{label} ({number})");
            number += 1;
        }
        free
    }
}

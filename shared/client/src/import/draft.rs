//! A plan in the making: finds or adds groups and resources, checks each account before it is taken.

use super::attachments::fit;
use super::plan::{Identity, ImportPlan, PlannedAccount, PlannedGroup, PlannedResource};
use super::refusal::{LeftOut, Part, Reason, Rejected};
use crate::model::{Payload, ResourceDetails, ResourceGroupDetails, Unwritable, limits};
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
        let plan = ImportPlan::default();
        Self { plan, now, groups: HashMap::new(), resources: HashMap::new(), seen: HashMap::new() }
    }

    pub(super) fn finish(self) -> ImportPlan {
        self.plan
    }

    pub(super) fn reject(&mut self, row: usize, name: &str, reason: Reason) {
        self.plan.rejected.push(Rejected { row, name: short(name), reason });
    }

    pub(super) fn leave_out(&mut self, row: usize, name: &str, part: Part) {
        let left = LeftOut { row, name: short(name), part };
        let mut of_row = self.plan.left_out.iter().rev().take_while(|other| other.row == row);
        if !of_row.any(|other| *other == left) {
            self.plan.left_out.push(left);
        }
    }

    /// The group at a path of names by `/`, made with all groups on the way. `None` for no path.
    pub(super) fn group(&mut self, path: &str) -> Option<usize> {
        self.group_of(path.split('/'))
    }

    /// The group that stands in others by these names, made with all of them. `None` for no name.
    pub(super) fn group_of<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        let mut parent = None;
        let mut walked = String::new();
        for name in names.into_iter().map(line).filter(|name| !name.is_empty()) {
            let name: String = name.chars().take(limits::NAME).collect();
            walked.push('/');
            walked.push_str(&name.replace('/', "//"));
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

    /// These columns, with a number after them when an account with the same ones was seen before.
    pub(super) fn identify(&mut self, mut columns: Vec<String>) -> Identity {
        let identity = Identity::Columns(columns.clone());
        let seen = self.seen.entry(identity.clone()).or_default();
        *seen += 1;
        if *seen == 1 {
            return identity;
        }
        columns.push(seen.to_string());
        Identity::Columns(columns)
    }

    /// Takes a resource that may stay without accounts.
    pub(super) fn add_resource(&mut self, resource: PlannedResource) -> Result<usize, Reason> {
        check(&resource.details)?;
        let at = self.plan.resources.len();
        self.resources.insert(resource.identity.clone(), at);
        self.plan.resources.push(resource);
        Ok(at)
    }

    /// Takes an account, and the resource that it is on unless that is known; or neither. Files that it cannot have are
    /// left out.
    pub(super) fn take(
        &mut self,
        resource: Result<usize, PlannedResource>,
        account: impl FnOnce(usize) -> PlannedAccount,
    ) -> Result<(), Reason> {
        let at = resource.as_ref().map_or(self.plan.resources.len(), |at| *at);
        let mut account = account(at);
        check(&account.details)?;
        check(&account.secret)?;
        if let Err(resource) = resource {
            self.add_resource(resource)?;
        }
        if !fit(&account.details, &mut account.attachments) {
            let name = self.resource(at).map(|resource| resource.name.clone()).unwrap_or_default();
            self.leave_out(account.row, &name, Part::File);
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

fn short(name: &str) -> String {
    line(name).chars().take(limits::NAME).collect()
}

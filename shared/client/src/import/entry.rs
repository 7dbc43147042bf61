//! One entry of an export, whatever wrote it: it becomes a resource with one account.

use super::draft::{Draft, line};
use super::fields::Fields;
use super::plan::{Identity, PastPassword, PlannedAccount, PlannedFile, PlannedResource};
use super::refusal::{Part, Reason};
use crate::model::{AccountDetails, Day, ResourceDetails, SecretPayload, SecretText, SecretType, limits};
use sealward_contract::ids::Timestamp;

/// What is put on a favourite, for there is nothing else that tells it.
pub(super) const FAVOURITE: &str = "favourite";
/// What is put on what had been put away.
pub(super) const ARCHIVED: &str = "archived";

/// An entry.
#[derive(Default)]
pub(super) struct Entry {
    /// The program that wrote it.
    pub(super) source: &'static str,
    /// Its id there, if it has one.
    pub(super) id: String,
    /// The names of the groups that it lies in, from the outside.
    pub(super) path: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) name: String,
    pub(super) resource_type: String,
    pub(super) url: String,
    pub(super) dns_name: String,
    pub(super) user_name: String,
    pub(super) notes: String,
    pub(super) secret_type: SecretType,
    pub(super) value: SecretText,
    pub(super) otp_seed: SecretText,
    pub(super) expiry: Option<Day>,
    pub(super) is_archived: bool,
    pub(super) fields: Fields,
    pub(super) history: Vec<PastPassword>,
    pub(super) attachments: Vec<PlannedFile>,
    pub(super) created: Option<Timestamp>,
    pub(super) changed: Option<Timestamp>,
    /// What of it cannot be taken.
    pub(super) left_out: Vec<Part>,
}

impl Entry {
    /// A seed of one-time codes; further ones are kept in hidden fields.
    pub(super) fn push_otp(&mut self, label: &str, seed: SecretText) {
        if self.otp_seed.is_empty() {
            self.otp_seed = seed;
        } else {
            self.fields.push_hidden(label, seed);
        }
    }

    /// A tag, if there is room for it.
    pub(super) fn push_tag(&mut self, tag: &str) {
        push_tag(&mut self.tags, tag);
    }

    /// A URL: the first one is the resource's, further ones are fields.
    pub(super) fn push_url(&mut self, url: &str) {
        let url = line(url);
        if self.url.is_empty() {
            self.url = url;
        } else if url != self.url {
            self.fields.push_text("URL", &url);
        }
    }

    /// Takes it into the draft, or says why not.
    pub(super) fn take(mut self, row: usize, draft: &mut Draft) -> Result<(), Reason> {
        let name = [line(&self.name), host(&self.url), line(&self.dns_name), line(&self.user_name)];
        let name = name.into_iter().find(|name| !name.is_empty()).ok_or(Reason::NoName)?;
        if self.is_archived {
            push_tag(&mut self.tags, ARCHIVED);
        }
        if self.history.len() > self.fields.room() {
            self.history.truncate(self.fields.room());
            self.left_out.push(Part::History);
        }
        let group = draft.group_of(self.path.iter().map(String::as_str));
        let source_id = (!self.id.is_empty()).then(|| format!("{}:{}", self.source, line(&self.id)));
        let created = self.created.unwrap_or(draft.now);
        let changed = self.changed.unwrap_or(created);
        // Without an id the same entry is known by what it is called.
        let identity = match &source_id {
            Some(id) => Identity::SourceId(id.clone()),
            None => {
                let path = self.path.join("/");
                let columns = [self.source, &path, &name, &self.url, &self.user_name];
                draft.identify(columns.map(str::to_owned).into())
            }
        };
        let resource = PlannedResource {
            group,
            files: Vec::new(),
            details: ResourceDetails {
                name: name.clone(),
                resource_type: line(&self.resource_type),
                url: self.url,
                dns_name: line(&self.dns_name),
                created,
                changed,
                source_id: source_id.clone(),
                ..ResourceDetails::default()
            },
            identity: identity.clone(),
        };
        let fields = self.fields.finish();
        let user_name = line(&self.user_name);
        draft.take(Err(resource), |resource| PlannedAccount {
            resource,
            details: AccountDetails {
                name: if user_name.is_empty() { name.clone() } else { user_name.chars().take(limits::NAME).collect() },
                user_name,
                secret_type: self.secret_type,
                active: !self.is_archived,
                expiry: self.expiry,
                notes: self.notes,
                custom_fields: fields.plain,
                tags: self.tags,
                created,
                changed,
                source_id,
                ..AccountDetails::default()
            },
            secret: SecretPayload {
                value: self.value,
                hidden: fields.hidden,
                otp_seed: Some(self.otp_seed).filter(|seed| !seed.is_empty()),
            },
            history: self.history,
            identity,
            row,
            attachments: self.attachments,
        })?;
        self.left_out.dedup();
        for part in self.left_out {
            draft.leave_out(row, &name, part);
        }
        Ok(())
    }
}

/// Adds a tag if it is new and there is room for it.
pub(super) fn push_tag(tags: &mut Vec<String>, tag: &str) {
    let tag: String = line(tag).chars().take(limits::TAG).collect();
    let tag = tag.trim().to_owned();
    if !tag.is_empty() && !tags.contains(&tag) && tags.len() < limits::TAGS {
        tags.push(tag);
    }
}

/// The host of a URL.
pub(super) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Chrome writes `android://hash@package`.
    host.rsplit('@').next().unwrap_or_default().to_owned()
}

/// The type of a resource that is opened in a browser.
pub(super) fn type_of(url: &str) -> &'static str {
    if url.starts_with("http") { "Website" } else { "" }
}

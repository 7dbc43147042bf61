//! The audit, with the names of what the person sees.

use std::collections::BTreeMap;

use super::{
    clock::{millis, now},
    engine::{Engine, Open},
    message::tell,
};
use crate::bridge::*;
use sealward_client::{
    export::{
        audit::{AuditLine, write_csv, write_json},
        day_text,
    },
    model::Day,
    session::{AuditChecked, EventsListed, ListedEvent},
    vault::Details,
};
use sealward_contract::{
    audit::Basis,
    crypto::Hash,
    ids::{InviteId, Timestamp},
    limits,
    operations::audit::{EventOrder, EventsQuery},
    record::{LeafKey, RecordKind},
};

/// Kinds of objects that have a name.
const NAMED: [RecordKind; 4] =
    [RecordKind::Account, RecordKind::Resource, RecordKind::ResourceGroup, RecordKind::Vault];
/// Most names of one event.
const NAMES: usize = 3;

impl Engine {
    /// A page of events, the newest first.
    pub async fn read_audit(&self, ask: ReadAudit) -> Result<AuditView, Error> {
        let open = self.open()?;
        let query = EventsQuery { cursor: ask.cursor, limit: Some(ask.limit), ..query_of(&ask.ask) };
        let listed = open.session.list_events(&query).await;
        self.take_in(&open);
        let EventsListed { events, next } = listed?;
        let mut names = Names::default();
        let rows = events.into_iter().map(|listed| open.audit_row(listed, &mut names)).collect();
        let chain = open.session.chain().ok_or(Error::Gone)?;
        let all = open.session.reads_audit();
        let mut people: Vec<(MemberId, String)> =
            chain.members().map(|member| (member.id(), member.keys.login_name.to_string())).collect();
        people.sort_by(|a, b| a.1.cmp(&b.1));
        let own = open.session.member();
        people.retain(|(member, _)| all || *member == own);
        let seen = open.session.vaults();
        let mut vaults: Vec<NamedVault> = seen.keys().map(|vault| open.name_vault(*vault)).collect();
        vaults.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(AuditView { rows, next, all, people, vaults })
    }

    /// Walks the whole chain.
    pub async fn check_audit(&self) -> Result<AuditVerdict, Error> {
        let open = self.open()?;
        let progress = |done: u64, total: u64| {
            let steps = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
            let (done, total) = (steps(done), steps(total));
            tell(Notice::Progress(Progress { work: Work::CheckingAudit, done, total }));
        };
        let checked = open.session.check_audit(progress).await;
        self.take_in(&open);
        let AuditChecked { events, steps_alone, anchor, whole, broken, .. } = checked?;
        Ok(AuditVerdict { events, steps_alone, removed: anchor.sequence, whole, broken })
    }

    /// All events that are wanted, the oldest first.
    pub async fn export_audit(&self, ask: ExportAudit) -> Result<AuditFile, Error> {
        let open = self.open()?;
        let order = EventOrder::Oldest;
        let mut query = EventsQuery { limit: Some(limits::PAGE), order, ..query_of(&ask.ask) };
        let (mut lines, mut names) = (Vec::new(), Names::default());
        loop {
            let EventsListed { events, next } = open.session.list_events(&query).await?;
            lines.extend(events.into_iter().map(|listed| open.audit_line(listed, &mut names)));
            match next {
                Some(next) if query.cursor.as_ref() != Some(&next) => query.cursor = Some(next),
                _ => break,
            }
        }
        self.take_in(&open);
        let (bytes, ending) = match ask.form {
            AuditForm::Csv => (write_csv(&lines), "csv"),
            AuditForm::Json => (write_json(&lines), "json"),
        };
        let name = format!("audit-{}.{ending}", day_text(Day::of(now())));
        Ok(AuditFile { name, bytes, events: u32::try_from(lines.len()).unwrap_or(u32::MAX) })
    }
}

fn query_of(ask: &AuditAsk) -> EventsQuery {
    let AuditAsk { member, kind, vault, object, from, until } = *ask;
    let (from, until) = (from.map(Timestamp), until.map(Timestamp));
    EventsQuery { member, kind, vault, object, from, until, order: EventOrder::Newest, ..EventsQuery::default() }
}

/// Files by their vault, looked up once: a file is named in whatever has it.
#[derive(Default)]
struct Names {
    files: BTreeMap<VaultId, BTreeMap<ObjectId, (String, Item)>>,
}

/// What an event is about, by name.
#[derive(Default)]
struct About {
    vault: String,
    object: String,
    of: String,
    item: Option<Item>,
}

impl Open {
    fn audit_row(&self, listed: ListedEvent, names: &mut Names) -> AuditRow {
        let about = self.about(&listed.event.what, names);
        let basis = match &listed.basis {
            Err(unfounded) => BasisView::Unfounded(*unfounded),
            Ok(basis) => self.view_basis(basis),
        };
        let event = listed.event;
        AuditRow {
            sequence: event.sequence,
            time: millis(event.time),
            who: event.member.map(|member| self.name_of(member)).unwrap_or_default(),
            address: event.address.clone().unwrap_or_default(),
            vault: about.vault,
            object: about.object,
            of: about.of,
            item: about.item,
            basis,
            hash: hex(&event.hash()),
            what: event.what,
        }
    }

    fn audit_line(&self, listed: ListedEvent, names: &mut Names) -> AuditLine {
        let about = self.about(&listed.event.what, names);
        let signed_by = listed.basis.as_ref().ok().and_then(Basis::author);
        AuditLine {
            who: listed.event.member.map(|member| self.name_of(member)).unwrap_or_default(),
            vault: about.vault,
            object: about.object,
            of: about.of,
            basis: match listed.basis {
                Err(_) => "unfounded",
                Ok(Basis::ServerWord) => "server's word",
                Ok(ref basis) if basis.is_step_alone() => "step signed",
                Ok(_) => "signed",
            },
            signed_by: signed_by.map(|author| self.name_of(author)).unwrap_or_default(),
            event: listed.event,
        }
    }

    fn view_basis(&self, basis: &Basis) -> BasisView {
        let signed = match basis {
            Basis::ServerWord => None,
            Basis::Statement { sequence, .. } => Some(SignedAs::Statement(*sequence)),
            Basis::Head { sequence, .. } => Some(SignedAs::Head(*sequence)),
            Basis::Release(_) => Some(SignedAs::Release),
            Basis::Export(_) => Some(SignedAs::Export),
            Basis::Purge { .. } => Some(SignedAs::Purge),
            Basis::Directory { .. } => Some(SignedAs::Directory),
            _ if basis.is_step_alone() => Some(SignedAs::StepAlone),
            Basis::Request { .. } | Basis::Ahead { .. } => Some(SignedAs::Request),
        };
        match (signed, basis.author()) {
            (Some(signed), Some(author)) => BasisView::Signed(self.name_of(author), signed),
            _ => BasisView::ServerWord,
        }
    }

    fn about(&self, what: &AuditedAct, names: &mut Names) -> About {
        let vault = what.vault();
        let mut about = About {
            vault: vault.map(|vault| self.name_vault(vault).name).unwrap_or_default(),
            of: what.concerns().map(|member| self.name_or_link(member)).unwrap_or_default(),
            ..About::default()
        };
        if let Some(group) = what.group() {
            let directory = self.session.directory();
            about.object = directory.group(&group).map(|group| group.details.name.clone()).unwrap_or_default();
        }
        let Some(vault) = vault else { return about };
        let named = match what {
            AuditedAct::SecretReleased { account, .. }
            | AuditedAct::RequestStepped { account, .. }
            | AuditedAct::RequestEnded { account, .. }
            | AuditedAct::AheadStepped { account, .. }
            | AuditedAct::AheadEnded { account, .. } => self.name_object(vault, *account),
            AuditedAct::FileReleased { file, .. } => self.name_file(vault, *file, names),
            AuditedAct::RequestRefused { object: Some(object), .. } => {
                self.name_object(vault, *object).or_else(|| self.name_file(vault, *object, names))
            }
            AuditedAct::RecordsWritten { changed, .. } => {
                let mut seen: Vec<(String, Item)> = Vec::new();
                for written in changed.iter().flatten() {
                    let found = match written.kind {
                        RecordKind::File => self.name_file(vault, written.id, names),
                        _ => self.name_object(vault, written.id),
                    };
                    if let Some(found) = found.filter(|found| !seen.contains(found)) {
                        seen.push(found);
                    }
                }
                let item = seen.first().map(|(_, item)| *item);
                let more = if seen.len() > NAMES { ", …" } else { "" };
                let text = seen.into_iter().take(NAMES).map(|(name, _)| name).collect::<Vec<_>>().join(", ");
                item.map(|item| (text + more, item))
            }
            _ => None,
        };
        if let Some((name, item)) = named {
            (about.object, about.item) = (name, Some(item));
        }
        about
    }

    /// A member's login name; of whoever may join by a link, nothing is known yet.
    fn name_or_link(&self, member: MemberId) -> String {
        let name = self.name_of(member);
        let number = || {
            let chain = self.session.chain()?;
            let invitation = chain.invitation(&InviteId(member.0))?;
            Some(format!("#{}", invitation.since))
        };
        if name.is_empty() { number().unwrap_or_default() } else { name }
    }

    /// An object's name, an account's with its resource before it.
    pub(super) fn name_object(&self, vault: VaultId, id: ObjectId) -> Option<(String, Item)> {
        let vaults = self.session.vaults();
        let view = vaults.get(&vault)?;
        NAMED.into_iter().find_map(|kind| {
            let entry = view.entry(&LeafKey { id, kind })?;
            let name = entry.details().map_or_else(|_| format!("#{}", entry.number().0), |it| it.name().to_owned());
            let parent = entry.record().context().parent;
            Some(match kind {
                RecordKind::Account => {
                    let resource = view.entry(&LeafKey { id: parent, kind: RecordKind::Resource });
                    let resource = resource.and_then(|entry| entry.details().ok().map(Details::name)).unwrap_or("…");
                    (format!("{resource} / {name}"), Item::Account(vault, parent, id))
                }
                RecordKind::Resource => (name, Item::Resource(vault, id)),
                RecordKind::ResourceGroup => (name, Item::ResourceGroup(vault, id)),
                _ => (name, Item::Vault(vault)),
            })
        })
    }

    fn name_file(&self, vault: VaultId, id: ObjectId, names: &mut Names) -> Option<(String, Item)> {
        let files = names.files.entry(vault).or_insert_with(|| {
            let vaults = self.session.vaults();
            let entries = vaults.get(&vault).into_iter().flat_map(|view| view.entries());
            let holders = entries.filter(|(key, _)| matches!(key.kind, RecordKind::Account | RecordKind::Resource));
            let mut files = BTreeMap::new();
            for (key, entry) in holders {
                let parent = entry.record().context().parent;
                let item = match key.kind {
                    RecordKind::Account => Item::Account(vault, parent, key.id),
                    _ => Item::Resource(vault, key.id),
                };
                for file in entry.details().into_iter().flat_map(Details::files) {
                    files.insert(file.id, (file.name.clone(), item));
                }
            }
            files
        });
        files.get(&id).cloned()
    }
}

fn hex(hash: &Hash) -> String {
    hash.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

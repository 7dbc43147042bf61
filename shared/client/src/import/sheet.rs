//! Sheets: the CSV files that programs write, workbooks, and any other sheet whose columns a person has named.
//! Rows with the same resource name, URL and group are accounts of one resource.

use super::draft::{Draft, line};
use super::entry::{ARCHIVED, FAVOURITE, host, push_tag, type_of};
use super::fields::Fields;
use super::header::Column;
use super::layout::{Layout, Rows};
use super::notes;
use super::plan::{Identity, PlannedAccount, PlannedResource};
use super::refusal::{ImportError, Reason};
use super::table::{COLUMN_LIMIT, Row, Table};
use super::time::{day, time};
use super::values::{choice, is_yes, named_id, path, secret_type, tags, urls};
use super::{ImportFormat, Progress, ROW_LIMIT, SeenColumn, thousandths};
use crate::model::{AccountDetails, Day, ResourceDetails, SecretPayload, SecretText, SecretType, limits};

/// Rows above a header that hold a title or nothing.
const ABOVE_HEADER: usize = 10;
/// Rows looked at for samples, samples of a column, and characters of one.
const SAMPLED_ROWS: usize = 50;
const SAMPLES: usize = 3;
const SAMPLE: usize = 60;

/// A sheet that is being read.
pub(super) struct Sheet {
    table: Table,
    header: Vec<Heading>,
    header_row: usize,
    format: ImportFormat,
    rows: Rows,
}

/// What stands over a column.
struct Heading {
    label: String,
    column: Column,
}

/// Where the columns of a sheet get their meaning from.
pub(super) enum Meaning<'a> {
    /// From the header, whatever program it is of.
    Header,
    /// From the header, as this program writes it.
    Format(ImportFormat),
    /// From a person.
    Person(&'a [Column]),
}

impl Sheet {
    /// Reads the header.
    pub(super) fn open(mut table: Table, meaning: &Meaning<'_>) -> Result<Self, ImportError> {
        let (labels, header_row) = read_header(&mut table)?;
        let mut sheet =
            Self { table, header: Vec::new(), header_row, format: ImportFormat::Columns, rows: Rows::Logins };
        let sheet_of_pmp = || {
            labels.iter().any(|label| Column::recognise(label) == Some(Column::ResourceName))
                && labels.iter().any(|label| Column::recognise(label) == Some(Column::UserAccount))
                && labels.iter().any(|label| Column::recognise(label) == Some(Column::Password))
        };
        match meaning {
            Meaning::Person(columns) => {
                for (at, label) in labels.iter().enumerate() {
                    sheet.head(label, at, columns.get(at).copied().unwrap_or(Column::Ignored));
                }
                return Ok(sheet);
            }
            Meaning::Format(ImportFormat::PasswordManagerPro) => {
                sheet.head_by(&labels, ImportFormat::PasswordManagerPro)
            }
            Meaning::Format(ImportFormat::Columns) => sheet.head_by(&labels, ImportFormat::Columns),
            Meaning::Format(format) => {
                let layout = Layout::of_format(*format, &labels).ok_or(ImportError::OtherFormat)?;
                sheet.head_as(&labels, layout);
            }
            Meaning::Header => match Layout::recognise(&labels) {
                Some(layout) => sheet.head_as(&labels, layout),
                None if sheet_of_pmp() => sheet.head_by(&labels, ImportFormat::PasswordManagerPro),
                None => sheet.head_by(&labels, ImportFormat::Columns),
            },
        }
        if sheet.format == ImportFormat::PasswordManagerPro {
            for column in [Column::ResourceName, Column::UserAccount, Column::Password] {
                if !sheet.header.iter().any(|heading| heading.column == column) {
                    return Err(ImportError::MissingColumn { column });
                }
            }
        }
        Ok(sheet)
    }

    /// What it is.
    pub(super) fn format(&self) -> ImportFormat {
        self.format
    }

    fn head_as(&mut self, labels: &[String], layout: &'static Layout) {
        (self.format, self.rows) = (layout.format, layout.rows);
        for (at, label) in labels.iter().enumerate() {
            self.head(label, at, layout.column(label));
        }
    }

    fn head_by(&mut self, labels: &[String], format: ImportFormat) {
        self.format = format;
        for (at, label) in labels.iter().enumerate() {
            let guess = Column::guess(label);
            let known = if format == ImportFormat::PasswordManagerPro { Column::recognise(label) } else { Some(guess) };
            // What only other sheets have stays a field here, as its values do.
            let column = known.unwrap_or(if guess.is_secret() { Column::Hidden } else { Column::Custom });
            self.head(label, at, column);
        }
    }

    fn head(&mut self, label: &str, at: usize, column: Column) {
        // A column that stands there twice has its meaning once.
        let column = match column {
            column if !column.is_single() || !self.header.iter().any(|other| other.column == column) => column,
            column if column.is_secret() => Column::Hidden,
            _ => Column::Custom,
        };
        let label = if label.is_empty() { (at + 1).to_string() } else { label.to_owned() };
        self.header.push(Heading { label, column });
    }

    /// Its columns, with a few values of those that do not sound secret.
    pub(super) fn columns(&mut self) -> Vec<SeenColumn> {
        let seen = |heading: &Heading| SeenColumn {
            heading: heading.label.clone(),
            meaning: heading.column,
            samples: Vec::new(),
        };
        let mut columns: Vec<SeenColumn> = self.header.iter().map(seen).collect();
        for _ in 0..SAMPLED_ROWS {
            let Ok(Some(row)) = self.table.next_row() else { break };
            for (at, column) in columns.iter_mut().enumerate().filter(|(_, column)| !column.meaning.is_secret()) {
                let sample: String = line(row.value(at)).chars().take(SAMPLE).collect();
                if !sample.is_empty() && column.samples.len() < SAMPLES && !column.samples.contains(&sample) {
                    column.samples.push(sample);
                }
            }
        }
        self.table.rewind();
        for _ in 0..self.header_row {
            let _ = self.table.next_row();
        }
        columns
    }

    /// Reads up to `rows` rows.
    pub(super) fn read(&mut self, rows: usize, draft: &mut Draft) -> Result<Progress, ImportError> {
        for _ in 0..rows {
            let Some(row) = self.table.next_row()? else {
                return Ok(Progress { rows: draft.plan.rows, thousandths: 1000 });
            };
            if row.filled() == 0 && !row.is_overlong {
                continue;
            }
            if draft.plan.rows >= ROW_LIMIT {
                return Err(ImportError::TooManyRows { limit: ROW_LIMIT });
            }
            draft.plan.rows += 1;
            let outcome = if row.is_overlong { Err(Reason::TooLarge) } else { self.take(&row, draft) };
            if let Err(reason) = outcome {
                let name = self.column(&row, Column::ResourceName);
                let name = if self.format == ImportFormat::JumpServer { named_id(name).0 } else { name };
                draft.reject(row.number, name, reason);
            }
        }
        let (at, total) = self.table.position();
        Ok(Progress { rows: draft.plan.rows, thousandths: thousandths(at, total).min(999) })
    }

    fn take(&self, row: &Row, draft: &mut Draft) -> Result<(), Reason> {
        if (self.header.len()..row.len()).any(|at| !row.value(at).trim().is_empty()) {
            return Err(Reason::TooManyValues);
        }
        let entry = self.understand(row)?;
        let group = draft.group_of(entry.path.iter().map(String::as_str));
        let mut columns = vec!["resource".to_owned(), entry.resource.name.clone(), entry.resource.url.clone()];
        if !entry.path.is_empty() {
            columns.push(entry.path.join("/"));
        }
        let resource_identity = match &entry.resource.source_id {
            Some(id) => Identity::SourceId(id.clone()),
            None => Identity::Columns(columns),
        };
        let known = draft.known_resource(&resource_identity);
        let mut fields = entry.fields;
        let mut own = entry.resource;
        own.created = entry.created.unwrap_or(draft.now);
        own.changed = entry.changed.unwrap_or(own.created);
        if let Some(first) = known.and_then(|at| draft.resource(at)) {
            self.keep_differences(first, &own, &mut fields);
        }
        let identity = match &entry.source_id {
            Some(id) => Identity::SourceId(id.clone()),
            None => self.identity(row, entry.notes_are_secret, draft),
        };
        let fields = fields.finish();
        let (created, changed) = (own.created, own.changed);
        let resource_name = own.name.clone();
        let planned =
            known.ok_or(PlannedResource { group, details: own, identity: resource_identity, files: Vec::new() });
        let name = [entry.account_name, entry.user_name.chars().take(limits::NAME).collect(), resource_name];
        draft.take(planned, |resource| PlannedAccount {
            resource,
            details: AccountDetails {
                name: name.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
                user_name: entry.user_name,
                secret_type: entry.secret_type,
                privileged: entry.privileged,
                active: entry.active,
                expiry: entry.expiry,
                notes: entry.notes,
                custom_fields: fields.plain,
                tags: entry.tags,
                created,
                changed,
                source_id: entry.source_id,
                ..AccountDetails::default()
            },
            secret: SecretPayload {
                value: entry.value,
                hidden: fields.hidden,
                otp_seed: Some(entry.otp_seed).filter(|seed| !seed.is_empty()),
            },
            history: Vec::new(),
            identity,
            row: row.number,
            attachments: Vec::new(),
        })
    }

    /// What a row says, column by column.
    fn understand(&self, row: &Row) -> Result<Understood, Reason> {
        let mut it = Understood::default();
        let mut notes = "";
        let mut other_users = Vec::new();
        let mut kind = "";
        for (at, heading) in self.header.iter().enumerate() {
            let value = row.value(at);
            // JumpServer writes a dash where there is nothing.
            if value.trim().is_empty() || (self.format == ImportFormat::JumpServer && value == "-") {
                continue;
            }
            match heading.column {
                Column::ResourceName if self.format == ImportFormat::JumpServer => {
                    let (name, id) = named_id(value);
                    it.resource.name = line(name);
                    it.resource.source_id = id.map(|id| format!("jumpserver:asset:{id}"));
                }
                Column::ResourceName => it.resource.name = line(value),
                Column::ResourceUrl => self.take_urls(value, &mut it),
                Column::ResourceType => it.resource.resource_type = line(value),
                Column::DnsName => it.resource.dns_name = line(value),
                Column::Description => value.trim().clone_into(&mut it.resource.description),
                Column::Department => it.resource.department = line(value),
                Column::Location => it.resource.location = line(value),
                Column::Owner => it.resource.owner = line(value),
                Column::GroupPath => {
                    it.path = path(self.format, value);
                    // An item may be in several collections: the first is its group.
                    if self.format == ImportFormat::BitwardenCsv {
                        value.split(',').skip(1).for_each(|tag| push_tag(&mut it.tags, tag));
                    }
                }
                Column::UserAccount => it.user_name = line(value),
                Column::AccountName => it.account_name = line(value),
                Column::OtherUser => other_users.push((heading.label.as_str(), line(value))),
                Column::Password => it.value = SecretText::from(value),
                Column::OneTimeCode => it.otp_seed = SecretText::from(value.trim()),
                Column::SecretType => it.secret_type = secret_type(choice(value)),
                Column::Privileged => it.privileged = is_yes(value),
                Column::Active => it.active = is_yes(value),
                Column::Archived => it.archived = is_yes(value) || time(value).is_some(),
                Column::Favourite => it.favourite = is_yes(value),
                Column::Tags => tags(value).for_each(|tag| push_tag(&mut it.tags, &tag)),
                Column::Expiry => match day(value) {
                    Some(day) => it.expiry = Some(day),
                    None => it.fields.push_text(&heading.label, value.trim()),
                },
                Column::Created => it.created = time(value),
                Column::Changed => it.changed = time(value),
                Column::SourceId => it.source_id = Some(format!("{}:{}", self.format.mark(), line(value))),
                Column::Kind => kind = value,
                Column::Notes => notes = value,
                Column::Fields => notes::push_lines(value, &mut it.fields),
                Column::Custom => it.fields.push_text(&heading.label, value.trim()),
                Column::Hidden => it.fields.push_hidden(&heading.label, SecretText::from(value)),
                Column::Ignored => {}
            }
        }
        for (label, other) in other_users {
            if it.user_name.is_empty() {
                it.user_name = other;
            } else if it.user_name != other {
                it.fields.push_text(label, &other);
            }
        }
        self.take_notes(kind, notes, &mut it)?;
        it.complete(self.format)
    }

    fn take_urls(&self, value: &str, it: &mut Understood) {
        for url in urls(self.format, value) {
            if it.resource.url.is_empty() {
                it.resource.url = line(url);
            } else {
                it.fields.push_text("URL", &line(url));
            }
        }
    }

    /// Notes are seen by everyone who sees the catalog, unless the row is a note as a whole.
    fn take_notes(&self, kind: &str, notes: &str, it: &mut Understood) -> Result<(), Reason> {
        let secret_note = match self.format {
            ImportFormat::LastPass if it.resource.url == "http://sn" => {
                it.resource.url = String::new();
                it.notes_are_secret = true;
                if notes.starts_with("NoteType:") {
                    notes::take_lastpass(notes, it);
                    return Ok(());
                }
                true
            }
            ImportFormat::ProtonPassCsv if kind == "alias" => return Err(Reason::Alias),
            ImportFormat::BitwardenCsv | ImportFormat::ProtonPassCsv => !matches!(kind, "" | "login"),
            _ => self.rows == Rows::Notes,
        };
        if secret_note && it.value.is_empty() {
            it.notes_are_secret = true;
            it.secret_type = SecretType::Note;
            it.value = SecretText::from(notes);
        } else {
            notes.trim().clone_into(&mut it.notes);
        }
        if let Rows::Papers(kind) = self.rows {
            it.resource.resource_type = kind.to_owned();
            it.secret_type = SecretType::Note;
        }
        Ok(())
    }

    /// A resource is described once. Where a later row of it says something else, that stays with the row's account.
    fn keep_differences(&self, first: &ResourceDetails, own: &ResourceDetails, fields: &mut Fields) {
        for (column, first, own) in [
            (Column::ResourceType, &first.resource_type, &own.resource_type),
            (Column::DnsName, &first.dns_name, &own.dns_name),
            (Column::Description, &first.description, &own.description),
            (Column::Department, &first.department, &own.department),
            (Column::Location, &first.location, &own.location),
            (Column::Owner, &first.owner, &own.owner),
        ] {
            if own != first && !own.is_empty() {
                let heading = self.header.iter().find(|heading| heading.column == column);
                fields.push_text(heading.map_or("", |heading| &heading.label), own);
            }
        }
    }

    /// Label and value of every column that is no secret and no time, sorted by label: so the order of columns does not
    /// count, nor does a new password.
    fn identity(&self, row: &Row, notes_are_secret: bool, draft: &mut Draft) -> Identity {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (at, heading) in self.header.iter().enumerate() {
            let label = match heading.column {
                column if column.is_secret() => continue,
                Column::Ignored | Column::Created | Column::Changed => continue,
                Column::Notes if notes_are_secret => continue,
                // English and Chinese sheets of the same rows are the same.
                Column::Custom | Column::OtherUser => format!("={}", heading.label),
                column => format!("{column:?}"),
            };
            let value = row.value(at).trim();
            if !value.is_empty() {
                pairs.push((label, value.to_owned()));
            }
        }
        pairs.sort();
        let mut columns: Vec<String> = pairs.into_iter().flat_map(|(label, value)| [label, value]).collect();
        columns.insert(0, "account".to_owned());
        draft.identify(columns)
    }

    fn column<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        let at = self.header.iter().position(|heading| heading.column == column);
        at.map_or("", |at| row.value(at))
    }
}

/// What a row says.
pub(super) struct Understood {
    pub(super) resource: ResourceDetails,
    pub(super) path: Vec<String>,
    pub(super) account_name: String,
    pub(super) user_name: String,
    pub(super) value: SecretText,
    pub(super) otp_seed: SecretText,
    pub(super) secret_type: SecretType,
    pub(super) notes: String,
    pub(super) fields: Fields,
    notes_are_secret: bool,
    tags: Vec<String>,
    privileged: bool,
    active: bool,
    archived: bool,
    favourite: bool,
    expiry: Option<Day>,
    created: Option<sealward_contract::ids::Timestamp>,
    changed: Option<sealward_contract::ids::Timestamp>,
    source_id: Option<String>,
}

impl Default for Understood {
    fn default() -> Self {
        Self {
            resource: ResourceDetails::default(),
            path: Vec::new(),
            account_name: String::new(),
            user_name: String::new(),
            value: SecretText::default(),
            otp_seed: SecretText::default(),
            secret_type: SecretType::default(),
            notes: String::new(),
            fields: Fields::default(),
            notes_are_secret: false,
            tags: Vec::new(),
            privileged: false,
            active: true,
            archived: false,
            favourite: false,
            expiry: None,
            created: None,
            changed: None,
            source_id: None,
        }
    }
}

impl Understood {
    /// Whether there is something to take, under a name.
    fn complete(mut self, format: ImportFormat) -> Result<Self, Reason> {
        let has_account = !self.user_name.is_empty() || !self.value.is_empty() || !self.otp_seed.is_empty();
        let is_strict = matches!(format, ImportFormat::PasswordManagerPro | ImportFormat::JumpServer);
        if self.resource.name.is_empty() && !is_strict {
            let names = [host(&self.resource.url), self.resource.dns_name.clone(), self.user_name.clone()];
            self.resource.name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        }
        if self.resource.name.is_empty() {
            return Err(Reason::NoName);
        }
        if !has_account && (is_strict || (self.notes.is_empty() && self.fields.plain.is_empty())) {
            return Err(Reason::NoAccount);
        }
        if self.resource.resource_type.is_empty() && !is_strict {
            type_of(&self.resource.url).clone_into(&mut self.resource.resource_type);
        }
        if self.favourite {
            push_tag(&mut self.tags, FAVOURITE);
        }
        if self.archived {
            push_tag(&mut self.tags, ARCHIVED);
            self.active = false;
        }
        Ok(self)
    }
}

/// The labels of the header, and the number of its row. Above it may stand a title.
fn read_header(table: &mut Table) -> Result<(Vec<String>, usize), ImportError> {
    let mut read = 0;
    let mut seen = false;
    while read < ABOVE_HEADER {
        let Some(row) = table.next_row()? else { break };
        read += 1;
        let filled = row.filled();
        seen |= filled > 0;
        if filled < 2 {
            continue;
        }
        if row.len() > COLUMN_LIMIT {
            return Err(ImportError::TooManyColumns { limit: COLUMN_LIMIT });
        }
        return Ok(((0..row.len()).map(|at| line(row.value(at))).collect(), read));
    }
    Err(if seen { ImportError::UnknownFormat } else { ImportError::Empty })
}

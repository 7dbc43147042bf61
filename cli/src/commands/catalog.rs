//! Items: listed, shown, made, changed, deleted, restored.

use super::{
    caller::Caller,
    secret_args::{SecretArgs, read_pair},
};
use crate::{
    failure::Failure,
    language::Language,
    output::{Output, clipboard},
    secrets_in,
    tasks::{Answer, Edit as Change, Listing, NewItem, NewSecret, Running, Task, Wanted},
    told::Told,
    views::{Hidden, Kind},
};
use clap::{Args, ValueEnum};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Args)]
pub(super) struct List {
    /// Words that all stand in path, user name, address or tags
    words: Vec<String>,
    /// Only what is in this vault, resource group or resource
    #[arg(long, value_name = "ITEM")]
    within: Option<String>,
    /// Only items of this kind
    #[arg(long, value_enum)]
    kind: Option<Kind>,
}

impl List {
    pub(super) fn task(self) -> Task {
        Task::List(Listing { within: self.within, kind: self.kind, words: self.words })
    }
}

#[derive(Args)]
pub(super) struct Get {
    /// Its number, its id, or its path: vault/resource/account. A slash in a name is written \/
    item: String,
    /// One value alone: a field, the label of a custom field, `secret`, or `code` for the one-time code
    #[arg(long, short, value_name = "FIELD")]
    field: Option<String>,
    /// An earlier version of the secret
    #[arg(long, value_name = "NUMBER")]
    version: Option<u32>,
    /// Leave the secret where it is
    #[arg(long, conflicts_with_all = ["version", "clipboard"])]
    no_secret: bool,
    /// Copy the secret, or the field, instead of writing it
    #[arg(long, short)]
    clipboard: bool,
}

impl Get {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        // A field that stands in plain text is given without the secret anyway.
        if self.no_secret
            && let Some(field) = self.field.as_deref().filter(|field| matches!(*field, "secret" | "password" | "code"))
        {
            let words = format!("no-secret: {field} is given by its secret: leave out --no-secret or --field");
            return Err(Failure::Usage(words).into());
        }
        let field = if self.clipboard { self.field.or_else(|| Some("secret".to_owned())) } else { self.field };
        let wanted = Wanted { what: self.item, field, version: self.version, without_secret: self.no_secret };
        let answer = caller.ask(Task::Get(wanted))?;
        match (self.clipboard, &answer) {
            (true, Answer::Value(Hidden(value))) => {
                clipboard::copy(value)?;
                output.said("Copied.", "已复制。")?;
            }
            _ => output.answer(&answer)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args)]
pub(super) struct Create {
    /// Its path: vault, vault/group, vault/resource or vault/resource/account; a resource that is not there is made
    #[arg(required_unless_present = "from")]
    path: Option<String>,
    /// What it is
    #[arg(long, value_enum, default_value = "account")]
    kind: Kind,
    /// The resource group that a new resource is put into
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// A plain field, such as user_name, url, notes, expiry or secret_type
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// A tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// A custom field of plain text
    #[arg(long, value_name = "LABEL=VALUE")]
    custom: Vec<String>,
    #[command(flatten)]
    secret: SecretArgs,
    /// Make many: read them from standard input
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with_all = ["path", "set", "tag", "custom"])]
    from: Option<From>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// What many items are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// A list of objects: path, kind, group, fields, tags, custom_fields, secret {text, generate, hidden, otp_seed}
    Json,
    /// A heading and rows: path and secret, and otherwise names of fields
    Csv,
}

impl Create {
    pub(super) fn task(self, language: Language) -> Result<Task, Failure> {
        let running = running(self.dry_run);
        let items = match self.from {
            Some(From::Json) => from_json(&secrets_in::stdin()?)?,
            Some(From::Csv) => from_csv(&secrets_in::stdin()?)?,
            None => vec![NewItem {
                path: self.path.unwrap_or_default(),
                kind: Some(self.kind),
                group: self.group,
                fields: pairs(&self.set)?,
                tags: self.tag,
                custom_fields: pairs(&self.custom)?,
                secret: self.secret.read(language)?,
            }],
        };
        Ok(Task::Create(items, running))
    }
}

fn running(dry: bool) -> Running {
    if dry { Running::Dry } else { Running::Real }
}

fn pairs(pairs: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    pairs.iter().map(|pair| read_pair(pair)).collect()
}

fn from_json(bytes: &[u8]) -> Result<Vec<NewItem>, Failure> {
    // The message tells where, and nothing of what stands there.
    let unreadable = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        match unknown_field(&error) {
            Some(field) => Failure::Usage(format!("stdin: line {line}, column {column}: there is no field {field}")),
            None => Failure::Usage(format!("stdin: line {line}, column {column}: not a list of items")),
        }
    };
    serde_json::from_slice(bytes).map_err(unreadable)
}

/// The name of a field that no item has; of values nothing is told.
fn unknown_field(error: &serde_json::Error) -> Option<String> {
    let words = error.to_string();
    let (field, _) = words.strip_prefix("unknown field `")?.split_once('`')?;
    Some(field.to_owned())
}

fn from_csv(bytes: &[u8]) -> Result<Vec<NewItem>, Failure> {
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let broken = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Failure::Usage(format!("stdin: line {line}: not a row of the sheet"))
    };
    let heading = reader.headers().map_err(broken)?.clone();
    let mut items = Vec::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let line = row.position().map_or(1, csv::Position::line);
        let mut item = NewItem::default();
        for (name, value) in heading.iter().map(str::trim).zip(row.iter()).filter(|(_, value)| !value.is_empty()) {
            match name {
                "path" => value.clone_into(&mut item.path),
                "group" => item.group = Some(value.to_owned()),
                "secret" => item.secret.text = Some(Hidden::of(value)),
                "generate" => {
                    let unfit = |_: std::num::ParseIntError| {
                        Failure::Usage(format!("stdin: line {line}: generate: {value}: not a number of characters"))
                    };
                    let length = value.parse::<u16>().map_err(unfit)?;
                    item.secret.generate = Some(length);
                }
                "otp_seed" => item.secret.otp_seed = Some(Hidden::of(value)),
                "tags" => item.tags = value.split(',').map(|tag| tag.trim().to_owned()).collect(),
                field => drop(item.fields.insert(field.to_owned(), value.to_owned())),
            }
        }
        items.push(item);
    }
    Ok(items)
}

#[derive(Args)]
pub(super) struct Edit {
    /// Its number, id or path
    item: String,
    /// A plain field; an empty value clears it
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// A tag, in place of all tags that it has
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// A custom field of plain text; an empty value removes it
    #[arg(long, value_name = "LABEL=VALUE")]
    custom: Vec<String>,
    #[command(flatten)]
    secret: SecretArgs,
    /// Only if it is at this version still
    #[arg(long, value_name = "NUMBER")]
    if_version: Option<u32>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Edit {
    pub(super) fn task(self, language: Language) -> Result<Task, Failure> {
        let secret: NewSecret = self.secret.read(language)?;
        if self.set.is_empty() && self.tag.is_empty() && self.custom.is_empty() && secret.is_empty() {
            let nothing = language.pick(
                "Say what to change: --set, --tag, --custom, or a secret.",
                "请指明要修改的内容：--set、--tag、--custom 或机密。",
            );
            return Err(Failure::Usage(nothing.to_owned()));
        }
        Ok(Task::Edit(Box::new(Change {
            what: self.item,
            if_version: self.if_version,
            set: pairs(&self.set)?,
            tags: (!self.tag.is_empty()).then_some(self.tag),
            custom_fields: pairs(&self.custom)?,
            secret,
            running: running(self.dry_run),
        })))
    }
}

#[derive(Args)]
pub(super) struct Remove {
    /// Their numbers, ids or paths
    #[arg(required = true)]
    items: Vec<String>,
    /// Only if they are at this version still
    #[arg(long, value_name = "NUMBER")]
    if_version: Option<u32>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Remove {
    pub(super) fn task(self) -> Task {
        Task::Remove(self.items, self.if_version, running(self.dry_run))
    }
}

#[derive(Args)]
pub(super) struct Restore {
    /// Their numbers, ids, or the paths that they had; without any, what can be restored is listed
    items: Vec<String>,
}

impl Restore {
    pub(super) fn task(self) -> Task {
        if self.items.is_empty() { Task::Trash } else { Task::Restore(self.items) }
    }
}

#[derive(Args)]
pub(super) struct History {
    /// The account's number, id or path
    pub(super) account: String,
}

/// The path from the root: whoever holds the session may stand elsewhere.
pub(super) fn absolute(file: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(file).map_err(Failure::local(file.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_a_heading() {
        let sheet = b"path,user_name,secret,tags\nWeb/db/root,root,\"a,b\"\"c\",\"one, two\"\nWeb/db/me,,,\n";
        let items = from_csv(sheet).unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].path, "Web/db/root");
        assert_eq!(items[0].fields["user_name"], "root");
        assert_eq!(items[0].secret.text.as_ref().unwrap().0.as_str(), "a,b\"c");
        assert_eq!(items[0].tags, ["one", "two"]);
        assert!(items[1].secret.is_empty() && items[1].fields.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_not_repeated() {
        let failure = from_json(br#"[{"path": "Web/db/root", "secret": "hunter2"}]"#).err().unwrap();
        let told = failure.to_string();
        assert!(told.starts_with("stdin: line 1, column ") && told.ends_with(": not a list of items"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        let failure = from_csv(b"path,secret\nWeb/db/root,hunter2,more\n").err().unwrap();
        assert_eq!(failure.to_string(), "stdin: line 2: not a row of the sheet");
    }
}

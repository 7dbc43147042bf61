//! A few examples for an empty vault, known again by their source ids and removed with one click.

use super::{
    editing::Writing,
    engine::{Engine, Open},
    secret,
};
use crate::bridge::{AddExamples, Changed, Error, Language, ObjectId, RemoveExamples, VaultId};
use sealward_client::{
    generate::PasswordRecipe,
    import::{Identity, ImportPlan, PlannedAccount, PlannedGroup, PlannedResource},
    model::{
        AccountDetails, ResourceDetails, ResourceGroupDetails, SecretPayload, SecretText as ClientSecret, SecretType,
    },
    operations::Item,
    vault::Details,
};
use sealward_contract::record::RecordKind;
use std::rc::Rc;

/// What the source ids of examples begin with.
const MARK: &str = "sealward-example:";

/// An example: English, Chinese, and what is the same in both.
struct Example {
    name: [&'static str; 2],
    group: usize,
    resource_type: [&'static str; 2],
    dns_name: &'static str,
    url: &'static str,
    description: [&'static str; 2],
    account: [&'static str; 2],
    user_name: &'static str,
    secret_type: SecretType,
    privileged: bool,
    tags: [&'static str; 2],
}

const GROUPS: [[&str; 2]; 2] = [["Servers", "服务器"], ["Websites", "网站"]];

const EXAMPLES: [Example; 5] = [
    Example {
        name: ["Web server", "Web 服务器"],
        group: 0,
        resource_type: ["Linux", "Linux"],
        dns_name: "web-01.example.com",
        url: "",
        description: ["Serves the public site", "对外网站"],
        account: ["Administrator", "管理员"],
        user_name: "root",
        secret_type: SecretType::Password,
        privileged: true,
        tags: ["production", "生产"],
    },
    Example {
        name: ["Order database", "订单数据库"],
        group: 0,
        resource_type: ["Database", "数据库"],
        dns_name: "db-01.example.com",
        url: "",
        description: ["PostgreSQL 17, nightly backup", "PostgreSQL 17,每晚备份"],
        account: ["Reporting", "报表"],
        user_name: "report",
        secret_type: SecretType::Password,
        privileged: false,
        tags: ["production", "生产"],
    },
    Example {
        name: ["Core switch", "核心交换机"],
        group: 0,
        resource_type: ["Network device", "网络设备"],
        dns_name: "10.0.0.1",
        url: "",
        description: ["Rack 3, top", "3 号机柜顶部"],
        account: ["Console", "控制台"],
        user_name: "admin",
        secret_type: SecretType::Password,
        privileged: true,
        tags: ["network", "网络"],
    },
    Example {
        name: ["Domain registrar", "域名注册商"],
        group: 1,
        resource_type: ["Website", "网站"],
        dns_name: "",
        url: "https://registrar.example.com/login",
        description: ["Renewal every March", "每年三月续费"],
        account: ["Company account", "公司账户"],
        user_name: "it@example.com",
        secret_type: SecretType::Password,
        privileged: false,
        tags: ["contracts", "合同"],
    },
    Example {
        name: ["Cloud storage", "云存储"],
        group: 1,
        resource_type: ["Cloud", "云"],
        dns_name: "",
        url: "https://console.cloud.example.com",
        description: ["Off-site copies", "异地副本"],
        account: ["Backup key", "备份密钥"],
        user_name: "AKEXAMPLE0001",
        secret_type: SecretType::AccessKey,
        privileged: false,
        tags: ["backup", "备份"],
    },
];

/// Whether a resource is one of the examples.
pub fn is_example(details: &ResourceDetails) -> bool {
    is_mark(details.source_id.as_deref())
}

impl Engine {
    /// A few examples in a vault.
    pub async fn add_examples(&self, ask: &AddExamples) -> Result<Changed, Error> {
        let open = self.open()?;
        let imported = {
            let _writing = Writing::begin(&open);
            let plan = plan(&open, self.language.get())?;
            let mut scores = Vec::new();
            for account in &plan.accounts {
                scores.push(secret::score(account.details.secret_type, account.secret.value.expose()).await);
            }
            open.session.import(plan, ask.vault, &scores, |_| true).await
        };
        self.take_in(&open);
        open.facts.borrow_mut().drop_drafted();
        match imported?.error {
            Some(error) => Err(error.into()),
            None => Ok(Changed { item: None, undo: None }),
        }
    }

    /// Takes the examples away again, and what the person put on or beside them in the groups of theirs stays.
    pub async fn remove_examples(&self, ask: &RemoveExamples) -> Result<Changed, Error> {
        let open = self.open()?;
        let items = find(&open, ask.vault)?;
        if items.is_empty() {
            return Ok(Changed { item: None, undo: None });
        }
        let undo = {
            let _writing = Writing::begin(&open);
            open.session.delete_items(&items, |_, _, _| {}).await.whole()
        };
        self.take_in(&open);
        Ok(open.changed(None, Some(undo?)))
    }
}

/// Examples, and their groups where nothing else is in them.
fn find(open: &Rc<Open>, vault: VaultId) -> Result<Vec<Item>, Error> {
    let vaults = open.session.vaults();
    let view = vaults.get(&vault).ok_or(Error::Gone)?;
    let mut items = Vec::new();
    for (key, entry) in view.entries().filter(|(key, entry)| entry.is_live() && view.is_reachable(key)) {
        let removed =
            match entry.details() {
                Ok(Details::Resource(details)) => is_example(details),
                Ok(Details::ResourceGroup(details)) => is_mark(details.source_id.as_deref())
                    && view.children(&key.id).filter(|(_, inside)| inside.is_live()).all(
                        |(_, inside)| matches!(inside.details(), Ok(Details::Resource(details)) if is_example(details)),
                    ),
                _ => false,
            };
        if removed {
            items.push(Item { vault, key: *key });
        }
    }
    // What is in a group that goes needs no version of its own, but is then found again when the group is restored alone.
    items.sort_by_key(|item| item.key.kind == RecordKind::ResourceGroup);
    Ok(items)
}

fn plan(open: &Open, language: Language) -> Result<ImportPlan, Error> {
    let now = open.session.surroundings().now();
    let said = |texts: [&'static str; 2]| {
        let [english, chinese] = texts;
        match language {
            Language::English => english.to_owned(),
            Language::Chinese => chinese.to_owned(),
        }
    };
    // Another mark each time: examples that were removed and are added again are new ones.
    let batch = ObjectId(open.session.surroundings().make_id());
    let mark = |kind: &str, at: usize| format!("{MARK}{batch}:{kind}{at}");
    let groups = GROUPS.iter().enumerate().map(|(at, name)| PlannedGroup {
        parent: None,
        details: ResourceGroupDetails { name: said(*name), notes: String::new(), source_id: Some(mark("group", at)) },
    });
    let resources = EXAMPLES.iter().enumerate().map(|(at, example)| PlannedResource {
        group: Some(example.group),
        files: Vec::new(),
        details: ResourceDetails {
            name: said(example.name),
            resource_type: said(example.resource_type),
            url: example.url.to_owned(),
            dns_name: example.dns_name.to_owned(),
            description: said(example.description),
            tags: vec![said(example.tags)],
            created: now,
            changed: now,
            ..ResourceDetails::default()
        },
        identity: Identity::SourceId(mark("resource", at)),
    });
    let mut accounts = Vec::new();
    for (at, example) in EXAMPLES.iter().enumerate() {
        let made =
            open.session.surroundings().with_randomness(|randomness| PasswordRecipe::default().make(randomness))?;
        accounts.push(PlannedAccount {
            resource: at,
            details: AccountDetails {
                name: said(example.account),
                user_name: example.user_name.to_owned(),
                secret_type: example.secret_type,
                privileged: example.privileged,
                created: now,
                changed: now,
                ..AccountDetails::default()
            },
            secret: SecretPayload::new(ClientSecret::from(made.text.expose())),
            history: Vec::new(),
            identity: Identity::SourceId(mark("account", at)),
            row: at + 1,
            attachments: Vec::new(),
        });
    }
    Ok(ImportPlan {
        groups: groups.collect(),
        resources: resources.collect(),
        accounts,
        rejected: Vec::new(),
        left_out: Vec::new(),
        rows: EXAMPLES.len(),
    })
}

fn is_mark(source_id: Option<&str>) -> bool {
    source_id.is_some_and(|id| id.starts_with(MARK))
}

//! What JumpServer writes, as far as it is read here: it may lack fields, and a choice may be a text or an object.

use super::listed::ListedAccount;
use crate::gateway::{
    jumpserver::{read_secret_type, read_time},
    pmp::shapes::{Secret, Text},
};
use sealward_client::{
    import::PulledResource,
    model::{AccountDetails, ResourceDetails},
};
use sealward_contract::ids::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use std::marker::PhantomData;

/// A list: whole, or a page of it.
pub struct Page<R> {
    rows: Vec<R>,
    is_last: bool,
}

impl<R> Page<R> {
    /// Whether none follows.
    pub const fn is_last(&self) -> bool {
        self.is_last
    }

    /// What is on it.
    pub fn rows(self) -> Vec<R> {
        self.rows
    }
}

/// Read as it comes: a form that is guessed would leave copies of secrets behind.
impl<'de, R: Deserialize<'de>> Deserialize<'de> for Page<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either(PhantomData))
    }
}

struct Either<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for Either<R> {
    type Value = Page<R>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list, or a page of one")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element()? {
            rows.push(row);
        }
        Ok(Page { rows, is_last: true })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut page: A) -> Result<Self::Value, A::Error> {
        let (mut rows, mut is_last) = (None, true);
        while let Some(name) = page.next_key::<String>()? {
            match name.as_str() {
                "results" => rows = Some(page.next_value()?),
                "next" => is_last = page.next_value::<Option<IgnoredAny>>()?.is_none(),
                _ => drop(page.next_value::<IgnoredAny>()?),
            }
        }
        let rows = rows.ok_or_else(|| A::Error::missing_field("results"))?;
        Ok(Page { rows, is_last })
    }
}

/// Something of several.
#[derive(Clone, Default)]
pub struct Choice {
    value: String,
    label: String,
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self { value: text.clone(), label: text },
            Value::Object(shown) => {
                let text = |name: &str| shown.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                Self { value: text("value"), label: text("label") }
            }
            _ => Self::default(),
        })
    }
}

/// Something with a name.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    name: Text,
}

/// An asset, by itself or around an account.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asset {
    /// Its id.
    pub id: Text,
    name: Text,
    address: Text,
    #[serde(rename = "type")]
    kind: Choice,
    platform: Option<Named>,
    comment: Text,
    nodes_display: Vec<String>,
    labels: Vec<Value>,
    date_created: Text,
    date_updated: Text,
}

impl Asset {
    /// What becomes of it.
    pub fn pulled(&self) -> PulledResource {
        let address = self.address.0.trim();
        let is_url = address.contains("://");
        let platform = self.platform.as_ref().map(|platform| platform.name.0.clone()).unwrap_or_default();
        let kind = if self.kind.label.is_empty() { platform } else { self.kind.label.clone() };
        let path = self.nodes_display.first().map(String::as_str).unwrap_or_default();
        PulledResource {
            // As a file of this product has it: what was imported from one is known again.
            source_id: format!("jumpserver:asset:{}", self.id.0.trim()),
            path: path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            details: ResourceDetails {
                name: self.name.0.clone(),
                resource_type: kind,
                url: if is_url { address.to_owned() } else { String::new() },
                dns_name: if is_url { String::new() } else { address.to_owned() },
                description: self.comment.0.clone(),
                tags: labels(&self.labels),
                created: time(&self.date_created),
                changed: time(&self.date_updated),
                ..ResourceDetails::default()
            },
            fields: Vec::new(),
        }
    }
}

/// An account.
#[derive(Deserialize)]
pub struct Account {
    /// Its id.
    pub id: Text,
    /// The asset that it is on.
    #[serde(default)]
    pub asset: Option<Asset>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize)]
#[serde(default)]
struct Rest {
    name: Text,
    username: Text,
    secret_type: Choice,
    has_secret: Option<bool>,
    privileged: bool,
    is_active: bool,
    comment: Text,
    labels: Vec<Value>,
    date_created: Text,
    date_updated: Text,
    date_change_secret: Text,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            name: Text::default(),
            username: Text::default(),
            secret_type: Choice::default(),
            has_secret: None,
            privileged: false,
            is_active: true,
            comment: Text::default(),
            labels: Vec::new(),
            date_created: Text::default(),
            date_updated: Text::default(),
            date_change_secret: Text::default(),
        }
    }
}

impl Account {
    /// What becomes of it.
    pub fn listed(self) -> ListedAccount {
        let Self { id, rest, .. } = self;
        ListedAccount {
            source_id: format!("jumpserver:{}", id.0.trim()),
            id: id.0,
            details: AccountDetails {
                name: rest.name.0,
                user_name: rest.username.0,
                secret_type: read_secret_type(&rest.secret_type.value).unwrap_or_default(),
                privileged: rest.privileged,
                active: rest.is_active,
                notes: rest.comment.0,
                tags: labels(&rest.labels),
                created: time(&rest.date_created),
                changed: time(&rest.date_updated).max(time(&rest.date_change_secret)),
                ..AccountDetails::default()
            },
            fields: Vec::new(),
            has_secret: rest.has_secret,
            withheld: None,
        }
    }
}

/// An account's secret.
#[derive(Deserialize)]
pub struct Shown {
    /// The secret.
    pub secret: Secret,
    /// What opens it, where it is a key.
    #[serde(default)]
    pub passphrase: Option<Secret>,
}

/// A secret that an account had.
#[derive(Deserialize)]
pub struct Earlier {
    /// The secret.
    pub secret: Secret,
}

fn time(text: &Text) -> Timestamp {
    read_time(&text.0).unwrap_or_default()
}

/// Labels are texts, or have a name and a value.
fn labels(given: &[Value]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(shown) => {
            let of = |name: &str| shown.get(name).and_then(Value::as_str);
            Some(match of("value") {
                Some(value) => format!("{}:{value}", of("name")?),
                None => of("name")?.to_owned(),
            })
        }
        _ => None,
    };
    given.iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealward_client::model::SecretType;
    use serde_json::json;

    #[test]
    fn an_account_is_read_in_each_of_its_forms() {
        let account = json!({
            "id": "1b56ff93-18e9-478e-97c2-8b6a3720b95d", "name": "root", "username": "root", "privileged": true,
            "secret_type": {"value": "ssh_key", "label": "SSH key"}, "comment": null, "labels": [{"name": "env", "value": "prod"}],
            "date_updated": "2022/04/05 09:24:54 +0800", "unknown": [1],
            "asset": {"id": "09e1e072-1498-42f7-a6b1-567c2db56f59", "name": "web-1", "address": "192.0.2.7",
                "type": {"value": "linux", "label": "Linux"}, "platform": {"id": 1, "name": "Linux"}},
        });
        let account: Account = serde_json::from_value(account).unwrap();
        let asset = account.asset.clone().unwrap().pulled();
        assert_eq!(asset.source_id, "jumpserver:asset:09e1e072-1498-42f7-a6b1-567c2db56f59");
        assert_eq!((asset.details.dns_name.as_str(), asset.details.resource_type.as_str()), ("192.0.2.7", "Linux"));
        let listed = account.listed();
        assert_eq!(listed.source_id, "jumpserver:1b56ff93-18e9-478e-97c2-8b6a3720b95d");
        assert_eq!(listed.details.secret_type, SecretType::SshKey);
        assert_eq!(listed.details.tags, ["env:prod"]);
        assert_eq!(listed.details.changed, Timestamp(1_649_121_894_000));
        assert!(listed.details.active && listed.details.privileged);
        let plain: Account = serde_json::from_value(json!({"id": "7", "secret_type": "token"})).unwrap();
        assert_eq!(plain.listed().details.secret_type, SecretType::Token);
    }

    #[test]
    fn a_list_is_whole_or_has_pages() {
        let page: Page<Named> =
            serde_json::from_value(json!({"count": 1, "next": "x", "results": [{"name": "a"}]})).unwrap();
        assert!(!page.is_last() && page.rows().len() == 1);
        let last: Page<Named> = serde_json::from_value(json!({"next": null, "results": []})).unwrap();
        assert!(last.is_last());
        let whole: Page<Named> = serde_json::from_value(json!([{"name": "a"}, {}])).unwrap();
        assert!(whole.is_last() && whole.rows().len() == 2);
        assert!(serde_json::from_value::<Page<Named>>(json!({"count": 1})).is_err());
    }
}

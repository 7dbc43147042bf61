//! Password Manager Pro and PAM360 as the source: what the product's REST document says, by the names that the gateway
//! answers with.

use super::{
    fault::{SourceFault, Unreadable},
    listed::{Catalog, Fetched, Lack, ListedAccount, ListedResource, Withheld},
    report,
    source::{Answered, Kind, Source, short},
};
use crate::gateway::pmp::shapes::{
    AUTHENTICATION, AccountRow, AccountShown, AskedFor, Asking, BASE, DOMAIN, Envelope, FAILED, FileGiven, IN_USE,
    INPUT, Password, ResourceRow, ResourceShown, SUCCESS, Secret, TOKEN, Text, WhyGiven, read_moment,
};
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sealward_client::{
    import::{PlannedFile, PulledResource},
    model::{AccountDetails, ResourceDetails, ResourceKind, SecretText},
};
use serde::{Serialize, de::DeserializeOwned, de::IgnoredAny};
use std::collections::BTreeMap;

/// The way to the product.
pub struct Pmp {
    source: Source,
    token: SecretText,
    /// Stands before ids: they are those of one installation.
    known_as: String,
    why: WhyGiven,
    takes_files: bool,
}

impl Pmp {
    /// What this product's API does not give.
    pub const LACKS: &'static [&'static str] = &["password_history", "resource_groups", "further_files"];

    /// Asks with a token, for a reason and a ticket.
    #[must_use]
    pub fn new(source: Source, token: SecretText, known_as: String, why: WhyGiven, takes_files: bool) -> Self {
        Self { source, token, known_as, why, takes_files }
    }

    /// Lists resources with their accounts.
    ///
    /// # Errors
    /// [`SourceFault`]; what concerns one of them alone is in the catalog.
    pub async fn list(&self, mut seen: impl FnMut(usize) -> bool) -> Result<Catalog, SourceFault> {
        let listed: Envelope<Vec<ResourceRow>> = self.get("resources", &()).await?;
        let rows = listed.operation.details.unwrap_or_default();
        self.source.count_rows(rows.len())?;
        let mut catalog = Catalog::default();
        if let Some(more) =
            listed.operation.total.and_then(|total| total.checked_sub(rows.len())).filter(|more| *more > 0)
        {
            catalog.left.push(report::left_by(&format!("{more} resources"), "", None, "not_listed", None));
        }
        let mut accounts = 0;
        for row in rows {
            if row.id.is_empty() {
                return Err(SourceFault::Unreadable(Unreadable::Shape));
            }
            match self.list_accounts(&row).await {
                Ok((resource, left)) => {
                    accounts += resource.accounts.len();
                    catalog.resources.push(resource);
                    catalog.left.extend(left);
                }
                Err(fault) if fault.ends_all() => return Err(fault),
                Err(fault) => {
                    let id = self.source_id("resource", &row.id.0);
                    catalog.left.push(report::left_for(&row.name.0, &id, Lack::Whole, &fault));
                }
            }
            if !seen(accounts) {
                break;
            }
        }
        Ok(catalog)
    }

    async fn list_accounts(
        &self,
        row: &ResourceRow,
    ) -> Result<(ListedResource, Vec<crate::views::LeftView>), SourceFault> {
        let path = format!("resources/{}/accounts", segment(&row.id.0));
        let shown: Envelope<ResourceShown> = self.get(&path, &()).await?;
        let shown = shown.operation.details.ok_or(SourceFault::Unreadable(Unreadable::Shape))?;
        self.source.count_rows(shown.accounts.len())?;
        let mut resource = ListedResource { id: row.id.0.clone(), ..ListedResource::default() };
        let mut left = Vec::new();
        for account in &shown.accounts {
            let id = self.source_id("account", &account.id.0);
            match self.list_account(&path, account).await {
                Ok(account) => resource.accounts.push(account),
                Err(fault) if fault.ends_all() => return Err(fault),
                Err(fault) => {
                    let item = format!("{}/{}", row.name.0, account.name.0);
                    left.push(report::left_for(&item, &id, Lack::Whole, &fault));
                }
            }
        }
        resource.pulled = self.pulled(row, shown);
        Ok((resource, left))
    }

    fn pulled(&self, row: &ResourceRow, shown: ResourceShown) -> PulledResource {
        let or = |one: Text, other: &Text| told(if one.is_empty() { other.clone() } else { one });
        let mut fields = plain(shown.fields);
        let domain = told(shown.domain);
        if !domain.is_empty() && !fields.iter().any(|(label, _)| label == DOMAIN) {
            fields.push((DOMAIN.to_owned(), domain));
        }
        PulledResource {
            source_id: self.source_id("resource", &row.id.0),
            path: Vec::new(),
            details: ResourceDetails {
                name: or(shown.name, &row.name),
                resource_type: or(shown.kind, &row.kind),
                description: or(shown.description, &row.description),
                url: told(shown.url),
                dns_name: told(shown.dns_name),
                department: told(shown.department),
                location: told(shown.location),
                owner: told(shown.owner),
                ..ResourceDetails::default()
            },
            fields,
        }
    }

    async fn list_account(&self, path: &str, row: &AccountRow) -> Result<ListedAccount, SourceFault> {
        if row.id.is_empty() {
            return Err(SourceFault::Unreadable(Unreadable::Shape));
        }
        let shown: Envelope<AccountShown> = self.get(&format!("{path}/{}", segment(&row.id.0)), &()).await?;
        let shown = shown.operation.details.unwrap_or_default();
        let needs = |word: &Text| word.0.eq_ignore_ascii_case("true");
        let withheld = if row.status.0.trim() == IN_USE {
            Some(Withheld::InUse)
        } else if needs(&row.reason) && self.why.reason.is_empty() {
            Some(Withheld::ReasonNeeded)
        } else if needs(&row.ticket_must) && self.why.ticketid.is_empty() {
            Some(Withheld::TicketNeeded)
        } else {
            None
        };
        let name = row.name.0.clone();
        Ok(ListedAccount {
            id: row.id.0.clone(),
            source_id: self.source_id("account", &row.id.0),
            details: AccountDetails {
                user_name: name.clone(),
                name,
                notes: told(shown.description),
                changed: read_moment(&shown.modified.0).unwrap_or_default(),
                ..AccountDetails::default()
            },
            fields: plain(shown.fields),
            has_secret: None,
            withheld,
        })
    }

    /// Fetches the password and the files of an account.
    ///
    /// # Errors
    /// [`SourceFault`] where there is neither.
    pub async fn fetch(&self, resource: &ListedResource, account: &ListedAccount) -> Result<Fetched, SourceFault> {
        let path = format!("resources/{}/accounts/{}", segment(&resource.id), segment(&account.id));
        let password = self.get::<Password<Secret>, _>(&format!("{path}/password"), &self.why).await;
        let mut fetched = Fetched::default();
        // Where files are kept the secret is one, and the product refuses to write it down as a text.
        let may_be_file = password.is_err() || is_file_store(resource);
        let file =
            if self.takes_files || may_be_file { self.download(&path, &FileGiven::default()).await } else { Ok(None) };
        match (password, file) {
            (Ok(password), file) => {
                let password = password.operation.details.ok_or(SourceFault::Unreadable(Unreadable::Shape))?;
                fetched.secret = password.password.into_text();
                match file {
                    Ok(Some(file)) if fetched.secret.is_empty() => fetched.secret_file = Some(file),
                    Ok(file) => fetched.files.extend(file),
                    Err(fault) if fault.ends_all() => return Err(fault),
                    Err(fault) => fetched.lacks.push((Lack::File, fault)),
                }
            }
            (Err(fault), _) if fault.ends_all() => return Err(fault),
            (Err(_), Ok(Some(file))) => fetched.secret_file = Some(file),
            (Err(fault), _) => return Err(fault),
        }
        let kind = FileGiven { customfieldtype: "ACCOUNT".into(), ..FileGiven::default() };
        self.fetch_fields(&path, &account.fields, kind, &mut fetched).await?;
        Ok(fetched)
    }

    /// Fetches the files in the custom fields of a resource, which the product gives by way of an account.
    ///
    /// # Errors
    /// [`SourceFault`] where everything else would fail too.
    pub async fn fetch_of_resource(&self, resource: &ListedResource) -> Result<Fetched, SourceFault> {
        let mut fetched = Fetched::default();
        if let Some(account) = resource.accounts.first() {
            let path = format!("resources/{}/accounts/{}", segment(&resource.id), segment(&account.id));
            let kind = FileGiven { customfieldtype: "RESOURCE".into(), ..FileGiven::default() };
            self.fetch_fields(&path, &resource.pulled.fields, kind, &mut fetched).await?;
        }
        Ok(fetched)
    }

    /// A field that is a file shows its name. What only looks like one is a text: the product says so.
    async fn fetch_fields(
        &self,
        path: &str,
        fields: &[(String, String)],
        kind: FileGiven,
        fetched: &mut Fetched,
    ) -> Result<(), SourceFault> {
        let named = fields.iter().filter(|(_, value)| self.takes_files && is_file_name(value));
        for (label, _) in named {
            let given =
                FileGiven { iscustomfield: "TRUE".into(), customfieldlabel: Text(label.clone()), ..kind.clone() };
            match self.download(path, &given).await {
                Ok(Some(file)) => fetched.field_files.push((label.clone(), file)),
                Ok(None) => {}
                Err(fault) if fault.ends_all() => return Err(fault),
                Err(fault) => fetched.lacks.push((Lack::File, fault)),
            }
        }
        Ok(())
    }

    /// A file, or nothing where the product says that there is none.
    async fn download(&self, path: &str, given: &FileGiven) -> Result<Option<PlannedFile>, SourceFault> {
        let given = FileGiven { why: self.why.clone(), ..given.clone() };
        let answered = self.ask(&format!("{path}/downloadfile"), &given, Kind::File).await?;
        if let Some(name) = answered.file_name().filter(|_| answered.status == StatusCode::OK) {
            let media_type = answered.media_type();
            return Ok(Some(PlannedFile { name, media_type, bytes: answered.body, stands_for: None }));
        }
        match read::<IgnoredAny>(&answered) {
            Ok(_) => Err(SourceFault::Unreadable(Unreadable::Shape)),
            Err(SourceFault::Refused(_) | SourceFault::NotThere) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn get<D: DeserializeOwned, I: Serialize>(&self, path: &str, input: &I) -> Result<Envelope<D>, SourceFault> {
        read(&self.ask(path, input, Kind::Answer).await?)
    }

    async fn ask<I: Serialize>(&self, path: &str, input: &I, kind: Kind) -> Result<Answered, SourceFault> {
        let encoded = |text: &str| zeroize::Zeroizing::new(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
        let token = encoded(self.token.expose().trim());
        let mut target = zeroize::Zeroizing::new(format!("{BASE}/{path}?{TOKEN}={}", token.as_str()));
        // Nothing is said where there is nothing to say.
        let details =
            serde_json::to_value(input).ok().filter(|details| details.as_object().is_some_and(|all| !all.is_empty()));
        if let Some(details) = details {
            let asking = serde_json::to_string(&Asking { operation: AskedFor { details } }).unwrap_or_default();
            target.push_str(&format!("&{INPUT}={}", encoded(&asking).as_str()));
        }
        self.source.ask(&Method::GET, &target, &[], kind).await
    }

    fn source_id(&self, kind: &str, id: &str) -> String {
        format!("pmp:{}:{kind}:{}", self.known_as, id.trim())
    }
}

/// Reads an answer: HTTP says little, the envelope says how it went.
fn read<D: DeserializeOwned>(answered: &Answered) -> Result<Envelope<D>, SourceFault> {
    let told: Envelope<IgnoredAny> = match answered.json() {
        Ok(told) => told,
        Err(fault) => {
            return Err(match answered.status {
                StatusCode::OK => fault,
                StatusCode::UNAUTHORIZED => SourceFault::Token,
                StatusCode::NOT_FOUND => SourceFault::NotThere,
                status => SourceFault::Unreadable(Unreadable::Status(status.as_u16())),
            });
        }
    };
    let result = told.operation.result;
    if result.status.0.eq_ignore_ascii_case(SUCCESS) {
        return answered.json();
    }
    let is_of_token = told.operation.name.0.eq_ignore_ascii_case(AUTHENTICATION)
        || result.message.0.contains("Authentication failed")
        || answered.status == StatusCode::UNAUTHORIZED;
    if is_of_token {
        return Err(SourceFault::Token);
    }
    let words = if result.message.is_empty() { FAILED.into() } else { result.message };
    Err(SourceFault::Refused(short(&words.0)))
}

/// A text; what the product writes where it knows nothing is none.
fn told(Text(text): Text) -> String {
    let text = text.trim();
    if matches!(text, "N/A" | "-" | "null") { String::new() } else { text.to_owned() }
}

fn plain(fields: BTreeMap<String, Text>) -> Vec<(String, String)> {
    fields.into_iter().map(|(label, value)| (label, value.0)).collect()
}

/// A part of a path. Ids come from the product: none leads elsewhere.
fn segment(id: &str) -> String {
    utf8_percent_encode(id.trim(), NON_ALPHANUMERIC).to_string()
}

fn is_file_store(resource: &ListedResource) -> bool {
    ResourceKind::recognise(&resource.pulled.details.resource_type) == Some(ResourceKind::FileStore)
}

/// Whether a value could be the name of a file: a short extension, and no path.
fn is_file_name(value: &str) -> bool {
    let Some((stem, extension)) = value.trim().rsplit_once('.') else { return false };
    !stem.is_empty()
        && (1..=8).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !value.contains(['/', '\\', ':', '@', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_have_an_extension() {
        for (value, is_one) in [
            ("licence 密.key", true),
            ("scan.pdf", true),
            ("db.example", true),
            ("https://db.example", false),
            ("Rack 7", false),
            (".", false),
            ("me@example.org", false),
            ("a.b c", false),
        ] {
            assert_eq!(is_file_name(value), is_one, "{value}");
        }
    }

    #[test]
    fn ids_are_parts_of_a_path_and_nothing_more() {
        assert_eq!(segment("303"), "303");
        assert_eq!(segment("../user/1?x=#"), "%2E%2E%2Fuser%2F1%3Fx%3D%23");
        assert_eq!((told("N/A".into()), told(" x ".into())), (String::new(), "x".to_owned()));
    }
}

//! JumpServer as the source: assets, accounts on them, their secrets and those before.

use super::{
    fault::{SourceFault, Unreadable},
    jumpserver_shapes::{Account, Asset, Earlier, Page, Shown},
    listed::{Catalog, Fetched, Lack, ListedAccount, ListedResource},
    report,
    source::{Answered, Kind, Source, short},
};
use crate::gateway::jumpserver::{ORGANISATION, PASSPHRASE};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sealward_client::{
    import::{PastPassword, ROW_LIMIT},
    model::SecretText,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
};

/// Rows of a page.
const PAGE: usize = 100;
/// Earlier secrets that are kept, the newest.
const KEPT: usize = 20;
/// Rows of the history that are asked for: the present secret may be among them.
const EARLIER: usize = KEPT + 1;
/// What a token is called in its header: of a session or an application, and of a person's own.
const SCHEMES: [&str; 2] = ["Bearer", "Token"];

/// The way to the product.
pub struct JumpServer {
    source: Source,
    token: SecretText,
    organisation: Option<HeaderValue>,
    /// Which of [`SCHEMES`] the token is taken by; the product has both, and a token does not say of which kind it is.
    scheme: Cell<usize>,
    /// Whether secrets are read by POST, as the product's document says, and not by GET, as the product has it.
    by_post: Cell<bool>,
}

impl JumpServer {
    /// What this product's API does not give.
    pub const LACKS: &'static [&'static str] = &[];

    /// Asks with a token, within an organisation.
    ///
    /// # Errors
    /// [`SourceFault::NotThere`] where the organisation cannot be one.
    pub fn new(source: Source, token: SecretText, organisation: Option<&str>) -> Result<Self, SourceFault> {
        let organisation = organisation.map(HeaderValue::from_str).transpose().map_err(|_| SourceFault::NotThere)?;
        Ok(Self { source, token, organisation, scheme: Cell::new(0), by_post: Cell::new(false) })
    }

    /// Lists assets with their accounts.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub async fn list(&self, mut seen: impl FnMut(usize) -> bool) -> Result<Catalog, SourceFault> {
        let mut catalog = Catalog::default();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut place = |catalog: &mut Catalog, asset: Asset| {
            *places.entry(asset.id.0.clone()).or_insert_with(|| {
                let resource = ListedResource { id: asset.id.0.clone(), pulled: asset.pulled(), accounts: Vec::new() };
                catalog.resources.push(resource);
                catalog.resources.len() - 1
            })
        };
        // Assets say more of themselves in a list of their own; whoever may not see that gets what accounts say of them.
        match self.pages::<Asset>("assets/assets", |asset| &asset.id.0, |_| true).await {
            Ok(assets) => assets.into_iter().for_each(|asset| {
                place(&mut catalog, asset);
            }),
            Err(fault) if fault.ends_all() => return Err(fault),
            Err(fault) => catalog.left.push(report::left_for("assets", "", Lack::Whole, &fault)),
        }
        for account in self.pages::<Account>("accounts/accounts", |account| &account.id.0, &mut seen).await? {
            let at = place(&mut catalog, account.asset.clone().ok_or(SourceFault::Unreadable(Unreadable::Shape))?);
            if let Some(resource) = catalog.resources.get_mut(at) {
                resource.accounts.push(account.listed());
            }
        }
        Ok(catalog)
    }

    /// Fetches an account's secret and those before.
    ///
    /// # Errors
    /// [`SourceFault`].
    pub async fn fetch(&self, account: &ListedAccount) -> Result<Fetched, SourceFault> {
        let mut fetched = Fetched::default();
        if account.has_secret == Some(false) {
            return Ok(fetched);
        }
        let path = format!("accounts/account-secrets/{}", segment(&account.id));
        let shown: Shown = self.secret(&path).await?;
        fetched.secret = shown.secret.into_text();
        if let Some(passphrase) = shown.passphrase.map(|text| text.into_text()).filter(|text| !text.is_empty()) {
            fetched.hidden.push((PASSPHRASE.to_owned(), passphrase));
        }
        let earlier = self.get::<Page<Earlier>>(&format!("{path}/histories/?offset=0&limit={EARLIER}")).await;
        match earlier {
            Ok(page) => fetched.history = history(page.rows(), &fetched.secret),
            // Versions of the product without a history have no such path.
            Err(SourceFault::NotThere) => {}
            Err(fault) if fault.ends_all() => return Err(fault),
            Err(fault) => fetched.lacks.push((Lack::History, fault)),
        }
        Ok(fetched)
    }

    async fn secret(&self, path: &str) -> Result<Shown, SourceFault> {
        let target = format!("/api/v1/{path}/");
        if !self.by_post.get() {
            let answered = self.ask(&Method::GET, &target).await?;
            if answered.status != StatusCode::METHOD_NOT_ALLOWED {
                return read(&answered);
            }
            self.by_post.set(true);
        }
        read(&self.ask(&Method::POST, &target).await?)
    }

    /// All rows of a list, page by page. The addresses that the product names for the next page are not followed: the
    /// token goes nowhere else. Rows that come twice, because somebody writes meanwhile, are taken once; a page with
    /// nothing new ends it.
    async fn pages<R: DeserializeOwned>(
        &self,
        path: &str,
        id: impl Fn(&R) -> &String,
        mut seen: impl FnMut(usize) -> bool,
    ) -> Result<Vec<R>, SourceFault> {
        let (mut rows, mut known, mut offset) = (Vec::new(), HashSet::new(), 0);
        loop {
            let page: Page<R> = self.get(&format!("{path}/?offset={offset}&limit={PAGE}")).await?;
            let is_last = page.is_last();
            let page = page.rows();
            self.source.count_rows(page.len())?;
            offset += page.len();
            let (before, came) = (rows.len(), page.len());
            rows.extend(page.into_iter().filter(|row| known.insert(id(row).clone())));
            if !seen(rows.len()) || is_last || came == 0 {
                return Ok(rows);
            }
            if rows.len() == before || offset > ROW_LIMIT {
                return Err(SourceFault::Unreadable(Unreadable::Endless));
            }
        }
    }

    async fn get<D: DeserializeOwned>(&self, target: &str) -> Result<D, SourceFault> {
        read(&self.ask(&Method::GET, &format!("/api/v1/{target}")).await?)
    }

    async fn ask(&self, method: &Method, target: &str) -> Result<Answered, SourceFault> {
        let answered = self.ask_as(method, target, self.scheme.get()).await?;
        let other = 1 - self.scheme.get().min(1);
        if answered.status != StatusCode::UNAUTHORIZED {
            return Ok(answered);
        }
        let again = self.ask_as(method, target, other).await?;
        if again.status != StatusCode::UNAUTHORIZED {
            self.scheme.set(other);
        }
        Ok(again)
    }

    async fn ask_as(&self, method: &Method, target: &str, scheme: usize) -> Result<Answered, SourceFault> {
        let scheme = SCHEMES.get(scheme).copied().unwrap_or_default();
        let mut authorization = HeaderValue::try_from(format!("{scheme} {}", self.token.expose().trim()))
            .map_err(|_| SourceFault::Token)?;
        authorization.set_sensitive(true);
        let mut headers = vec![(header::AUTHORIZATION, authorization)];
        if let Some(organisation) = &self.organisation {
            let name = HeaderName::try_from(ORGANISATION).map_err(|_| SourceFault::NotThere)?;
            headers.push((name, organisation.clone()));
        }
        self.source.ask(method, target, &headers, Kind::Answer).await
    }
}

/// Those before the present one, each once.
fn history(earlier: Vec<Earlier>, present: &SecretText) -> Vec<PastPassword> {
    let mut past: Vec<PastPassword> = Vec::new();
    for value in earlier.into_iter().map(|earlier| earlier.secret.into_text()) {
        // The product writes a version down whenever anything of an account is changed.
        let is_same = past.last().map_or(value == *present, |last| last.value == value);
        if !is_same && !value.is_empty() {
            past.push(PastPassword { value, until: None });
        }
    }
    past.truncate(KEPT);
    past
}

/// Reads an answer, or why there is none.
fn read<D: DeserializeOwned>(answered: &Answered) -> Result<D, SourceFault> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Told {
        detail: String,
        #[serde(rename = "type")]
        kind: String,
    }
    if answered.status.is_success() {
        return answered.json();
    }
    let told: Told = answered.json().unwrap_or_default();
    Err(match answered.status {
        StatusCode::UNAUTHORIZED => SourceFault::Token,
        StatusCode::PRECONDITION_FAILED => SourceFault::SecondFactor,
        StatusCode::NOT_FOUND => SourceFault::NotThere,
        _ if told.kind == "user_confirm_required" => SourceFault::SecondFactor,
        StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST if !told.detail.is_empty() => {
            SourceFault::Refused(short(&told.detail))
        }
        StatusCode::FORBIDDEN => SourceFault::Refused(StatusCode::FORBIDDEN.to_string()),
        status => SourceFault::Unreadable(Unreadable::Status(status.as_u16())),
    })
}

/// A part of a path. Ids come from the product: none leads elsewhere.
fn segment(id: &str) -> String {
    const ID: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-');
    utf8_percent_encode(id.trim(), ID).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier(secrets: &[&str]) -> Vec<Earlier> {
        let rows = secrets.iter().map(|secret| serde_json::json!({ "secret": secret, "history_date": "x" }));
        serde_json::from_value(rows.collect()).unwrap()
    }

    #[test]
    fn the_past_holds_each_secret_once() {
        let past = history(earlier(&["c", "c", "b", "b", "", "a", "b"]), &"c".into());
        let past: Vec<_> = past.iter().map(|past| past.value.expose()).collect();
        assert_eq!(past, ["b", "a", "b"]);
        assert!(history(earlier(&["c"]), &"c".into()).is_empty());
    }

    #[test]
    fn ids_are_parts_of_a_path_and_nothing_more() {
        assert_eq!(segment("1b56ff93-18e9-478e"), "1b56ff93-18e9-478e");
        assert_eq!(segment("../x/?y"), "%2E%2E%2Fx%2F%3Fy");
    }
}

//! Passwords and files: read, changed, generated.

use super::{
    answers::{Fault, success, success_with},
    input::{Secret, Text},
    resources::{built_in, unknown_policy},
    shapes::{FileGiven, Password, WhyGiven},
};
use crate::{
    engine::Open,
    failure::Failure,
    gateway::{
        exchange::Answer,
        shared::{
            change,
            find::{self, Account},
            named::Named,
            read,
            remote::{Remote, RemoteFault},
            turns::Turns,
        },
    },
};
use http::{HeaderMap, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sealward_client::{
    generate::PasswordRecipe,
    model::{BuiltIn, CustomField, CustomValue, FileRef, SecretPayload, SecretText},
};
use sealward_contract::ids::{ObjectId, VaultId};
use serde::{Deserialize, Serialize};

impl WhyGiven {
    /// Reason and ticket as one text: what is released without a request has one place for both.
    fn reason(&self) -> Option<String> {
        let (reason, ticket) = (self.reason.0.trim(), self.ticketid.0.trim());
        match (reason.is_empty(), ticket.is_empty()) {
            (true, true) => None,
            (false, true) => Some(reason.to_owned()),
            (true, false) => Some(format!("[{ticket}]")),
            (false, false) => Some(format!("{reason} [{ticket}]")),
        }
    }

    /// Both, as a request has them.
    pub fn into_parts(self) -> (Option<String>, Option<String>) {
        let text = |Text(text): Text| Some(text).filter(|text| !text.trim().is_empty());
        (text(self.reason), text(self.ticketid))
    }
}

/// P4.
pub async fn get(session: &Open, name: &str, named: (Named, Named), why: &WhyGiven) -> Result<Answer, Fault> {
    let (_, account) = find::account_on(session, named.0, named.1)?;
    let secret = read_secret(session, &account, why).await?;
    let password = Password { password: secret.value.expose() };
    Ok(success_with(name, "Password fetched successfully", password))
}

async fn read_secret(session: &Open, account: &Account, why: &WhyGiven) -> Result<SecretPayload, Fault> {
    if account.details.secret_file.is_some() {
        return Err(Fault::said("The secret of this account is a file: download it"));
    }
    match read::secret(session, account, why.reason().as_deref()).await {
        Err(Failure::NotFound) => Err(Fault::said("The account has no password yet")),
        answer => Ok(answer?),
    }
}

#[derive(Serialize)]
struct Whole {
    #[serde(rename = "ACCOUNTDETAILS")]
    details: String,
}

/// The account with its password, or why there is none, as a text of JSON.
pub async fn get_details(session: &Open, name: &str, named: (Named, Named), why: &WhyGiven) -> Result<Answer, Fault> {
    #[derive(Serialize)]
    #[serde(rename_all = "UPPERCASE")]
    struct Inner<'a> {
        resourceid: String,
        resourcename: &'a str,
        accountid: String,
        accountname: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        password: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        password_reason: Option<String>,
    }
    let (resource, account) = find::account_on(session, named.0, named.1)?;
    let secret = read_secret(session, &account, why).await;
    let inner = Inner {
        resourceid: resource.number.0.to_string(),
        resourcename: &resource.details.name,
        accountid: account.number.0.to_string(),
        accountname: &account.details.name,
        password: secret.as_ref().ok().map(|secret| secret.value.expose()),
        password_reason: secret.as_ref().err().map(Fault::message),
    };
    let details = serde_json::to_string(&inner).map_err(|_| Fault::said("The answer cannot be written"))?;
    let whole = Whole { details };
    let answer = success_with(name, "Account details fetched successfully", &whole);
    drop(zeroize::Zeroizing::new(whole.details));
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct ChangeGiven {
    newpassword: Secret,
    #[serde(default)]
    resettype: Text,
    #[serde(flatten)]
    why: WhyGiven,
}

/// P5.
pub async fn change(
    session: &Open,
    (remote, turns): (&Remote, &Turns<VaultId>),
    name: &str,
    named: (Named, Named),
    given: ChangeGiven,
) -> Result<Answer, Fault> {
    let (_, account) = find::account_on(session, named.0, named.1)?;
    let secret = given.newpassword.into_text();
    if secret.is_empty() {
        return Err(Fault::said("NEWPASSWORD is empty"));
    }
    match given.resettype.0.trim().to_ascii_uppercase().as_str() {
        "" | "LOCAL" => {
            change::change_secret(session, turns, &account, secret, given.why.reason().as_deref()).await?;
        }
        "REMOTE" => {
            let changed = remote.change(session, &account, secret, given.why.reason().as_deref()).await;
            changed.map_err(|fault| match fault {
                RemoteFault::Failure(failure) => Fault::from(failure),
                RemoteFault::Refused(words) | RemoteFault::Unsure(words) => {
                    Fault::said(format!("RESETTYPE REMOTE: {words}"))
                }
            })?;
        }
        _ => return Err(Fault::said("RESETTYPE is LOCAL or REMOTE")),
    }
    Ok(success(name, "Password changed successfully"))
}

/// P17.
pub async fn download(session: &Open, named: (Named, Named), given: &FileGiven) -> Result<Answer, Fault> {
    let (resource, account) = find::account_on(session, named.0, named.1)?;
    let (holder, file) = if given.iscustomfield.0.eq_ignore_ascii_case("true") {
        let of_resource = match given.customfieldtype.0.trim().to_ascii_uppercase().as_str() {
            "RESOURCE" => true,
            "ACCOUNT" => false,
            _ => return Err(Fault::said("CUSTOMFIELDTYPE is ACCOUNT or RESOURCE")),
        };
        let (holder, fields) = if of_resource {
            (resource.id, &resource.details.custom_fields)
        } else {
            (account.id, &account.details.custom_fields)
        };
        (holder, file_of_field(fields, &given.customfieldlabel.0)?)
    } else {
        let beside = account.details.files.as_deref().unwrap_or_default();
        let file = account.details.secret_file.as_ref().or(beside.first());
        (account.id, file.ok_or_else(|| Fault::said("The account has no file"))?)
    };
    let bytes = fetch(session, &account, (holder, file), given.why.reason()).await?;
    let mut headers = HeaderMap::new();
    let kind = Some(file.media_type.as_str()).filter(|kind| !kind.is_empty());
    let kind = kind.and_then(|kind| header::HeaderValue::from_str(kind).ok());
    let kind = kind.unwrap_or(header::HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    let encoded = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    if let Ok(disposition) = header::HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(Answer { status: StatusCode::OK, headers, body: bytes })
}

async fn fetch(
    session: &Open,
    account: &Account,
    (holder, file): (ObjectId, &FileRef),
    reason: Option<String>,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Fault> {
    Ok(read::file(session, account.vault, holder, file, reason.as_deref()).await?)
}

fn file_of_field<'f>(fields: &'f [CustomField], label: &str) -> Result<&'f FileRef, Fault> {
    let found = fields.iter().find(|field| field.label == label).map(|field| &field.value);
    match found {
        Some(CustomValue::File(file)) => Ok(file),
        Some(_) => Err(Fault::said("The custom field is no file")),
        None => Err(Fault::said("There is no custom field with this CUSTOMFIELDLABEL")),
    }
}

/// What a password is to be made by.
#[derive(Default, Deserialize)]
#[serde(rename_all = "UPPERCASE", default)]
pub struct PolicyGiven {
    policy: Text,
}

/// A password by a policy that is built in.
pub fn generate(session: &Open, name: &str, given: &PolicyGiven) -> Result<Answer, Fault> {
    let policy = match given.policy.0.as_str() {
        "" => BuiltIn::Strong,
        policy => built_in(policy).ok_or_else(|| unknown_policy(policy))?,
    };
    let rules = policy.rules();
    let usual = PasswordRecipe::default();
    let longest = rules.max_length.unwrap_or(u16::MAX);
    let recipe = PasswordRecipe { length: usual.length.max(rules.min_length).min(longest), ..usual };
    let made = session.surroundings().with_randomness(|randomness| recipe.make(randomness));
    let password: SecretText = made.map_err(|_| Fault::said("No password can be made by this policy"))?.text;
    Ok(success_with(name, "Password generated successfully", Password { password: password.expose() }))
}

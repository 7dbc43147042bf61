//! Which operation a path is. The paths are the documents', and those that clients of the product are seen to ask.

use crate::gateway::shared::named::Named;
use http::Method;

/// An operation, and what its path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    ListResources,
    CreateResource,
    EditResource(Named),
    DeleteResource(Named),
    ListAccounts(Named),
    CreateAccounts(Named),
    GetAccount(Named, Named),
    EditAccount(Named, Named),
    GetPassword(Named, Named),
    ChangePassword(Named, Named),
    DownloadFile(Named, Named),
    /// A resource by its name.
    FindResource(String),
    /// A resource and an account on it by their names.
    FindAccount(String, String),
    /// The same, with the names in the query.
    FindAccountByQuery,
    /// An account with its password, or why there is none, by numbers in the query.
    AccountDetailsByQuery,
    ListResourceTypes,
    ListRequests,
    RequestPassword(Named),
    RejectRequest(Named, Named),
    ApproveRequest(Named, Named),
    CheckIn(Named, Named),
    CheckOut(Named),
    CreateUser,
    DeleteUser(Named),
    FindUser,
    LockUser,
    UnlockUser,
    GeneratePassword,
}

/// Why a path is no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCall {
    /// There is no such path.
    Path,
    /// The path does not take this method.
    Method,
    /// A number in it is none.
    Id,
}

/// Reads a method and the parts of a path. `says_more` tells a POST that makes something from the one with which the
/// document's own line deletes.
///
/// # Errors
/// [`NoCall`].
pub fn read(method: &Method, segments: &[String], says_more: bool) -> Result<Call, NoCall> {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["restapi", "json", "v1", path @ ..] = segments.as_slice() else { return Err(NoCall::Path) };
    let id = |text: &str| Named::read(text).ok_or(NoCall::Id);
    let (get, post) = (*method == Method::GET, *method == Method::POST);
    let (put, delete) = (*method == Method::PUT, *method == Method::DELETE);
    let only = |fits: bool, call: Result<Call, NoCall>| if fits { call } else { Err(NoCall::Method) };
    match path {
        ["resources"] if post => Ok(Call::CreateResource),
        ["resources"] => only(get, Ok(Call::ListResources)),
        ["resources", "resourcetypes"] => only(get, Ok(Call::ListResourceTypes)),
        ["resources", "getResourceIdAccountId"] => only(get, Ok(Call::FindAccountByQuery)),
        ["resources", "getResourceAccountDetails"] => only(get, Ok(Call::AccountDetailsByQuery)),
        ["resources", "resourcename", name] => only(get, Ok(Call::FindResource((*name).to_owned()))),
        ["resources", "resourcename", resource, "accounts", "accountname", account] => {
            only(get, Ok(Call::FindAccount((*resource).to_owned(), (*account).to_owned())))
        }
        ["resources", resource] if put => Ok(Call::EditResource(id(resource)?)),
        ["resources", resource] => only(delete || (post && !says_more), Ok(Call::DeleteResource(id(resource)?))),
        ["resources", resource, "accounts"] if post => Ok(Call::CreateAccounts(id(resource)?)),
        ["resources", resource, "accounts"] => only(get, Ok(Call::ListAccounts(id(resource)?))),
        ["resources", resource, "accounts", account] => {
            let (resource, account) = (id(resource)?, id(account)?);
            if put {
                Ok(Call::EditAccount(resource, account))
            } else {
                only(get, Ok(Call::GetAccount(resource, account)))
            }
        }
        ["resources", resource, "accounts", account, "password"] => {
            let (resource, account) = (id(resource)?, id(account)?);
            if put {
                Ok(Call::ChangePassword(resource, account))
            } else {
                only(get, Ok(Call::GetPassword(resource, account)))
            }
        }
        ["resources", resource, "accounts", account, "downloadfile"] => {
            only(get, Ok(Call::DownloadFile(id(resource)?, id(account)?)))
        }
        ["accounts", "passwordaccessrequests"] => only(get, Ok(Call::ListRequests)),
        ["accounts", account, "requestpassword"] => only(post, Ok(Call::RequestPassword(id(account)?))),
        ["accounts", account, "checkout"] => only(post, Ok(Call::CheckOut(id(account)?))),
        ["accounts", account, "requester", user, step] => {
            let (account, user) = (id(account)?, id(user)?);
            let call = match *step {
                "reject" => Call::RejectRequest(account, user),
                "approve" => Call::ApproveRequest(account, user),
                "checkin" => Call::CheckIn(account, user),
                _ => return Err(NoCall::Path),
            };
            only(post, Ok(call))
        }
        ["user"] => only(post, Ok(Call::CreateUser)),
        ["user", "getUserId"] => only(get, Ok(Call::FindUser)),
        ["user", "lock"] => only(put, Ok(Call::LockUser)),
        ["user", "unlock"] => only(put, Ok(Call::UnlockUser)),
        ["user", user] => only(delete, Ok(Call::DeleteUser(id(user)?))),
        ["passwords", "generate"] => only(get || post, Ok(Call::GeneratePassword)),
        _ => Err(NoCall::Path),
    }
}

impl Call {
    /// What the answer calls it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ListResources => "GET RESOURCES",
            Self::CreateResource => "CREATE RESOURCE",
            Self::EditResource(_) => "EDIT RESOURCE",
            Self::DeleteResource(_) => "DELETE RESOURCE",
            Self::ListAccounts(_) => "GET RESOURCE ACCOUNTLIST",
            Self::CreateAccounts(_) => "ADD ACCOUNTS",
            Self::GetAccount(..) => "GET RESOURCE ACCOUNT DETAILS",
            Self::EditAccount(..) => "EDIT ACCOUNT",
            Self::GetPassword(..) => "GET PASSWORD",
            Self::ChangePassword(..) => "CHANGE PASSWORD",
            Self::DownloadFile(..) => "DOWNLOAD FILE",
            Self::FindResource(_) => "GET_RESOURCEID",
            Self::FindAccount(..) | Self::FindAccountByQuery => "GET_RESOURCEACCOUNTNAME",
            Self::AccountDetailsByQuery => "GET_RESOURCEACCOUNTDETAILS",
            Self::ListResourceTypes => "GET RESOURCE TYPES",
            Self::ListRequests => "GET_PASSWORDREQUEST",
            Self::RequestPassword(_) => "REQUEST_PASSWORD",
            Self::RejectRequest(..) => "ADMIN_REQUEST_REJECT",
            Self::ApproveRequest(..) => "ADMIN_REQUEST_APPROVE",
            Self::CheckIn(..) => "ADMIN_REQUEST_CHECKIN",
            Self::CheckOut(_) => "REQUEST_CHECKOUT",
            Self::CreateUser => "CREATE_USER",
            Self::DeleteUser(_) => "DELETE USER",
            Self::FindUser => "GET_USERID",
            Self::LockUser => "LOCK_USER",
            Self::UnlockUser => "UNLOCK_USER",
            Self::GeneratePassword => "GENERATE PASSWORD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sealward_contract::ids::Number;

    fn call(method: &str, path: &str, says_more: bool) -> Result<Call, NoCall> {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let segments: Vec<String> = ["restapi", "json", "v1"].map(str::to_owned).into_iter().chain(segments).collect();
        read(&method.parse().unwrap(), &segments, says_more)
    }

    #[test]
    fn each_path_is_one_operation() {
        let n = |number| Named::Number(Number(number));
        let s = str::to_owned;
        for (method, path, expected) in [
            ("GET", "resources", Ok(Call::ListResources)),
            ("POST", "resources", Ok(Call::CreateResource)),
            ("PUT", "resources/303", Ok(Call::EditResource(n(303)))),
            ("DELETE", "resources/303", Ok(Call::DeleteResource(n(303)))),
            ("GET", "resources/303/accounts/307", Ok(Call::GetAccount(n(303), n(307)))),
            ("GET", "resources/303/accounts/307/password", Ok(Call::GetPassword(n(303), n(307)))),
            ("PUT", "resources/303/accounts/307/password", Ok(Call::ChangePassword(n(303), n(307)))),
            ("GET", "resources/resourcename/a/accounts/accountname/b", Ok(Call::FindAccount(s("a"), s("b")))),
            ("GET", "accounts/passwordaccessrequests", Ok(Call::ListRequests)),
            ("POST", "accounts/7/requester/34/checkin", Ok(Call::CheckIn(n(7), n(34)))),
            ("DELETE", "user/307", Ok(Call::DeleteUser(n(307)))),
            ("PUT", "user/lock", Ok(Call::LockUser)),
            ("GET", "resources/303", Err(NoCall::Method)),
            ("PATCH", "resources", Err(NoCall::Method)),
            ("GET", "resources/x/accounts", Err(NoCall::Id)),
            ("POST", "accounts/7/requester/34/forget", Err(NoCall::Path)),
            ("GET", "nothing", Err(NoCall::Path)),
        ] {
            assert_eq!(call(method, path, true), expected, "{method} {path}");
        }
        assert_eq!(call("POST", "resources/303", false), Ok(Call::DeleteResource(n(303))));
        assert_eq!(call("POST", "resources/303", true), Err(NoCall::Method));
        assert_eq!(read(&Method::GET, &[s("v1"), s("resources")], false), Err(NoCall::Path));
    }
}

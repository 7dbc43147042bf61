//! A failure as it is told: one word for programs, a sentence in both languages that says what to do next, and what the
//! program ends with. This is also how it crosses the agent's socket.

pub(crate) mod broken_rule;
mod chinese_usage;
mod request;

use crate::{
    failure::Failure,
    fault::{Fault, Place},
    language::Language,
};
use sealward_client::{
    error::{Error, InvitationFault, TokenFault},
    model::Unwritable,
};
use sealward_contract::problem::Rejection;
use serde::{Deserialize, Serialize};

/// A failure, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// One word for programs; it stays as it is.
    pub code: String,
    /// The sentence in English.
    pub english: String,
    /// The sentence in Chinese.
    pub chinese: String,
    /// What the program ends with.
    pub exit: u8,
    /// The version that something has now, where it was changed by somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u32>,
    /// What was not found, or which reference cannot be filled, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Told {
    /// The sentence.
    #[must_use]
    pub fn sentence(&self, language: Language) -> &str {
        language.pick(&self.english, &self.chinese)
    }
}

impl From<Fault> for Told {
    fn from(fault: Fault) -> Self {
        let (english, chinese) = sentences_of(&fault);
        let current = match &fault {
            Fault::Failure(Failure::Conflict { current }) => current.map(|version| version.0),
            _ => None,
        };
        let subject = subject(&fault).map(str::to_owned);
        let code = specific_code(&fault).unwrap_or_else(|| fault.code()).to_owned();
        Self { code, english, chinese, exit: fault.exit_code(), current, subject }
    }
}

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        Fault::from(failure).into()
    }
}

fn subject(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Missing(missing) => Some(missing.subject()),
        Fault::At { place: Place::Reference(reference), .. } => Some(reference),
        Fault::At { why, .. } => subject(why),
        _ => None,
    }
}

/// What programs decide by, where the kind alone says too little.
fn specific_code(fault: &Fault) -> Option<&'static str> {
    if let Fault::At { why, .. } = fault {
        return specific_code(why);
    }
    let Fault::Failure(
        Failure::Refused(error) | Failure::Waiting(error) | Failure::Credential(error) | Failure::Invalid(error),
    ) = fault
    else {
        return None;
    };
    Some(match error {
        Error::SecondFactorNeeded(_) => "second_factor_needed",
        Error::FactorRefused => "factor_refused",
        Error::ApprovalNeeded => "approval_needed",
        Error::CheckOutNeeded => "check_out_needed",
        Error::NotCheckedOut => "not_checked_out",
        Error::InUse { .. } => "in_use",
        Error::NotAllowed => "not_allowed",
        Error::LastOwner => "last_owner",
        Error::TooFewApprovers => "too_few_approvers",
        Error::RequestOnly => "request_only",
        Error::Held => "held",
        Error::WrongPassword => "wrong_password",
        Error::WrongKit => "wrong_kit",
        Error::Suspended => "suspended",
        Error::TokenRefused => "token_refused",
        Error::TokenExpired => "token_expired",
        Error::AddressRefused => "address_refused",
        Error::PolicyBroken(_) => "policy_broken",
        Error::ReasonNeeded => "reason_needed",
        Error::TicketNeeded => "ticket_needed",
        Error::NameTaken => "name_taken",
        Error::Invitation(InvitationFault::Altered | InvitationFault::Newer) => "invitation_unreadable",
        Error::Invitation(InvitationFault::Foreign) => "invitation_refused",
        Error::Invitation(InvitationFault::Used) => "invitation_used",
        Error::Invitation(InvitationFault::Withdrawn) => "invitation_withdrawn",
        Error::Invitation(InvitationFault::Expired) => "invitation_expired",
        _ => return None,
    })
}

fn both(english: &str, chinese: &str) -> (String, String) {
    (english.to_owned(), chinese.to_owned())
}

fn sentences_of(fault: &Fault) -> (String, String) {
    match fault {
        Fault::Failure(failure) => sentences(failure),
        Fault::Missing(missing) => missing.sentences(),
        Fault::At { place, why } => {
            let (english, chinese) = sentences_of(why);
            match place {
                Place::Row(row, path) => {
                    (format!("Row {row} ({path}): {english}"), format!("第 {row} 行（{path}）：{chinese}"))
                }
                Place::Reference(reference) => (format!("{reference}: {english}"), format!("{reference}：{chinese}")),
            }
        }
        Fault::Twice(path) => (
            format!("{path} stands in the list twice. Take one of the two out, or give it another path."),
            format!("{path} 在列表中出现了两次。请去掉其中一个，或换一个路径。"),
        ),
        Fault::FileExists { item, file } => (
            format!("{item} has a file {file} already. Take another name with --name."),
            format!("{item} 已有文件 {file}。请用 --name 指定其他名称。"),
        ),
        Fault::Source(fault) => fault.sentences(),
        Fault::UnknownDevice => both(
            "This machine has not signed in before: give the emergency kit with --kit-file or --kit-fd.",
            "本机尚未登录过：请用 --kit-file 或 --kit-fd 提供应急恢复套件。",
        ),
        Fault::Kit(fault) => (
            format!("This is no emergency kit, or it has a typo: {fault}."),
            format!("应急恢复套件无效或有误：{fault}。"),
        ),
        Fault::OtherDevice { login_name, server } => (
            format!(
                "This machine keeps the Secret Key of {login_name} at {server}, and it is not written over: set SEALWARD_HOME to another folder for somebody else."
            ),
            format!(
                "本机保存着 {login_name}（{server}）的安全密钥，不会被覆盖：如需以其他身份登录，请将 SEALWARD_HOME 设为另一个文件夹。"
            ),
        ),
        Fault::OtherServer { known } => (
            format!(
                "This machine signs in to {known}. Where that has another address now, run `sealward sign-in` with --server and the kit; for another server set SEALWARD_HOME to another folder."
            ),
            format!(
                "本机登录的服务器是 {known}。若其地址已变更，请用 --server 和应急恢复套件运行 `sealward sign-in`；若为其他服务器，请将 SEALWARD_HOME 设为另一个文件夹。"
            ),
        ),
        Fault::NoServer => {
            both("Name the server with --server or SEALWARD_SERVER.", "请用 --server 或 SEALWARD_SERVER 指定服务器。")
        }
        Fault::NoSite => both(
            "This program was built without the web app: `cargo xtask dist` builds both.",
            "本程序构建时未包含网页应用：`cargo xtask dist` 会同时构建两者。",
        ),
        Fault::Exists(path) => (
            format!("{path} is there already. `sealward edit` changes it."),
            format!("{path} 已存在。可用 `sealward edit` 修改。"),
        ),
        Fault::Joined(name) => (
            format!("This machine signs in to this team as {name}. Set SEALWARD_HOME to a folder for somebody else."),
            format!("本机已以 {name} 登录此团队。他人使用时请将 SEALWARD_HOME 设为另一文件夹。"),
        ),
        Fault::Weak => both(
            "The password is too easily guessed. Take a longer one, or `sealward generate --words 6`.",
            "密码太容易被猜到。请换更长的密码，或用 `sealward generate --words 6` 生成。",
        ),
        Fault::AskedAlready => both(
            "You asked for it already, and it waits for an approval: `sealward requests` shows it, `sealward cancel` takes it back.",
            "您已申请过，正在等待审批：可用 `sealward requests` 查看，或用 `sealward cancel` 撤回。",
        ),
        Fault::NotNamed => both(
            "You are not named for emergencies here: the approval policy of the vault or item says which custodians may take it without an approval. Ask for it without --break-glass.",
            "您不在此处的紧急取用名单中：保险库或项目的审批策略指定了哪些保管人可不经审批取用。请去掉 --break-glass 提出申请。",
        ),
        Fault::Partly { done, of, why } => {
            let (english, chinese) = sentences_of(why);
            (format!("{done} of {of} were done. {english}"), format!("已完成 {done}/{of}。{chinese}"))
        }
    }
}

fn sentences(failure: &Failure) -> (String, String) {
    match failure {
        Failure::Usage(what) => (what.clone(), chinese_usage::find(what).unwrap_or_else(|| what.clone())),
        Failure::NotFound => both(
            "There is no such thing here, or it is not for you. `sealward list` shows what there is.",
            "这里没有它，或者您无权查看。可用 `sealward list` 查看现有内容。",
        ),
        Failure::Ambiguous(count) => (
            format!(
                "{count} things can be meant. Use the number or the id, from `sealward list` or `sealward requests`."
            ),
            format!("有 {count} 个可能的项。请使用 `sealward list` 或 `sealward requests` 中的编号或 ID。"),
        ),
        Failure::Asked => both(
            "It was asked for, and waits for an approval: `sealward requests` shows how it stands.",
            "已提出申请，正在等待审批：可用 `sealward requests` 查看状态。",
        ),
        Failure::Locked => both(
            "Nothing is unlocked. Run `sealward sign-in`, or set SEALWARD_TOKEN.",
            "尚未解锁。请运行 `sealward sign-in`，或设置 SEALWARD_TOKEN。",
        ),
        Failure::Conflict { current: Some(version) } => (
            format!("Somebody changed it: it is at version {} now. Read it again and repeat.", version.0),
            format!("它已被他人修改，现为版本 {}。请重新读取后再试。", version.0),
        ),
        Failure::Conflict { current: None } => {
            both("Somebody changed it meanwhile. Read it again and repeat.", "它刚被他人修改。请重新读取后再试。")
        }
        Failure::Unreachable => both(
            "The server cannot be reached, or its certificate is not trusted. Check the address, the network, and --ca.",
            "无法连接服务器，或其证书不受信任。请检查地址、网络和 --ca。",
        ),
        Failure::Local { what, error } => (format!("{what}: {error}"), format!("{what}：{error}")),
        Failure::Closed => both("It was ended before it was done. Run it again.", "操作在完成前已被终止，请重试。"),
        Failure::Invalid(error)
        | Failure::Credential(error)
        | Failure::Refused(error)
        | Failure::Waiting(error)
        | Failure::Busy(error)
        | Failure::Untrusted(error) => of_client(error),
    }
}

fn of_invitation(fault: InvitationFault) -> (String, String) {
    match fault {
        InvitationFault::Altered => both(
            "This is no invitation's link, or a part of it is missing. Copy it once more, whole.",
            "这不是邀请链接，或链接不完整。请重新完整复制。",
        ),
        InvitationFault::Newer => both(
            "The link is of a newer Sealward. Update this program.",
            "该链接来自更新版本的 Sealward。请更新本程序。",
        ),
        InvitationFault::Foreign => both(
            "The server knows no such invitation. Check --server, or ask for another link.",
            "服务器没有此邀请。请检查 --server，或索取新的链接。",
        ),
        InvitationFault::Used => both(
            "Somebody joined by this link. If that was not you, tell whoever invited you; otherwise `sealward sign-in`.",
            "已有人通过此链接加入。如果不是您本人，请告知邀请人；否则请用 `sealward sign-in` 登录。",
        ),
        InvitationFault::Withdrawn => {
            both("The invitation was withdrawn. Ask for another link.", "邀请已被撤回。请索取新的链接。")
        }
        InvitationFault::Expired => {
            both("The invitation has expired. Ask for another link.", "邀请已过期。请索取新的链接。")
        }
    }
}

fn of_client(error: &Error) -> (String, String) {
    match error {
        Error::WrongPassword => both(
            "The password is wrong. Try again, and mind capital letters and the keyboard's layout.",
            "密码错误。请重试，并留意大小写和键盘布局。",
        ),
        Error::WrongKit => both(
            "The login name and the kit do not belong together, or the kit was replaced. Take the newest kit, or name yourself with --login-name.",
            "登录名与应急恢复套件不匹配，或应急恢复套件已被更换。请使用最新的套件，或用 --login-name 指定登录名。",
        ),
        Error::OriginRefused => both(
            "The server does not answer under this address. Use the one that your team was given.",
            "服务器不接受此地址。请使用团队提供的地址。",
        ),
        Error::SessionEnded => {
            both("The session has ended. Run `sealward sign-in` again.", "会话已结束。请重新运行 `sealward sign-in`。")
        }
        Error::Suspended => both(
            "You are suspended. An administrator can end that: `sealward member enable`.",
            "您已被停用。管理员可用 `sealward member enable` 恢复。",
        ),
        Error::Invitation(fault) => of_invitation(*fault),
        Error::Token(TokenFault::Foreign) => {
            both("This is no token of a service: one begins with swt1.", "这不是服务令牌：服务令牌以 swt1. 开头。")
        }
        Error::Token(TokenFault::Newer) => both(
            "The token is of a newer Sealward. Update this program.",
            "该令牌来自更新版本的 Sealward。请更新本程序。",
        ),
        Error::Token(TokenFault::Altered) => both(
            "The token is not as it was shown: characters are missing or changed. Copy it once more.",
            "令牌不完整或已被改动，请重新复制。",
        ),
        Error::TokenRefused => both(
            "The server does not know this token: it was replaced, or its service was removed. Ask whoever admits services for another.",
            "服务器不认识此令牌：它已被更换，或对应的服务已被移除。请向管理服务的人索取新令牌。",
        ),
        Error::TokenExpired => both(
            "The token has expired. Whoever admitted its service can renew it.",
            "令牌已过期。请由添加该服务的人续期。",
        ),
        Error::AddressRefused => both(
            "The token may not be used from this machine. Whoever admitted its service can name this one among its hosts.",
            "此令牌不允许在本机使用。添加该服务的人可将本机加入其主机列表。",
        ),
        Error::NotAllowed => both(
            "You have no right to this. A custodian of the vault gives roles in it, an owner those in the team.",
            "您没有此权限。保险库中的角色由保管人授予，团队中的角色由所有者授予。",
        ),
        Error::RequestOnly => both(
            "This service may only ask for secrets: use `sealward request`.",
            "该服务只能申请机密：请使用 `sealward request`。",
        ),
        Error::ApprovalNeeded => both(
            "An approval is needed: `sealward request` asks for it.",
            "需要审批：请用 `sealward request` 提出申请。",
        ),
        Error::CheckOutNeeded => both(
            "One person has this secret at a time: `sealward request`, then `sealward checkout`.",
            "该机密同一时间只能由一人使用：先 `sealward request`，再 `sealward checkout`。",
        ),
        Error::NotCheckedOut => both(
            "It is not checked out, or not any more: `sealward requests` shows how it stands.",
            "尚未借出，或借出已结束：可用 `sealward requests` 查看状态。",
        ),
        Error::InUse { .. } => {
            both("Somebody else has it now. Try again once it is checked in.", "正在被他人使用，请待其归还后再试。")
        }
        Error::ReasonNeeded => both("Say why with --reason.", "请用 --reason 说明原因。"),
        Error::TicketNeeded => both(
            "Name the ticket with --ticket, in the form that the policy asks for.",
            "请用 --ticket 按策略要求的格式填写工单。",
        ),
        Error::SecondFactorNeeded(_) => both(
            "A second factor is needed: `sealward confirm` takes the code of your app, `sign-in --code-prompt` when you sign in.",
            "需要双重验证：请用 `sealward confirm` 输入验证器应用中的代码；登录时请用 `sign-in --code-prompt`。",
        ),
        Error::FactorRefused => both(
            "The code is wrong, or was used already. Wait for the next one, and check this machine's clock.",
            "验证码错误或已被使用。请等待下一个验证码，并检查本机时钟。",
        ),
        Error::Held => both(
            "This device has nothing to compare the team with. Compare the numbers of `sealward status` with a colleague's, then run `sealward sign-in --compared`.",
            "本机没有可比对的团队记录。请与同事核对 `sealward status` 的数字，然后运行 `sealward sign-in --compared`。",
        ),
        Error::NameTaken => {
            both("Somebody has, or had, this login name. Take another.", "此登录名已被使用过，请换一个。")
        }
        Error::LoginName => both(
            "This is no login name: it has 1 to 64 characters, and no spaces.",
            "登录名无效：长度为 1 至 64 个字符，不含空格。",
        ),
        Error::LastOwner => both(
            "The last owner cannot go. Make somebody else an owner first.",
            "不能移除最后一位所有者。请先指定另一位所有者。",
        ),
        Error::TooFewApprovers => both(
            "An approval policy of the vault asks for more people than would be left to approve. Admit another custodian first, or have the policy ask for fewer.",
            "该保险库的审批策略所需的审批人数将多于能够审批的人数。请先增加一位保管人，或降低策略所需的审批数。",
        ),
        Error::PolicyBroken(_) => both(
            "The password breaks the policy in force. `--generate` makes one that fits most policies.",
            "密码不符合现行策略。`--generate` 生成的密码符合多数策略。",
        ),
        Error::Unwritable(Unwritable::Invalid(invalid)) => broken_rule::sentences(*invalid),
        Error::CreationClosed => both(
            "This server takes no new teams. Ask whoever runs it, or for an invitation to a team that is there.",
            "此服务器不接受新团队。请联系服务器管理员，或索取现有团队的邀请。",
        ),
        Error::SetupCode => both(
            "The set-up code is missing or wrong: `sealward-server setup-code` prints it.",
            "缺少设置码或设置码错误：可用 `sealward-server setup-code` 查看。",
        ),
        Error::Rejected(Rejection::RateLimited { retry_after }) => {
            let seconds = retry_after.div_ceil(1_000);
            (format!("Too many tries. Wait {seconds} seconds."), format!("尝试过于频繁，请等待 {seconds} 秒。"))
        }
        Error::Rejected(Rejection::KeysNotOwn) => both(
            "Your keys were made by somebody else. Sign in once in the browser to replace them.",
            "您的密钥由他人生成。请先在浏览器中登录一次以更换密钥。",
        ),
        Error::Request(refused) => request::sentences(*refused),
        Error::Clock => both(
            "The clocks of this machine and the server are too far apart. Set them, and run it again.",
            "本机与服务器的时钟相差过大。请校准后重试。",
        ),
        Error::Busy => both("Others were faster too often. Try again.", "写入竞争过多，请重试。"),
        Error::EpochDue => both(
            "The vault needs new keys first: a custodian has to open it once.",
            "保险库需要先更换密钥：请由保管人打开一次。",
        ),
        Error::FileTooLarge => both("The file is too large: a file has at most 100 MiB.", "文件过大：最大为 100 MiB。"),
        Error::Damage(damage) => (
            format!(
                "What the server gave does not verify, and nothing of it was used: {damage:?}. Tell whoever runs it, and compare with a colleague."
            ),
            format!("服务器给出的内容未通过校验，未使用其中任何内容：{damage:?}。请告知服务器管理员，并与同事核对。"),
        ),
        Error::Behind { .. } => both(
            "The server shows an older team than somebody has signed to have seen. Ask whoever runs it.",
            "服务器展示的团队记录比已签名的记录更旧。请联系服务器管理员。",
        ),
        Error::Unintelligible => both(
            "The answer cannot be read: this is no Sealward server, or one of another version.",
            "无法解读应答：这不是 Sealward 服务器，或版本不同。",
        ),
        other => (format!("It was refused: {other}."), format!("操作被拒绝：{other}。")),
    }
}

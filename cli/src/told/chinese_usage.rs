//! What is wrong with a word that was given, in Chinese: the sentences of [`crate::failure::Failure::Usage`], which are
//! made where the word is read, by their English form. `{}` stands for what was given.

/// English and Chinese; of several that fit the first counts, so what is more special stands before.
const SENTENCES: &[(&str, &str)] = &[
    // arguments
    ("{}: not like NAME=VALUE", "{}：格式应为 NAME=VALUE"),
    ("{}: not like VAULT=ROLE", "{}：格式应为 VAULT=ROLE"),
    ("{}: not like 90s, 30m, 8h or 7d", "{}：格式应为 90s、30m、8h 或 7d"),
    ("{}: long gone", "{}：时间早已过去"),
    ("{}: there is no terminal to ask on", "{}：没有可供输入的终端"),
    ("{}: not UTF-8", "{}：不是 UTF-8"),
    ("format: {} is none", "格式：没有 {} 这种格式"),
    ("run: no program", "run：未指定程序"),
    ("template: a reference has no end", "模板：有引用没有结束"),
    ("set HOME or {}", "请设置 HOME 或 {}"),
    ("{}: not like sealward://vault/resource/account/field", "{}：格式应为 sealward://vault/resource/account/field"),
    // items
    ("{}: this is no account", "{}：这不是账号"),
    ("{}: a path like {} is needed", "{}：路径应形如 {}"),
    (
        "{}: only accounts have secrets, and only they and resources tags and custom fields",
        "{}：只有账号有机密，只有账号和资源有标签和自定义字段",
    ),
    ("{}: it has neither tags nor custom fields", "{}：它没有标签，也没有自定义字段"),
    ("{}: {}: no field of an account, and its resource is there", "{}：{}：这不是账号的字段，而其资源已存在"),
    ("{}: there is no such field", "{}：没有此字段"),
    ("{}: not a hidden field", "{}：不是隐藏字段"),
    ("{}: not a field of plain text", "{}：不是明文字段"),
    ("stdin: line {}, column {}: not a list of items", "标准输入：第 {} 行第 {} 列：不是项目列表"),
    ("stdin: line {}: not a row of the sheet", "标准输入：第 {} 行：不是表格中的一行"),
    ("a secret is given, and one is to be made", "既给出了机密，又要求生成机密"),
    (
        "code: the seed that is stored makes no codes: `sealward edit --otp-file` writes another",
        "code：已保存的种子无法生成验证码：请用 `sealward edit --otp-file` 写入新的种子",
    ),
    (
        "otp_seed: no seed of one-time codes: it is base32 (A to Z, 2 to 7) or a link that begins with otpauth://",
        "otp_seed：不是一次性验证码的种子：应为 base32（A 至 Z、2 至 7）或以 otpauth:// 开头的链接",
    ),
    ("stdin: line {}, column {}: there is no field {}", "标准输入：第 {} 行第 {} 列：没有字段 {}"),
    ("stdin: line {}: generate: {}: not a number of characters", "标准输入：第 {} 行：generate：{}：不是字符数"),
    ("Account {} already exists", "账号 {} 已存在"),
    ("Resource {} already exists", "资源 {} 已存在"),
    // people and services
    ("expires: at most {} days", "expires：最多 {} 天"),
    ("expires: it has to lie ahead", "expires：必须是将来的时间"),
    (
        "default-vault: {}: none of its vaults: name it with --vault too",
        "default-vault：{}：不在其保险库之中：请同时用 --vault 指定",
    ),
    (
        "requests-only: {}: such a service is a viewer, since it may only ask for secrets",
        "requests-only：{}：此类服务只能申请机密，角色应为 viewer",
    ),
    ("lang: {}: en or zh", "lang：{}：应为 en 或 zh"),
    (
        "lock: a token has nothing to lock: unset SEALWARD_TOKEN to lock what `sealward sign-in` opened",
        "lock：令牌没有可锁定的会话：要锁定 `sealward sign-in` 打开的会话，请先取消设置 SEALWARD_TOKEN",
    ),
    (
        "no-secret: {} is given by its secret: leave out --no-secret or --field",
        "no-secret：{} 取自机密：请去掉 --no-secret 或 --field",
    ),
    ("{}: viewer, user or editor", "{}：应为 viewer、user 或 editor"),
    (
        "custodian: given in the browser, to somebody who is in the team already",
        "custodian：须在网页中授予已在团队中的成员",
    ),
    ("{}: an address, a network or a host name", "{}：应为地址、网段或主机名"),
    (
        "The token has no default vault: make its service with --default-vault and a vault that it may write into",
        "令牌没有默认保险库：请在创建其服务时用 --default-vault 指定一个可写入的保险库",
    ),
    // generated passwords
    ("{}no class of characters is chosen", "{}未选择任何字符类别"),
    ("{}too short, at least {}", "{}太短，至少 {}"),
    ("{}too long, at most {}", "{}太长，最多 {}"),
    ("{}the randomness is broken", "{}随机数源失效"),
    // files that are read
    ("{}: the file is empty", "{}：文件为空"),
    ("{}: the file is larger than {} bytes", "{}：文件大于 {} 字节"),
    ("{}: the file has more than {} rows", "{}：文件超过 {} 行"),
    ("{}: the file's encoding is unknown", "{}：文件的编码未知"),
    ("{}: the file is broken JSON, at line {}", "{}：文件的 JSON 有误，在第 {} 行"),
    ("{}: the file's format is unknown", "{}：文件的格式未知"),
    ("{}: the file is not of this format", "{}：文件不是此格式"),
    ("{}: the file is damaged", "{}：文件已损坏"),
    ("{}: the file becomes larger than {} when unpacked", "{}：文件解压后大于 {}"),
    ("{}: more than {} files are packed in the file", "{}：文件中打包了超过 {} 个文件"),
    ("{}: the export is encrypted", "{}：导出文件已加密"),
    ("{}: a password is needed", "{}：需要密码"),
    ("{}: the password is wrong", "{}：密码错误"),
    ("{}: opening the file costs too much", "{}：打开此文件的代价过高"),
    ("{}: the file is newer than this program", "{}：文件比本程序新"),
    ("{}: the sheet has no column {}", "{}：表格没有 {} 列"),
    ("{}: the sheet has more than {} columns", "{}：表格超过 {} 列"),
    // the way to a server
    ("{}not an address like https://vault.example", "{}地址格式应为 https://vault.example"),
    ("{}an address with more than scheme, host and port", "{}地址只能包含协议、主机和端口"),
    ("{}http to another machine", "{}不能以 http 连接其他机器"),
    ("{}no certificates in the file", "{}文件中没有证书"),
    ("{}TLS cannot be set up", "{}无法建立 TLS"),
    ("the certificate cannot be used: {}", "证书不可用：{}"),
    (
        "tokens would go through the network without TLS: --plain-http where something else protects them",
        "令牌会不经 TLS 通过网络传输：若另有保护，请使用 --plain-http",
    ),
    // last, since much fits it
    ("{}: not {}", "{}：不是 {}"),
];

/// The sentence in Chinese; nothing for one that is not known, such as one that was said in Chinese already.
pub(super) fn find(english: &str) -> Option<String> {
    SENTENCES.iter().find_map(|(pattern, chinese)| Some(fill(chinese, &read(pattern, english)?)))
}

/// What stands in the gaps of a pattern that fits.
fn read<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        // What was given may hold the words of a pattern: the last part is the end of the sentence.
        let at = if parts.peek().is_none() {
            rest.len().checked_sub(part.len()).filter(|at| rest.get(*at..) == Some(part))?
        } else {
            rest.find(part)?
        };
        let (given, behind) = rest.split_at_checked(at)?;
        found.push(given);
        rest = behind.strip_prefix(part)?;
    }
    rest.is_empty().then_some(found)
}

fn fill(pattern: &str, given: &[&str]) -> String {
    let mut given = given.iter();
    let mut filled = String::new();
    for (at, part) in pattern.split("{}").enumerate() {
        if at > 0 {
            filled.push_str(given.next().copied().unwrap_or_default());
        }
        filled.push_str(part);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn what_was_given_stands_in_the_translation() {
        for (english, chinese) in [
            ("Web: not like NAME=VALUE", "Web：格式应为 NAME=VALUE"),
            ("a: b: not like NAME=VALUE", "a: b：格式应为 NAME=VALUE"),
            ("stdin: line 3, column 12: not a list of items", "标准输入：第 3 行第 12 列：不是项目列表"),
            ("generate: too short, at least 8", "generate: 太短，至少 8"),
            ("too long, at most 128", "太长，最多 128"),
            ("privileged: not maybe", "privileged：不是 maybe"),
            ("run: no program", "run：未指定程序"),
        ] {
            assert_eq!(find(english).as_deref(), Some(chinese), "{english}");
        }
        assert_eq!(find("两次输入的密码不一致。"), None);
        assert_eq!(find("run: no program at all"), None);
    }

    #[test]
    fn as_many_gaps_in_both_languages() {
        for (english, chinese) in SENTENCES {
            assert_eq!(english.matches("{}").count(), chinese.matches("{}").count(), "{english}");
        }
    }

    /// Every sentence that is made in place is known here.
    #[test]
    fn no_sentence_is_without_a_translation() {
        let mut missing = Vec::new();
        look(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut missing);
        assert!(missing.is_empty(), "{missing:#?}");
    }

    fn look(folder: &Path, missing: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, missing);
                continue;
            }
            if path.ends_with(file!().rsplit('/').next().unwrap()) {
                continue;
            }
            let code = fs::read_to_string(&path).unwrap();
            for found in code.split("Failure::Usage(").skip(1) {
                let literal = found.trim_start().trim_start_matches("format!(").trim_start();
                let Some(sentence) = literal.strip_prefix('"').and_then(|text| text.split('"').next()) else {
                    continue;
                };
                let sentence = gaps(sentence);
                // A word before what somebody else says: that has rows of its own.
                let own = sentence.strip_suffix(": {}").is_none_or(|word| word.contains(' '));
                if own && sentence.replace("{}", "").chars().any(char::is_alphabetic) && find(&sentence).is_none() {
                    missing.push(format!("{}: {sentence}", path.display()));
                }
            }
        }
    }

    /// A format string with its gaps empty: `{name:?}` is `{}`.
    fn gaps(format: &str) -> String {
        let mut plain = String::new();
        let mut inside = false;
        for letter in format.chars() {
            match letter {
                '{' => (inside, _) = (true, plain.push('{')),
                '}' => (inside, _) = (false, plain.push('}')),
                other if !inside => plain.push(other),
                _ => {}
            }
        }
        plain
    }
}

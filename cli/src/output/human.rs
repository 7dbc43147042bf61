//! Answers for people: lines and columns.

mod migration;

use super::paint::{Ink, Paint};
use crate::{
    language::Language,
    tasks::Answer,
    views::{
        EventView, ItemView, Kind, MemberView, ReportView, RequestView, RowView, SecretView, StatusView, TransferView,
        VerifiedView, VersionView, WebView,
    },
};
use std::fmt::Write;
use zeroize::Zeroizing;

/// What is written so far, and whether in colours.
struct Text {
    written: Zeroizing<String>,
    paint: Paint,
}

pub(super) fn write(answer: &Answer, language: Language, paint: Paint) -> Zeroizing<String> {
    let mut text = Text { written: Zeroizing::new(String::new()), paint };
    match answer {
        Answer::Done => line(&mut text, language.pick("Done.", "完成。")),
        Answer::Status(view) => status(&mut text, view, language),
        Answer::Items(views) => items(&mut text, views, language),
        Answer::Item(view) => item(&mut text, view, language),
        Answer::Secret(view) => secret(&mut text, view, language),
        Answer::Value(value) | Answer::Link(value) => line(&mut text, &value.0),
        Answer::Values(values) => values.iter().for_each(|value| line(&mut text, &value.0)),
        Answer::Report(view) => report(&mut text, view, language),
        Answer::Versions(views) => columns(&mut text, views.iter().map(version), language),
        Answer::Members(views) => columns(&mut text, views.iter().map(member), language),
        Answer::NewMember(view) => {
            line(&mut text, &view.kit.0);
            if let Some(password) = &view.password {
                pair(&mut text, language.pick("First password", "初始密码"), &password.0);
            }
        }
        Answer::Service(view) => line(&mut text, &view.token.0),
        Answer::Request(view) => columns(&mut text, [request(view, language)].into_iter(), language),
        Answer::Requests(views) => columns(&mut text, views.iter().map(|view| request(view, language)), language),
        Answer::Events(views) => columns(&mut text, views.iter().map(|view| event(view, language)), language),
        Answer::Verified(view) => verified(&mut text, view, language),
        Answer::Transfer(view) => transfer(&mut text, view, language),
        Answer::Migration(view) => migration::write(&mut text, view, language),
        Answer::Web(view) => web(&mut text, view, language),
    }
    text.written
}

fn line(text: &mut Text, line: &str) {
    text.written.push_str(line);
    text.written.push('\n');
}

fn inked(text: &mut Text, ink: Ink, words: &str) {
    let words = text.paint.ink(ink, words);
    line(text, &words);
}

fn pair(text: &mut Text, label: &str, value: &str) {
    let label = text.paint.ink(Ink::Label, label);
    // Writing to memory cannot fail.
    let _ = writeln!(text.written, "{label}: {value}");
}

/// A text that somebody else wrote, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() && !matches!(letter, '\n' | '\t') { '\u{fffd}' } else { letter })
        .collect()
}

/// The same for what stands in one line with other things: a line break in it would begin a line of its own, which says what
/// nobody said.
fn in_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// How many columns a terminal takes for a text: two for what East Asian scripts write.
fn width(text: &str) -> usize {
    text.chars()
        .map(|letter| if ('\u{1100}'..='\u{ffe6}').contains(&letter) && !letter.is_ascii() { 2 } else { 1 })
        .sum()
}

fn columns(text: &mut Text, rows: impl Iterator<Item = Vec<String>>, language: Language) {
    let rows: Vec<Vec<String>> = rows.map(|row| row.iter().map(|cell| in_line(cell)).collect()).collect();
    if rows.is_empty() {
        return line(text, language.pick("Nothing here.", "没有内容。"));
    }
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(widest).collect();
    for row in &rows {
        let mut written = String::new();
        for (at, (cell, widest)) in row.iter().zip(&widths).enumerate() {
            // The first names the row, and is what one types next.
            written.push_str(&if at == 0 { text.paint.ink(Ink::Label, cell) } else { cell.clone() });
            written.extend(std::iter::repeat_n(' ', (widest - width(cell)) + 2));
        }
        line(text, written.trim_end());
    }
}

fn kind(kind: Kind, language: Language) -> &'static str {
    match kind {
        Kind::Vault => language.pick("vault", "保险库"),
        Kind::ResourceGroup => language.pick("group", "资源组"),
        Kind::Resource => language.pick("resource", "资源"),
        Kind::Account => language.pick("account", "账号"),
    }
}

fn field<'i>(item: &'i ItemView, name: &str) -> &'i str {
    item.fields.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn items(text: &mut Text, items: &[ItemView], language: Language) {
    let rows = items.iter().map(|item| {
        let number = item.number.map_or_else(String::new, |number| format!("#{number}"));
        let also = ["user_name", "dns_name", "url", "deleted"].into_iter().map(|name| field(item, name));
        let also = also.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
        vec![number, kind(item.kind, language).to_owned(), item.path.clone(), also.to_owned()]
    });
    columns(text, rows, language);
}

fn item(text: &mut Text, item: &ItemView, language: Language) {
    let number = item.number.map_or_else(String::new, |number| format!(" #{number}"));
    let path = text.paint.ink(Ink::Title, &in_line(&item.path));
    line(text, &format!("{path} ({}{number})", kind(item.kind, language)));
    for (name, value) in &item.fields {
        pair(text, name, &value.as_str().map_or_else(|| value.to_string(), plain));
    }
    if !item.tags.is_empty() {
        pair(text, "tags", &in_line(&item.tags.join(", ")));
    }
    for custom in &item.custom_fields {
        pair(text, &in_line(&custom.label), &plain(custom.value.as_deref().unwrap_or("***")));
    }
    for file in &item.files {
        pair(text, language.pick("file", "文件"), &format!("{} ({} B)", in_line(&file.name), file.length));
    }
    pair(text, "version", &item.version.to_string());
}

fn secret(text: &mut Text, view: &SecretView, language: Language) {
    item(text, &view.item, language);
    for hidden in &view.hidden {
        pair(text, &in_line(&hidden.label), &hidden.value.0);
    }
    if let Some(code) = &view.code {
        pair(text, "code", &code.0);
    }
    if let Some(secret) = &view.secret {
        pair(text, "secret", &secret.0);
    }
    if view.superseded {
        let older =
            language.pick("the version that you checked out; there is a newer one", "您借出的版本；已有更新的版本");
        pair(text, "note", older);
    }
}

fn status(text: &mut Text, view: &StatusView, language: Language) {
    let state = match view.state.as_str() {
        "open" => language.pick("unlocked", "已解锁"),
        "service" => language.pick("a service", "服务"),
        "locked" => language.pick("locked", "已锁定"),
        _ => language.pick("signed out", "未登录"),
    };
    inked(text, if matches!(view.state.as_str(), "open" | "service") { Ink::Good } else { Ink::Warning }, state);
    let known = [
        (language.pick("server", "服务器"), &view.server),
        (language.pick("team", "团队"), &view.team_name),
        (language.pick("login name", "登录名"), &view.login_name),
    ];
    for (label, value) in known {
        if let Some(value) = value {
            pair(text, label, &in_line(value));
        }
    }
    if let Some((statement, event)) = view.places {
        pair(text, language.pick("newest statement / event", "最新声明 / 事件"), &format!("{statement} / {event}"));
    }
    if view.held {
        inked(
            text,
            Ink::Warning,
            language.pick(
                "Nothing is written before you compare these numbers with a colleague's and run `sealward sign-in --compared`.",
                "请先与同事核对以上数字，再运行 `sealward sign-in --compared`；在此之前不会写入任何内容。",
            ),
        );
    }
}

fn report(text: &mut Text, view: &ReportView, language: Language) {
    let rows = view.changed.iter().map(|changed| {
        let number = changed.number.map_or_else(String::new, |number| format!("#{number}"));
        let version = changed.version.map_or_else(String::new, |version| format!("v{version}"));
        vec![number, changed.path.clone(), version]
    });
    columns(text, rows, language);
    if view.dry_run {
        line(text, language.pick("Nothing was written.", "未写入任何内容。"));
    }
}

fn version(view: &VersionView) -> Vec<String> {
    vec![view.version.to_string(), view.time.clone(), view.author.clone()]
}

fn member(view: &MemberView) -> Vec<String> {
    let number = format!("#{}", view.number);
    let role = view.role.clone().unwrap_or_default();
    vec![number, view.login_name.clone(), view.full_name.clone(), view.kind.clone(), view.state.clone(), role]
}

fn request(view: &RequestView, language: Language) -> Vec<String> {
    let status = match view.status.as_str() {
        "requested" => language.pick("waits for approval", "等待审批"),
        "approved" => language.pick("may be checked out", "可借出"),
        "checked_out" => language.pick("checked out", "已借出"),
        "checked_in" => language.pick("checked in", "已归还"),
        "rejected" => language.pick("rejected", "已拒绝"),
        "cancelled" => language.pick("cancelled", "已取消"),
        "void" => language.pick("void", "已失效"),
        _ => language.pick("taken back", "已撤回"),
    };
    vec![
        view.id.clone(),
        view.path.clone().unwrap_or_else(|| view.account.clone()),
        view.requester.clone(),
        status.to_owned(),
        view.from.clone(),
        view.until.clone(),
        view.reason.clone().unwrap_or_default(),
    ]
}

fn event(view: &EventView, language: Language) -> Vec<String> {
    let act = view.act.get("act").and_then(serde_json::Value::as_str).unwrap_or_default();
    let basis = if view.verified { "" } else { language.pick("UNFOUNDED", "无依据") };
    let member = view.member.clone().unwrap_or_default();
    vec![view.sequence.to_string(), view.time.clone(), member, act.to_owned(), basis.to_owned()]
}

fn verified(text: &mut Text, view: &VerifiedView, language: Language) {
    let events = view.events;
    let sentence = match (view.broken, view.whole) {
        (Some(at), _) => language.pick(format!("Event {at} is wrong."), format!("事件 {at} 有误。")),
        (None, true) => {
            language.pick(format!("{events} events, all right."), format!("共 {events} 个事件，全部正确。"))
        }
        (None, false) => language.pick(
            format!("{events} events of your own, all right; the whole chain is for auditors."),
            format!("您自己的 {events} 个事件全部正确；完整的链只对审计员开放。"),
        ),
    };
    inked(text, if view.broken.is_some() { Ink::Bad } else { Ink::Good }, &sentence);
    for refused in &view.refused {
        pair(text, language.pick("does not verify", "未通过校验"), &in_line(refused));
    }
}

fn transfer(text: &mut Text, view: &TransferView, language: Language) {
    if let Some(file) = &view.file {
        line(text, file);
    }
    let (resources, accounts) = (view.resources, view.accounts);
    if resources > 0 || accounts > 0 || view.file.is_none() {
        line(
            text,
            &language.pick(
                format!("{resources} resources, {accounts} accounts"),
                format!("{resources} 个资源，{accounts} 个账号"),
            ),
        );
    }
    if view.known > 0 {
        pair(text, language.pick("there already", "已存在"), &view.known.to_string());
    }
    if view.left > 0 {
        pair(text, language.pick("left out", "未包含"), &view.left.to_string());
    }
    for RowView { row, name, message, message_zh, .. } in &view.left_out {
        let named = if name.is_empty() { String::new() } else { format!(" {name}") };
        let place = language.pick(format!("- row {row}{named}: "), format!("- 第 {row} 行{named}："));
        line(text, &in_line(&[place.as_str(), language.pick(message.as_str(), message_zh.as_str())].concat()));
    }
    if view.dry_run {
        line(text, language.pick("Nothing was written.", "未写入任何内容。"));
    }
}

fn web(text: &mut Text, view: &WebView, language: Language) {
    let (files, server) = (view.files, &view.server);
    if view.others.is_empty() {
        inked(
            text,
            Ink::Good,
            &language.pick(
                format!("{server} serves the same web app: {files} files."),
                format!("{server} 提供的网页应用与本程序一致：共 {files} 个文件。"),
            ),
        );
        return;
    }
    inked(
        text,
        Ink::Bad,
        &language.pick(
            format!("{server} serves another web app. Do not type a password there before you know why."),
            format!("{server} 提供的网页应用与本程序不一致。弄清原因之前请勿在其中输入密码。"),
        ),
    );
    view.others.iter().for_each(|path| line(text, path));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_command_the_terminal() {
        assert_eq!(plain("a\u{1b}]0;b\u{7}\nc"), "a\u{fffd}]0;b\u{fffd}\nc");
        assert_eq!(width("db 数据库"), 9);
        let mut text = Text { written: Zeroizing::default(), paint: Paint(false) };
        let rows = [vec!["#1".to_owned(), "数据".to_owned(), "x".to_owned()], vec!["#12".to_owned(), "db".to_owned()]];
        columns(&mut text, rows.into_iter(), Language::English);
        assert_eq!(*text.written, "#1   数据  x\n#12  db\n");
    }

    #[test]
    fn a_reason_makes_no_row_of_its_own() {
        let view = RequestView {
            id: "17".to_owned(),
            path: Some("Web/db1/root".to_owned()),
            account: "7".to_owned(),
            requester: "eve".to_owned(),
            status: "requested".to_owned(),
            asked: "2027-01-15T08:00:00Z".to_owned(),
            from: "2027-01-15T08:00:00Z".to_owned(),
            until: "2027-01-16T08:00:00Z".to_owned(),
            seconds: 1_800,
            needed: 1,
            approvals: 0,
            reason: Some("disk full\n18\tWeb/db1/root\tada\r\u{85}".to_owned()),
            ticket: None,
        };
        let written = write(&Answer::Requests(vec![view]), Language::English, Paint(false));
        assert_eq!(written.lines().count(), 1, "{}", *written);
        assert!(written.contains("disk full\u{fffd}18\u{fffd}Web/db1/root\u{fffd}ada"), "{}", *written);
        // The window stands in it.
        assert!(written.contains("2027-01-15T08:00:00Z  2027-01-16T08:00:00Z"), "{}", *written);
    }
}

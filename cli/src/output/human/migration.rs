//! What a migration came to, for people: what was brought in, what was not and why, and how many of each.

use super::{Text, in_line, line, pair};
use crate::{
    language::Language,
    views::{LeftView, MigrationView, MovedView},
};

pub(super) fn write(text: &mut Text, view: &MigrationView, language: Language) {
    rows(text, "+", &view.made);
    rows(text, "~", &view.updated);
    for LeftView { item, part, message, message_zh, .. } in &view.left {
        let part = part.as_deref().map(|part| format!(" ({})", part_words(part, language))).unwrap_or_default();
        line(text, &in_line(&format!("- {item}{part}: {}", language.pick(message, message_zh))));
    }
    rows(text, "!", &view.changed);
    let MigrationView { resources, accounts, secrets, versions, files, .. } = view;
    let (made, more) = if view.dry_run {
        (language.pick("would be made", "将会创建"), String::new())
    } else {
        let english = format!("; {secrets} secrets, {versions} earlier ones, {files} files");
        let chinese = format!("；{secrets} 个机密，{versions} 个历史机密，{files} 个文件");
        (language.pick("made", "已创建"), language.pick(english, chinese))
    };
    let counts = language.pick(
        format!("{resources} resources, {accounts} accounts{more}"),
        format!("{resources} 个资源，{accounts} 个账号{more}"),
    );
    pair(text, made, &counts);
    let number = |text: &mut Text, label: &str, count: usize| {
        if count > 0 {
            pair(text, label, &count.to_string());
        }
    };
    number(text, language.pick("there already", "已存在"), view.known);
    number(text, language.pick("updated (~)", "已更新（~）"), view.updated.len());
    let changed = language.pick(
        "changed at the source, left alone (!); --update takes it",
        "来源已变更，未改动（!）；可用 --update 更新",
    );
    number(text, changed, view.changed.len());
    number(text, language.pick("left out (-)", "未包含（-）"), view.left.len());
    for what in &view.not_given {
        line(text, not_given(what, language));
    }
    if let Some(LeftView { message, message_zh, .. }) = &view.ended {
        pair(text, language.pick("ended early", "提前结束"), &in_line(language.pick(message, message_zh)));
    }
    if view.dry_run {
        line(text, language.pick("Nothing was written.", "未写入任何内容。"));
    }
}

fn rows(text: &mut Text, sign: &str, rows: &[MovedView]) {
    rows.iter().for_each(|row| line(text, &in_line(&format!("{sign} {}", row.item))));
}

fn part_words(part: &str, language: Language) -> &str {
    match part {
        "history" => language.pick("earlier secrets", "历史机密"),
        "file" => language.pick("a file", "文件"),
        part => part,
    }
}

fn not_given(what: &str, language: Language) -> &'static str {
    match what {
        "password_history" => {
            language.pick("The product's API does not give earlier passwords.", "来源产品的 API 不提供历史密码。")
        }
        "resource_groups" => language.pick(
            "The product's API does not say in which groups resources stand.",
            "来源产品的 API 不提供资源所属的资源组。",
        ),
        "further_files" => language.pick(
            "The product's API gives one file of an account, and those of custom fields.",
            "来源产品的 API 只提供每个账号的一个文件，以及自定义字段中的文件。",
        ),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Paint, *};
    use zeroize::Zeroizing;

    #[test]
    fn a_report_says_what_came_and_what_did_not() {
        let moved = |item: &str| MovedView { item: item.to_owned(), source_id: String::new() };
        let left = LeftView {
            item: "db/\u{1b}root".to_owned(),
            source_id: String::new(),
            part: None,
            code: "in_use".to_owned(),
            message: "Somebody has it.".to_owned(),
            message_zh: "正被借出。".to_owned(),
        };
        let view = MigrationView {
            resources: 1,
            accounts: 1,
            known: 2,
            made: vec![moved("web/admin\n+ web/all")],
            changed: vec![moved("web/root")],
            left: vec![left],
            dry_run: true,
            ..MigrationView::default()
        };
        let mut text = Text { written: Zeroizing::default(), paint: Paint(false) };
        write(&mut text, &view, Language::English);
        let expected = "+ web/admin\u{fffd}+ web/all\n- db/\u{fffd}root: Somebody has it.\n! web/root\n\
            would be made: 1 resources, 1 accounts\nthere already: 2\n\
            changed at the source, left alone (!); --update takes it: 1\nleft out (-): 1\nNothing was written.\n";
        assert_eq!(*text.written, expected);
        let mut text = Text { written: Zeroizing::default(), paint: Paint(false) };
        write(&mut text, &view, Language::Chinese);
        assert!(
            text.written.contains("- db/\u{fffd}root: 正被借出。\n") && text.written.ends_with("未写入任何内容。\n"),
            "{}",
            *text.written
        );
    }
}

//! Help, manual and usage in both languages; colours for terminals alone.

use super::harness::{Machine, shared_server};
use std::fs;

#[test]
fn help_manual_and_usage_are_in_the_language_of_the_messages() {
    let machine = Machine::new(shared_server());
    let english = machine.run(&["get", "--help"]).well();
    assert!(
        english.starts_with("Show an item and its secret, or one value of it\n\nUsage: sealward get "),
        "{english}"
    );
    let mut chinese = machine.command(env!("CARGO_BIN_EXE_sealward"));
    let chinese = super::harness::Ended::of(chinese.args(["get", "--help"]).env("LANG", "zh_CN.UTF-8"), b"").well();
    assert!(chinese.starts_with("显示项目及其机密，或其中一个值\n\n用法: sealward get "), "{chinese}");
    // What --lang says goes before the environment.
    let whole = machine.run(&["--lang", "zh", "help"]).well();
    assert!(whole.contains("命令:") && whole.contains("\n  sign-in "), "{whole}");
    assert!(machine.run(&["--lang=zh", "help", "team", "create"]).well().contains("团队名称"));
    machine.run(&["--lang", "zh", "man", "pages"]).well();
    assert!(fs::read_to_string(machine.path("pages/sealward-get.1")).unwrap().contains("剪贴板"));

    let told = machine.run(&["get"]);
    assert!(told.code == 2 && told.err.starts_with("error: the following required arguments"), "{}", told.err);
    let told = machine.run(&["get", "--lang", "zh"]);
    let words = "sealward: 缺少参数：<ITEM>。可用 `sealward help` 查看全部用法。\n";
    assert_eq!((told.code, told.err.as_str()), (2, words));
    assert_eq!(machine.run(&["get", "--json"]).failed(2), "usage");
    assert_eq!(machine.run(&["gett", "x", "--json", "--lang", "zh"]).failed(2), "usage");
    assert_eq!(machine.run(&["list", "--json", "--lang", "fr"]).failed(2), "usage");
    // What belongs to another program says nothing of ours.
    assert_eq!(machine.run(&["--lang", "zh", "get", "--", "a", "b", "--json"]).code, 2);
}

#[test]
fn colours_are_for_terminals() {
    let machine = Machine::new(shared_server());
    // Without a terminal there are none, and with one that is asked for by force there are.
    assert!(!machine.run(&["list"]).err.contains('\u{1b}'));
    let forced = |name: &str, value: &str| {
        let mut command = machine.command(env!("CARGO_BIN_EXE_sealward"));
        super::harness::Ended::of(command.arg("list").env("CLICOLOR_FORCE", "1").env(name, value), b"").err
    };
    assert!(forced("TERM", "xterm").starts_with("\u{1b}[1m\u{1b}[31msealward:\u{1b}[0m Nothing is unlocked"));
    assert!(forced("NO_COLOR", "1").starts_with("sealward: Nothing is unlocked"));
}

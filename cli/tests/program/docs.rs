//! The examples of the documentation do what it says: they are run in their order, as they stand.

use super::{
    harness::{Ended, Machine, shared_server},
    migrate::{jumpserver_with_one, pmp_with_one},
};

const ENGLISH: &str = include_str!("../../../docs/cli.md");
const CHINESE: &str = include_str!("../../../docs/cli.zh-CN.md");

/// The lines of the blocks that are marked as shell.
fn script(page: &str) -> Vec<&str> {
    let (mut lines, mut inside) = (Vec::new(), false);
    for line in page.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => lines.push(line),
            _ => {}
        }
    }
    lines
}

/// A line without its comment, which is in the page's language.
fn bare(line: &str) -> &str {
    line.split(" #").next().unwrap_or_default().trim_end()
}

#[test]
fn the_examples_run_as_they_stand() {
    let machine = Machine::new(shared_server());
    let lines = script(ENGLISH);
    assert!(lines.len() > 30, "{}", lines.len());
    let (pmp, jumpserver) = (pmp_with_one(), jumpserver_with_one());
    let script = lines.join("\n").replace("https://vault.example", shared_server());
    let script =
        script.replace("https://pmp.example:7272", &pmp.origin).replace("https://jump.example", &jumpserver.origin);
    machine.file("examples.sh", &format!("set -eu\n{script}\n"));
    let ran = Ended::of(machine.command("sh").arg("examples.sh").env_remove("SEALWARD_SERVER"), b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
}

#[test]
fn both_languages_have_the_same_examples() {
    let bare = |page| script(page).into_iter().map(bare).collect::<Vec<&str>>();
    assert_eq!(bare(ENGLISH), bare(CHINESE));
}

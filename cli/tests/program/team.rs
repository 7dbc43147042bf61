//! A person's day: a team from nothing, items, the agent, another machine.

use super::harness::{Ended, Machine, PASSWORD, files_in, shared_server};
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn a_team_from_nothing_and_everything_in_it() {
    let machine = Machine::new(shared_server());
    assert_eq!(machine.run(&["status", "--json"]).json()["state"], "signed_out");
    assert_eq!(machine.run(&["list", "--json"]).failed(7), "locked");
    machine.file("weak", "password1\n");
    let weak = ["--json", "team", "create", "Example", "--login-name", "ada", "--password-file", "weak"];
    assert_eq!(machine.run(&weak).failed(2), "weak");
    machine.found("ada");
    let status = machine.run(&["status", "--json"]).json();
    assert_eq!((&status["state"], &status["team_name"]), (&"open".into(), &"Example".into()));
    assert_eq!((&status["login_name"], &status["server"]), (&"ada".into(), &machine.server.as_str().into()));
    let kit = fs::read_to_string(machine.path("kit.txt")).unwrap();
    assert!(kit.starts_with("Sealward emergency kit") && kit.contains(&machine.server), "{kit}");
    assert_eq!(fs::metadata(machine.path("kit.txt")).unwrap().permissions().mode() & 0o777, 0o600);

    // Made with its resource, and read in each form.
    machine.file("secret", "S3cret of db1\n");
    let made = machine.run(&[
        "create",
        "Web/db1/root",
        "--set",
        "user_name=root",
        "--set",
        "url=https://db1.example",
        "--tag",
        "prod",
        "--custom",
        "Rack=B 7",
        "--secret-file",
        "secret",
        "--json",
    ]);
    let made = made.json()["changed"][0].clone();
    assert_eq!((&made["path"], &made["version"]), (&"Web/db1/root".into(), &1.into()));
    let number = made["number"].to_string();
    for item in ["Web/db1/root", number.as_str(), &format!("#{number}"), made["id"].as_str().unwrap()] {
        assert_eq!(machine.run(&["get", item, "--field", "secret"]).well(), "S3cret of db1", "{item}");
    }
    let shown = machine.run(&["get", "Web/db1/root", "--json"]).json();
    assert_eq!((&shown["secret"], &shown["user_name"]), (&"S3cret of db1".into(), &"root".into()));
    assert_eq!((&shown["tags"][0], &shown["custom_fields"][0]["value"]), (&"prod".into(), &"B 7".into()));
    for item in ["Web/db1", "Web/db1/root"] {
        assert_eq!(machine.run(&["get", item, "--field", "url"]).well(), "https://db1.example", "{item}");
    }
    assert!(machine.run(&["get", "Web/db1/root", "--no-secret", "--json"]).json().get("secret").is_none());
    assert_eq!(machine.run(&["get", "Web/db1/me", "--json"]).failed(3), "not_found");
    let again = ["create", "Web/db1/root", "--json"];
    assert_eq!(machine.run(&again).failed(5), "exists");
    let listed = machine.run(&["list", "prod", "--kind", "account", "--json"]).json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["path"]), (1, &"Web/db1/root".into()));

    // Changed: only from the version that was read, and not at all in a dry run.
    let edit = ["edit", "Web/db1/root", "--set", "notes=moved", "--json"];
    assert_eq!(machine.run(&[&edit[..], &["--if-version", "7"]].concat()).failed(5), "conflict");
    assert_eq!(machine.run(&[&edit[..], &["--dry-run"]].concat()).json()["dry_run"], true);
    assert_eq!(machine.run(&[&edit[..], &["--if-version", "1"]].concat()).json()["changed"][0]["version"], 2);
    machine.file("secret", "Another one");
    machine.run(&["edit", "Web/db1/root", "--secret-file", "secret"]).well();
    assert_eq!(machine.run(&["get", "Web/db1/root", "-f", "secret"]).well(), "Another one");
    assert_eq!(machine.run(&["get", "Web/db1/root", "-f", "secret", "--version", "1"]).well(), "S3cret of db1");
    assert_eq!(machine.run(&["history", "Web/db1/root", "--json"]).json().as_array().unwrap().len(), 2);
    assert_eq!(machine.run(&["get", "Web/db1/root", "-f", "notes"]).well(), "moved");

    // Deleted, and back.
    machine.run(&["rm", "Web/db1/root"]).well();
    assert_eq!(machine.run(&["get", "Web/db1/root", "--json"]).failed(3), "not_found");
    assert_eq!(machine.run(&["restore", "--json"]).json()[0]["path"], "Web/db1/root");
    machine.run(&["restore", "Web/db1/root"]).well();
    assert_eq!(machine.run(&["get", "Web/db1/root", "-f", "secret"]).well(), "Another one");

    // A file beside it, and all of it taken out and in again.
    let plain: String = (0..200_000).map(|at| char::from(b'a' + u8::try_from(at % 26).unwrap())).collect();
    machine.file("notes.txt", &plain);
    machine.run(&["attach", "Web/db1/root", "notes.txt"]).well();
    assert_eq!(machine.run(&["attach", "Web/db1/root", "notes.txt", "--json"]).failed(5), "exists");
    machine.run(&["download", "Web/db1/root", "notes.txt", "--output", "fetched.txt"]).well();
    assert!(fs::read_to_string(machine.path("fetched.txt")).unwrap() == plain);
    assert_eq!(machine.run(&["download", "Web/db1/root", "notes.txt", "--json"]).failed(1), "local");
    machine.run(&["backup", "all.sealward", "Web", "--password-file", "password"]).well();
    machine.run(&["create", "Copy", "--kind", "vault"]).well();
    let import = ["import", "all.sealward", "--vault", "Copy", "--password-file", "password", "--json"];
    assert_eq!(machine.run(&[&import[..], &["--dry-run"]].concat()).json()["accounts"], 1);
    assert_eq!(machine.run(&import).json()["accounts"], 1);
    assert_eq!(machine.run(&import).json()["known"], 1);
    assert_eq!(machine.run(&["get", "Copy/db1/root", "-f", "secret"]).well(), "Another one");

    let checked = machine.run(&["verify", "--json"]).json();
    assert_eq!((&checked["whole"], checked.get("broken")), (&true.into(), None));
    let events = machine.run(&["audit", "-n", "5", "--json"]).json();
    assert_eq!((events.as_array().unwrap().len(), &events[0]["verified"]), (5, &true.into()));
}

#[test]
fn an_agent_holds_the_session_for_its_user_alone() {
    let machine = Machine::new(shared_server());
    machine.found("bea");
    let home = machine.path("home");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&home), mode(&home.join("agent.sock"))), (0o700, 0o600));
    assert_eq!(mode(&home.join("device.json")), 0o600);
    machine.run(&["lock"]).well();
    assert!(!home.join("agent.sock").exists());
    assert_eq!(machine.run(&["status", "--json"]).json()["state"], "locked");
    assert_eq!(machine.run(&["list", "--json"]).failed(7), "locked");
    machine.run(&["lock"]).well();

    machine.file("wrong", "copper lantern walks south 8");
    assert_eq!(machine.run(&["sign-in", "--password-file", "wrong", "--json"]).failed(7), "wrong_password");
    let unlocked = machine.run(&["sign-in", "--password-file", "password", "--json"]).json();
    assert_eq!((&unlocked["state"], &unlocked["login_name"]), (&"open".into(), &"bea".into()));
    assert_eq!(machine.run(&["list", "Web", "--kind", "vault", "--json"]).json()[0]["path"], "Web");
    // The password is read from a pipe as well, and what is kept of it here is nothing.
    machine.run(&["lock"]).well();
    machine.run_with(&["sign-in", "--password-fd", "0"], PASSWORD.as_bytes()).well();
    for (path, content) in files_in(&home) {
        let holds = content.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes());
        assert!(!holds, "{}", path.display());
    }

    // The kit again, for whoever knows the password.
    let kit = fs::read_to_string(machine.path("kit.txt")).unwrap();
    assert_eq!(machine.run(&["kit", "--password-file", "password"]).well(), kit.trim_end_matches('\n'));
    assert_eq!(machine.run(&["kit", "--password-file", "wrong", "--json"]).failed(7), "wrong_password");
}

#[test]
fn another_machine_signs_in_with_the_kit() {
    let (first, second) = (Machine::new(shared_server()), Machine::new(shared_server()));
    first.found("cyd");
    first.run(&["create", "Web/site/admin", "--generate"]).well();
    let generated = first.run(&["get", "Web/site/admin", "-f", "secret"]).well();
    assert_eq!(generated.chars().count(), 20);
    second.file("password", PASSWORD);
    assert_eq!(second.run(&["sign-in", "--password-file", "password", "--json"]).failed(7), "unknown_device");
    second.file("kit.txt", "nonsense");
    let sign_in = ["sign-in", "--kit-file", "kit.txt", "--password-file", "password", "--json"];
    assert_eq!(second.run(&sign_in).failed(2), "kit");
    fs::copy(first.path("kit.txt"), second.path("kit.txt")).unwrap();
    assert_eq!(second.run(&sign_in).json()["state"], "open");
    assert_eq!(second.run(&["get", "Web/site/admin", "-f", "secret"]).well(), generated);
    // What one writes the other sees at once.
    second.file("secret", "from the second");
    second.run(&["create", "Web/site/other", "--secret-file", "secret"]).well();
    assert_eq!(first.run(&["get", "Web/site/other", "-f", "secret"]).well(), "from the second");
}

#[test]
fn sentences_are_in_both_languages_and_passwords_are_made_without_anybody() {
    let machine = Machine::new(shared_server());
    let english = machine.run(&["list"]);
    assert_eq!(
        (english.code, english.err.as_str()),
        (7, "sealward: Nothing is unlocked. Run `sealward sign-in`, or set SEALWARD_TOKEN.\n")
    );
    let chinese = machine.run(&["list", "--lang", "zh"]);
    assert_eq!(
        (chinese.code, chinese.err.as_str()),
        (7, "sealward: 尚未解锁。请运行 `sealward sign-in`，或设置 SEALWARD_TOKEN。\n")
    );
    let (one, other) =
        (machine.run(&["generate", "--length", "32"]).well(), machine.run(&["generate", "--length", "32"]).well());
    assert!(one != other && one.chars().count() == 32, "{one}");
    assert_eq!(machine.run(&["generate", "--words", "6"]).well().split(['-', ' ', '.', '_']).count(), 6);
    assert!(machine.run(&["completions", "bash"]).well().contains("sealward"));
    machine.run(&["man", "pages"]).well();
    assert!(fs::read_to_string(machine.path("pages/sealward-get.1")).unwrap().contains("clipboard"));
    // No server answers here.
    let nobody = Machine::new("http://127.0.0.1:1");
    let token = "swt1.EREREREREREREREREREREXd3d3d3d3d3d3d3d3d3d3daWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWg";
    assert_eq!(nobody.run_as(token, &["list", "--json"]).failed(6), "unreachable");
    assert_eq!(nobody.run_as("swt1.abc", &["list", "--json"]).failed(7), "credential");
}

#[test]
fn the_secret_key_of_a_machine_is_not_written_over() {
    let (first, second) = (Machine::new(shared_server()), Machine::new(shared_server()));
    first.found("una");
    second.found("vic");
    let kept = fs::read(first.path("home/device.json")).unwrap();
    // Another team, and somebody else's kit: refused before anything is made or sent.
    let create = ["team", "create", "Other", "--login-name", "una", "--password-file", "password", "--json"];
    assert_eq!(first.run(&create).failed(5), "other_device");
    fs::copy(second.path("kit.txt"), first.path("other.txt")).unwrap();
    let sign_in = ["sign-in", "--kit-file", "other.txt", "--password-file", "password", "--json"];
    assert_eq!(first.run(&sign_in).failed(5), "other_device");
    let told = first.run(&sign_in[..5]);
    assert!(told.err.contains("una") && told.err.contains("SEALWARD_HOME"), "{}", told.err);
    assert!(fs::read(first.path("home/device.json")).unwrap() == kept);
    assert_eq!(first.run(&["list", "Web", "--kind", "vault", "--json"]).json()[0]["path"], "Web");
    // In another folder both are at home, and one's own kit is taken again.
    let elsewhere = first.path("elsewhere");
    let mut command = first.command(env!("CARGO_BIN_EXE_sealward"));
    let there = |command: &mut std::process::Command| Ended::of(command.env("SEALWARD_HOME", &elsewhere), b"");
    assert_eq!(there(command.args(sign_in)).json()["login_name"], "vic");
    drop(there(first.command(env!("CARGO_BIN_EXE_sealward")).arg("lock")));
    first.run(&["sign-in", "--kit-file", "kit.txt", "--password-file", "password"]).well();
}

#[test]
fn a_server_that_is_named_is_the_one_that_is_meant() {
    let machine = Machine::new(shared_server());
    machine.found("wim");
    machine.run(&["lock"]).well();
    let sign_in = ["sign-in", "--password-file", "password", "--json"];
    let other = ["--server", "http://127.0.0.1:1"];
    assert_eq!(machine.run(&[&sign_in[..], &other].concat()).failed(2), "other_server");
    // The same one, written otherwise, is no other one.
    let same = format!("{}/", machine.server);
    machine.run(&[&sign_in[..], &["--server", &same]].concat()).well();
    let list = ["list", "--json"];
    assert_eq!(machine.run(&[&list[..], &other].concat()).failed(2), "other_server");
    machine.run(&[&list[..], &["--server", &same]].concat()).well();
    // With the kit a team may have another address; nobody is there.
    let moved = ["--kit-file", "kit.txt"];
    assert_eq!(machine.run(&[&sign_in[..], &other, &moved].concat()).failed(6), "unreachable");
}

#[test]
fn a_bar_is_for_terminals_alone() {
    let machine = Machine::new(shared_server());
    machine.found("xia");
    machine.file("export.csv", "name,url,username,password\nShop,https://shop.example,xia,pear\n");
    let bytes: String = (0..3_000_000).map(|at| char::from(b'a' + u8::try_from(at % 26).unwrap())).collect();
    machine.file("large.txt", &bytes);
    // On a terminal of its own, which `script` makes and whose text it gives.
    let on_terminal = |line: &str| {
        let mut command = machine.command("script");
        let ended = Ended::of(command.args(["-qec", line, "/dev/null"]).env("TERM", "xterm"), b"");
        assert_eq!(ended.code, 0, "{}", ended.out);
        ended.out
    };
    for (line, words) in [
        ("sealward import export.csv --vault Web", "Bringing in"),
        ("sealward attach Web/Shop/xia large.txt", "Sending"),
        ("sealward download Web/Shop/xia large.txt --output fetched.txt", "Fetching"),
        ("sealward backup all.sealward --password-file password --lang zh", "解密"),
    ] {
        let shown = on_terminal(line);
        assert!(shown.contains(words) && shown.contains('\u{1b}'), "{line}: {shown:?}");
    }
    // Colours are words' own: they are no bar.
    for line in
        ["sealward import export.csv --vault Web --json", "NO_COLOR=1 sealward import export.csv --vault Web 2>errors"]
    {
        let shown = on_terminal(line);
        assert!(!shown.contains("Reading") && !shown.contains('\u{1b}'), "{line}: {shown:?}");
    }
    assert_eq!(fs::read_to_string(machine.path("errors")).unwrap(), "");
}

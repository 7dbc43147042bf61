//! Somebody comes into a team by a link, with nothing but this program.

use super::harness::{Machine, PASSWORD, shared_server};
use std::{fs, os::unix::fs::PermissionsExt};

const JOIN: [&str; 8] =
    ["join", "--login-name", "ben", "--password-file", "password", "--kit-file", "kit.txt", "--json"];

#[test]
fn an_invitation_is_taken_from_the_command_line() {
    let founder = Machine::new(shared_server());
    founder.found("joan");
    founder.file("secret", "S3cret of db1");
    founder.run(&["create", "Web/db1/root", "--secret-file", "secret"]).well();
    let link = founder.run(&["invite", "--vault", "Web=user"]).well();

    // The link says which server it is of, and comes over a pipe.
    let mut ben = Machine::new("");
    ben.file("password", "copper lantern walks south 9");
    let without_server = |machine: &Machine, link: &str| {
        let mut command = machine.command(env!("CARGO_BIN_EXE_sealward"));
        command.args(JOIN).args(["--link-fd", "0"]).env_remove("SEALWARD_SERVER");
        super::harness::Ended::of(&mut command, link.as_bytes())
    };
    assert_eq!(without_server(&ben, &link[..link.len() - 2]).failed(7), "invitation_unreadable");
    ben.file("weak", "ben");
    let weak = ["join", "--login-name", "ben", "--password-file", "weak", "--link-fd", "0", "--json"];
    ben.server = shared_server().to_owned();
    assert_eq!(ben.run_with(&weak, link.as_bytes()).failed(2), "weak");
    let taken = ["join", "--login-name", "joan", "--password-file", "password", "--link-fd", "0", "--json"];
    assert_eq!(ben.run_with(&taken, link.as_bytes()).failed(5), "name_taken");
    assert!(!ben.path("home").join("device.json").exists(), "nothing is kept of what failed");
    without_server(&ben, &format!("{link}\n")).well();

    // In at once, with the vault of the invitation and nothing of the terminal.
    let status = ben.run(&["status", "--json"]).json();
    assert_eq!((&status["state"], &status["login_name"]), (&"open".into(), &"ben".into()));
    assert_eq!(status.get("held"), None, "nothing has to be compared first");
    assert_eq!(ben.run(&["get", "Web/db1/root", "-f", "secret"]).well(), "S3cret of db1");
    let kit = fs::read_to_string(ben.path("kit.txt")).unwrap();
    assert!(kit.contains(shared_server()) && kit.contains("ben"), "{kit}");
    assert_eq!(fs::metadata(ben.path("kit.txt")).unwrap().permissions().mode() & 0o777, 0o600);
    let members = founder.run(&["member", "list", "--json"]).json();
    assert!(members.as_array().unwrap().iter().any(|member| member["login_name"] == "ben"), "{members}");

    // The kit opens it elsewhere.
    let elsewhere = Machine::new(shared_server());
    elsewhere.file("password", "copper lantern walks south 9");
    fs::copy(ben.path("kit.txt"), elsewhere.path("kit.txt")).unwrap();
    elsewhere.run(&["sign-in", "--kit-file", "kit.txt", "--password-file", "password"]).well();
    assert_eq!(elsewhere.run(&["get", "Web/db1/root", "-f", "secret"]).well(), "S3cret of db1");

    // A link is good once, and nobody's Secret Key is overwritten by it.
    let third = Machine::new(shared_server());
    third.file("password", PASSWORD);
    assert_eq!(third.run_with(&join_as("third"), link.as_bytes()).failed(7), "invitation_used");
    let another = founder.run(&["invite"]).well();
    assert_eq!(ben.run_with(&join_as("other"), another.as_bytes()).failed(5), "joined");
    assert_eq!(ben.run(&["status", "--json"]).json()["login_name"], "ben");
}

#[test]
fn a_machine_that_is_somebody_elses_takes_no_invitation_of_another_team() {
    let (founder, other) = (Machine::new(shared_server()), Machine::new(shared_server()));
    founder.found("jean");
    other.found("olga");
    let link = founder.run(&["invite"]).well();
    assert_eq!(other.run_with(&join_as("ozzy"), link.as_bytes()).failed(5), "other_device");
    // Nothing was sent: the link is still good.
    let newcomer = Machine::new(shared_server());
    newcomer.file("password", PASSWORD);
    newcomer.run_with(&join_as("ozzy"), link.as_bytes()).well();
}

#[test]
fn the_kit_is_given_even_where_the_machine_cannot_keep_the_key() {
    let founder = Machine::new(shared_server());
    founder.found("june");
    let link = founder.run(&["invite"]).well();
    let full = Machine::new(shared_server());
    full.file("password", PASSWORD);
    // A folder stands where the file would be written.
    fs::create_dir_all(full.path("home").join("device.new")).unwrap();
    let ended = full.run_with(&join_as("jude"), link.as_bytes());
    assert_eq!(ended.code, 1, "{}", ended.err);
    let kit = fs::read_to_string(full.path("kit.txt")).unwrap_or(ended.out);
    assert!(kit.contains("jude") && kit.contains(shared_server()), "{kit}");
}

fn join_as(name: &str) -> [&str; 8] {
    ["join", "--login-name", name, "--password-file", "password", "--link-fd", "0", "--json"]
}

//! Scripts: a service's token, many items at once, secrets for other programs; and nothing secret where it does not
//! belong.

use super::harness::{Ended, Machine, files_in, shared_server};
use serde_json::json;

/// Admits a service, and gives its token.
fn admit(machine: &Machine, name: &str, role: &str) -> String {
    let made = machine.run(&["service", "create", name, "--vault", "Web", "--role", role, "--expires", "1d", "--json"]);
    let made = made.json();
    assert_eq!(made["name"], name);
    made["token"].as_str().unwrap().to_owned()
}

#[test]
fn scripts_work_with_tokens() {
    let founder = Machine::new(shared_server());
    founder.found("dot");
    founder.file("secret", "S3cret of db1");
    founder.run(&["create", "Web/db1/root", "--secret-file", "secret", "--set", "user_name=root"]).well();
    let (writer, reader) = (admit(&founder, "writer", "editor"), admit(&founder, "reader", "viewer"));
    // As on another machine, which no person has signed in on.
    let machine = Machine::new(shared_server());
    assert_eq!(machine.run_as(&writer, &["status", "--json"]).json()["state"], "service");
    assert_eq!(machine.run_as(&writer, &["get", "Web/db1/root", "-f", "secret"]).well(), "S3cret of db1");
    machine.file("token", &writer);
    let by_file = ["--token-file", "token", "get", "Web/db1/root", "-f", "user_name"];
    assert_eq!(machine.run(&by_file).well(), "root");

    // Many at once: all of them are checked before the first is written.
    let items = json!([
        { "path": "Web/db2/root", "fields": { "user_name": "root", "dns_name": "db2.example" }, "secret": { "text": "two" } },
        { "path": "Web/db2/app", "secret": { "generate": 24 }, "tags": ["app"] },
        { "path": "Web/db3", "kind": "resource" },
    ]);
    let create = ["create", "--from", "json", "--json"];
    let dry = machine.run_as_with(&writer, &[&create[..], &["--dry-run"]].concat(), items.to_string().as_bytes());
    assert_eq!(dry.json()["dry_run"], true);
    assert_eq!(
        machine
            .run_as(&writer, &["list", "--within", "Web", "--kind", "resource", "--json"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let made = machine.run_as_with(&writer, &create, items.to_string().as_bytes()).json();
    assert_eq!(made["changed"].as_array().unwrap().len(), 3);
    assert_eq!(machine.run_as(&writer, &["get", "Web/db2", "-f", "dns_name"]).well(), "db2.example");
    assert_eq!(machine.run_as(&writer, &["get", "Web/db2/app", "-f", "secret"]).well().chars().count(), 24);
    let broken = json!([{ "path": "Web/db4/root" }, { "path": "Elsewhere/db4/root" }]).to_string();
    let told = machine.run_as_with(&writer, &create, broken.as_bytes());
    assert!(told.err.contains("Row 2 (Elsewhere/db4/root): Elsewhere: "), "{}", told.err);
    assert_eq!(told.failed(3), "not_found");
    let twice = json!([{ "path": "Web/db4/root" }, { "path": "Web/db4/root" }]).to_string();
    let told = machine.run_as_with(&writer, &create, twice.as_bytes());
    assert!(told.err.contains("stands in the list twice"), "{}", told.err);
    assert_eq!(told.failed(5), "exists");
    let seedless = json!([{ "path": "Web/db4/root", "secret": { "otp_seed": "not base32!!" } }]).to_string();
    assert_eq!(machine.run_as_with(&writer, &create, seedless.as_bytes()).failed(2), "usage");
    assert_eq!(machine.run_as(&writer, &["get", "Web/db4", "--json"]).failed(3), "not_found");
    let sheet = b"path,user_name,secret\nWeb/db5/one,one,\"a,b\"\nWeb/db5/two,two,c\n";
    machine.run_as_with(&writer, &["create", "--from", "csv"], sheet).well();
    assert_eq!(machine.run_as(&writer, &["get", "Web/db5/one", "-f", "secret"]).well(), "a,b");

    // For other programs, which are not given the token.
    let mut run = machine.command(env!("CARGO_BIN_EXE_sealward"));
    run.args(["run", "--", "sh", "-c", "printf '%s %s %s' \"$DB\" \"$PLAIN\" \"${SEALWARD_TOKEN-none}\"; exit 3"]);
    run.env("SEALWARD_TOKEN", &writer).env("DB", "sealward://Web/db1/root/secret").env("PLAIN", "plain");
    let ran = Ended::of(&mut run, b"");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (3, "S3cret of db1 plain none", ""));
    let template =
        b"user={{ sealward://Web/db1/root/user_name }} password={{sealward://Web/db1/root/secret}} {{ x }}\n";
    let filled = machine.run_as_with(&writer, &["inject"], template);
    assert_eq!(filled.well(), "user=root password=S3cret of db1 {{ x }}");
    let missing = machine.run_as_with(&writer, &["--json", "inject"], b"{{ sealward://Web/db1/nobody/secret }}");
    assert!(missing.err.contains("\"subject\":\"sealward://Web/db1/nobody/secret\""), "{}", missing.err);
    assert_eq!(missing.failed(3), "not_found");
    // Which of several variables it is, is said.
    let mut run = machine.command(env!("CARGO_BIN_EXE_sealward"));
    run.args(["run", "--", "true"]).env("SEALWARD_TOKEN", &writer);
    run.env("GOOD", "sealward://Web/db1/root/secret").env("GONE", "sealward://Web/db1/nobody/secret");
    let ran = Ended::of(&mut run, b"");
    assert!(ran.code == 3 && ran.err.contains("GONE: sealward://Web/db1/nobody/secret: "), "{}", ran.err);
    // A token has nothing to lock, and the agent of whoever is signed in is left alone.
    assert_eq!(machine.run_as(&writer, &["lock", "--json"]).failed(2), "usage");

    // A viewer's token opens nothing and writes nothing.
    assert_eq!(machine.run_as(&reader, &["get", "Web/db1/root", "-f", "user_name"]).well(), "root");
    assert_eq!(machine.run_as(&reader, &["get", "Web/db1/root", "--json"]).failed(4), "not_allowed");
    machine.run_as(&reader, &["create", "Web/db9/root", "--json"]).failed(4);

    // Neither tokens nor secrets stay on the machine, and no failure tells them.
    founder.run(&["member", "disable", "writer"]).well();
    let refused = machine.run_as(&writer, &["get", "Web/db1/root", "--json"]);
    assert!(!refused.err.contains(&writer[5..]), "{}", refused.err);
    assert_eq!(refused.code, 7);
    std::fs::remove_file(machine.path("token")).unwrap();
    for canary in [writer.as_str(), reader.as_str(), "S3cret of db1"] {
        for (path, content) in files_in(&machine.folder) {
            assert!(!content.windows(canary.len()).any(|window| window == canary.as_bytes()), "{}", path.display());
        }
    }
    founder.run(&["member", "enable", "writer"]).well();
    assert_eq!(machine.run_as(&writer, &["get", "Web/db1/root", "-f", "secret"]).well(), "S3cret of db1");
    founder.run(&["member", "remove", "writer"]).well();
    assert_eq!(machine.run_as(&writer, &["get", "Web/db1/root", "--json"]).code, 7);
    let members = founder.run(&["member", "list", "--json"]).json();
    let state = |name: &str| {
        let found = members.as_array().unwrap().iter().find(|member| member["login_name"] == name).unwrap();
        found["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((state("dot"), state("writer"), state("reader")), ("active".into(), "removed".into(), "active".into()));
}

#[test]
fn people_are_invited_and_made() {
    let founder = Machine::new(shared_server());
    founder.found("eve");
    let link = founder.run(&["invite", "--vault", "Web=editor", "--expires", "2d"]).well();
    assert!(link.starts_with(&format!("{}/join#", founder.server)), "{link}");
    assert_eq!(founder.run(&["invite", "--expires", "365d", "--json"]).failed(2), "usage");
    let made = founder.run(&["member", "create", "finn", "--vault", "Web=user", "--json"]).json();
    assert_eq!((&made["login_name"], made["password"].as_str().unwrap().len()), (&"finn".into(), 20));
    assert!(made["kit"].as_str().unwrap().contains("finn"));
    assert_eq!(founder.run(&["member", "create", "finn", "--json"]).failed(5), "name_taken");
}

#[test]
fn what_a_service_cannot_have_is_said() {
    let founder = Machine::new(shared_server());
    founder.found("zoe");
    for (arguments, words) in [
        (&["--vault", "Web", "--role", "custodian"][..], "custodian: given in the browser"),
        (&["--vault", "Web=nobody"], "nobody: viewer, user or editor"),
        (&["--vault", "Web", "--expires", "0d"], "expires: it has to lie ahead"),
    ] {
        let refused = founder.run(&[&["service", "create", "one", "--json"][..], arguments].concat());
        assert!(refused.err.contains(words), "{}", refused.err);
        assert_eq!(refused.failed(2), "usage");
    }
    assert_eq!(founder.run(&["invite", "--expires", "0d", "--json"]).failed(2), "usage");
    // Where it could write into several vaults somebody has to say which one is meant.
    founder.run(&["create", "Databases", "--kind", "vault"]).well();
    let several = ["--vault", "Web=editor", "--vault", "Databases=editor"];
    let told = founder.run(&[&["service", "create", "several"][..], &several].concat());
    assert!(told.code == 0 && told.out.starts_with("swt1."), "{}", told.out);
    assert!(told.err.contains("--default-vault"), "{}", told.err);
    let named = [&["service", "create", "named", "--json", "--default-vault", "Web"][..], &several].concat();
    let vault = founder.run(&["get", "Web", "--field", "id"]).well();
    assert_eq!(founder.run(&named).json()["default_vault"], vault);
}

#[test]
fn what_an_import_leaves_out_is_said() {
    let founder = Machine::new(shared_server());
    founder.found("una");
    founder.file("export.csv", "name,url,username,password\n,,,\nShop,https://shop.example,,\n");
    for more in [&["--dry-run"][..], &[]] {
        let ended = founder.run(&[&["import", "export.csv", "--vault", "Web", "--json"][..], more].concat());
        assert_eq!((ended.code, ended.err.as_str()), (10, ""), "{}", ended.out);
        let view: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!((&view["left"], view["left_out"].as_array().unwrap().len()), (&json!(1), 1), "{view}");
        assert_eq!(
            (&view["left_out"][0]["name"], &view["left_out"][0]["code"]),
            (&json!("Shop"), &json!("no_account"))
        );
    }
}

//! The page about the gateway: its examples run as they stand there, with host, token and numbers replaced.

use super::{
    Scene,
    pmp_requests::{guarded, member},
};
use crate::harness::Founder;
use sealward_contract::chain::Requirement;
use serde_json::{Deserializer, Value};
use std::process::Command;

/// The shell examples of a page that call a dialect, without their comments.
fn examples(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{}/../docs/{page}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let without_comments = |block: &str| -> String {
        block.lines().map(|line| line.split("    # ").next().unwrap().to_owned() + "\n").collect()
    };
    blocks.filter(|block| block.contains("curl ")).map(without_comments).collect()
}

/// Runs an example with these variables and these replacements, and gives what its calls answered.
fn answers(scene: &Scene, example: &str, replace: &[(&str, &str)], variables: &[(&str, &str)]) -> Vec<Value> {
    let mut script = replace.iter().fold(example.to_owned(), |script, (from, to)| {
        assert!(script.contains(from), "{from} in {script}");
        script.replace(from, to)
    });
    let usual = [("pmp", "127.0.0.1:7272"), ("jumpserver", "127.0.0.1:7443"), ("boundary", "127.0.0.1:9200")];
    for (dialect, address) in usual.into_iter().chain([("rancher", "127.0.0.1:8080")]) {
        script = script.replace(address, &scene.address(dialect).to_string());
    }
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", &script]).envs(variables.iter().copied()).env("NO_PROXY", "*");
    let ran = shell.output().unwrap();
    assert!(ran.status.success(), "{script}\n{}", String::from_utf8_lossy(&ran.stderr));
    let answers: Vec<Value> = Deserializer::from_slice(&ran.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.len(), example.matches("curl ").count());
    answers
}

/// The same for Password Manager Pro's dialect, which says itself whether it was done.
fn run(scene: &Scene, example: &str, replace: &[(&str, &str)]) {
    let api = format!("https://{}/restapi/json/v1", scene.address("pmp"));
    for answer in answers(scene, example, replace, &[("API", &api)]) {
        assert_eq!(answer["operation"]["result"]["status"], "Success", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_run() {
    let english = examples("gateway.md");
    assert_eq!(english, examples("gateway.zh-CN.md"));
    let [whole, workflow, jumpserver, boundary, rancher] = english.as_slice() else {
        panic!("{} examples", english.len())
    };
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let scene = &all.scene;
    let (resource, account) = scene.resource(&all.edits, "web", "root", "first").await;
    let path = |resource: &str, account: &str| format!("/resources/{resource}/accounts/{account}/");
    run(scene, whole, &[("swt1.…", &all.edits), ("/resources/303/accounts/307/", &path(&resource, &account))]);
    let asker = member(scene, "asks").await.1;
    run(
        scene,
        workflow,
        &[
            ("$ASKS", &all.asks),
            ("$APPROVES", &all.approves),
            ("/resources/303/accounts/307/", &path(&all.resource, &all.account)),
            ("/accounts/307/", &format!("/accounts/{}/", all.account)),
            ("/requester/34/", &format!("/requester/{asker}/")),
        ],
    );

    let certificate = std::env::temp_dir().join(format!("sealward-page-{}.pem", std::process::id()));
    std::fs::write(&certificate, scene.running.certificate.as_deref().unwrap()).unwrap();
    let token = ("TOKEN", all.edits.as_str());
    let listed = answers(scene, jumpserver, &[("gateway.pem", certificate.to_str().unwrap())], &[token]);
    std::fs::remove_file(&certificate).unwrap();
    let [listed] = listed.as_slice() else { panic!("{listed:?}") };
    let names: Vec<_> = listed["results"].as_array().unwrap().iter().map(|account| &account["username"]).collect();
    assert!(listed["count"] == 3 && names.len() == 3 && names.iter().all(|name| name.is_string()), "{listed}");

    let method = scene.auth_method(&all.edits).await;
    let found = answers(scene, boundary, &[], &[token, ("AUTH_METHOD", &method)]);
    assert_eq!(found[0]["items"][0]["id"], method);
    let people = found[1]["items"].as_array().unwrap();
    assert!(people.iter().any(|account| account["attributes"]["login_name"] == "bob"), "{people:?}");

    Founder::invited(&scene.server, &scene.ada, "carol", &[]).await;
    let number = member(scene, "edits").await.1;
    let found = answers(scene, rancher, &[], &[token, ("NUMBER", &number)]);
    let people = found[0]["data"].as_array().unwrap();
    assert!(people.iter().any(|account| account["loginName"] == "carol"), "{people:?}");
}

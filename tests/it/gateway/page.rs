//! The page about the gateway: its examples run as they stand there, with host, token and numbers replaced.

use super::{
    Scene,
    pmp_requests::{guarded, member},
};
use sealward_contract::chain::Requirement;
use serde_json::{Deserializer, Value};
use std::process::Command;

/// The shell examples of a page that call Password Manager Pro's dialect, without their comments.
fn examples(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{}/../docs/{page}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let without_comments = |block: &str| -> String {
        block.lines().map(|line| line.split("    # ").next().unwrap().to_owned() + "\n").collect()
    };
    blocks.filter(|block| block.contains("$API/")).map(without_comments).collect()
}

fn run(scene: &Scene, example: &str, replace: &[(&str, &str)]) {
    let script = replace.iter().fold(example.to_owned(), |script, (from, to)| {
        assert!(script.contains(from), "{from} in {script}");
        script.replace(from, to)
    });
    let address = scene.address("pmp");
    let script =
        format!("API=https://{address}/restapi/json/v1\n{}", script.replace("127.0.0.1:7272", &address.to_string()));
    let ran = Command::new("sh").args(["-e", "-c", &script]).env("NO_PROXY", "*").output().unwrap();
    assert!(ran.status.success(), "{script}\n{}", String::from_utf8_lossy(&ran.stderr));
    let answers: Vec<Value> = Deserializer::from_slice(&ran.stdout).into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.len(), example.matches("curl ").count());
    for answer in answers {
        assert_eq!(answer["operation"]["result"]["status"], "Success", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_run() {
    let english = examples("gateway.md");
    assert_eq!(english, examples("gateway.zh-CN.md"));
    let [whole, workflow] = english.as_slice() else { panic!("{} examples", english.len()) };
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
}

//! Rancher's document.

use super::{
    super::{Scene, pmp_people::manager},
    Ran, Run, answer_of,
    shape::compare,
};
use crate::harness::empty_folder;
use serde_json::Value;

fn is_heading(line: &str) -> bool {
    line.contains(": `/v1/projects/")
}

pub async fn run() -> Ran {
    let scene = Scene::new().await;
    let mut run = Run::begin("rancher-accounts-api.md", is_heading, &empty_folder("rancher-document").join("none"));
    let token = manager(&scene).await;
    let access = scene.number_of("hr").await;
    let project = scene.rancher("GET", "/v1/projects", &token, None).await.json()["data"][0]["id"].clone();
    let project = project.as_str().unwrap().to_owned();
    let address = scene.address("rancher").to_string();
    let command = |run: &mut Run, line: usize, id: &str| -> Value {
        let replace = [
            ("${RANCHER_URL}:8080", address.as_str()),
            ("${RANCHER_ACCESS_KEY}", access.as_str()),
            ("${RANCHER_SECRET_KEY}", token.as_str()),
            ("${PROJECT_ID}", project.as_str()),
            ("${ID}", id),
        ];
        let printed = run.command(line, &replace);
        assert_eq!(printed.len(), 1);
        let answer = serde_json::from_slice(&printed[0]);
        answer.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&printed[0])))
    };
    let sample = answer_of("rancher", 1);
    let made = command(&mut run, 45, "");
    compare(&sample, &made);
    assert_eq!((&made["state"], &made["uuid"], &made["kind"]), (&"active".into(), &"string".into(), &"user".into()));
    let id = made["id"].as_str().unwrap();
    compare(&sample, &command(&mut run, 53, id));
    let disabled = command(&mut run, 68, id);
    compare(&sample, &disabled);
    assert_eq!(disabled["state"], "inactive");
    let enabled = command(&mut run, 62, id);
    compare(&sample, &enabled);
    assert_eq!(enabled["state"], "active");
    // Only what is disabled is removed.
    scene.rancher("POST", &format!("/v1/accounts/{id}?action=deactivate"), &token, None).await;
    let removed = command(&mut run, 49, id);
    // What was said of it went with it.
    assert_eq!((&removed["state"], &removed["id"]), (&"removed".into(), &made["id"]));
    run.end()
}

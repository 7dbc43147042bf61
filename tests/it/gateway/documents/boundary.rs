//! Boundary's document.

use super::{
    super::{Scene, pmp_people::manager},
    Ran, Run,
    shape::compare,
};
use crate::harness::empty_folder;
use serde_json::Value;

fn is_heading(line: &str) -> bool {
    line.starts_with("## ")
}

pub async fn run() -> Ran {
    let scene = Scene::new().await;
    let mut run = Run::begin("boundary-accounts-api.md", is_heading, &empty_folder("boundary-document").join("none"));
    let token = manager(&scene).await;
    let method = scene.auth_method(&token).await;
    let host = format!("http://{}/", scene.address("boundary"));
    let account = std::cell::RefCell::new(String::new());
    let command = |run: &mut Run, line: usize, payload: &str| {
        let id = account.borrow().clone();
        let replace = [
            ("http://localhost:9200/", host.as_str()),
            ("${TOKEN}", token.as_str()),
            ("ampw_1234567890", method.as_str()),
            ("acctpw_F6KHknKdk4", id.as_str()),
            ("acctpw_ik2FD38WEF", id.as_str()),
            ("${PAYLOAD}", payload),
        ];
        let printed = run.command(line, &replace);
        assert_eq!(printed.len(), 1);
        printed.into_iter().next().unwrap()
    };
    let read = |printed: &[u8]| -> Value {
        serde_json::from_slice(printed).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(printed)))
    };
    let sample = run.sample(15, 68);
    compare(&sample, &read(&command(&mut run, 8, "")));
    // What stands under the command is what is in it.
    let payload: Value = serde_json::from_str(&run.block(85, 91)).unwrap();
    assert_eq!(payload["attributes"]["login_name"], "devops-rob-account");
    let sample = run.sample(97, 121);
    let made = read(&command(&mut run, 76, ""));
    compare(&sample, &made);
    assert_eq!((&made["version"], &made["authorized_actions"]), (&sample["version"], &sample["authorized_actions"]));
    made["id"].as_str().unwrap().clone_into(&mut account.borrow_mut());
    let sample = run.sample(138, 162);
    let got = read(&command(&mut run, 129, ""));
    compare(&sample, &got);
    assert_eq!(got, made);
    let mut before = made;
    for (line, payload, sample) in
        [(180, (188, 191), (199, 224)), (232, (240, 243), (249, 274)), (282, (290, 294), (300, 325))]
    {
        let payload = run.block(payload.0, payload.1);
        let sample = run.sample(sample.0, sample.1);
        let changed = read(&command(&mut run, line, &payload));
        compare(&sample, &changed);
        // The versions of the samples are 2, 3 and 4.
        assert_eq!(changed["version"], sample["version"], "{line}");
        assert_eq!(changed["created_time"], before["created_time"]);
        assert!(changed.get("password").is_none());
        before = changed;
    }
    assert_eq!(command(&mut run, 170, ""), b"");
    let id = account.borrow().clone();
    assert_eq!(scene.boundary("GET", &format!("/v1/accounts/{id}"), &token, None).await.status, 404);
    run.end()
}

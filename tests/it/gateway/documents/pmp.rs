//! Password Manager Pro's document.

use super::{
    super::{
        Scene,
        pmp_people::manager,
        pmp_requests::{Guarded, guarded},
    },
    Ran, Run,
    shape::compare,
};
use crate::harness::{Founder, bytes_of, empty_folder};
use sealward_client::{
    files::FileChanges,
    model::{AccountDetails, CustomField, CustomValue, ResourceDetails},
    operations::{NewAccount, Place},
};
use sealward_contract::chain::{Requirement, VaultRole};
use serde_json::{Value, json};

/// Tokens that the document prints.
const TOKENS: [&str; 4] = [
    "B9A1809A-5BF7-4459-9ED2-8D4F499CB902",
    "iddPyMeUOnv9huR%2BzLfan1GbB4VYZ4%2F7UDHfbpY8socCJ7C1%2BVUyhjtcRHlysShHeLf9va63EEkt%0A4x%2FG42EYLQ%3D%3D",
    "DB44AEC4-5C9F-4547-859B-77B3D8EED417",
    "F73552FD-DDC2-415E-BF5D-06CFA519658B",
];
const HOSTS: [&str; 2] = ["192.168.xx.xx:7272", "192.168.39.29:7272"];

fn is_heading(line: &str) -> bool {
    line.split_once('.').is_some_and(|(number, _)| !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit()))
}

/// Where no answer is printed, what the product's clients read of one.
fn answer_of(number: usize) -> Value {
    super::answer_of("password-manager-pro", number)
}

/// Runs commands of the document against a scene.
struct Script<'r, 's> {
    run: &'r mut Run,
    scene: &'s Scene,
}

impl Script<'_, '_> {
    /// Runs a command as the service of a token; each way to read it gives an answer of the sample's shape.
    fn command(&mut self, line: usize, token: &str, ids: &[(&str, &str)], sample: &Value) -> Vec<Value> {
        let printed = self.raw(line, token, ids);
        let answers = printed.into_iter().map(|printed| read(&printed, sample));
        answers.collect()
    }

    fn raw(&mut self, line: usize, token: &str, ids: &[(&str, &str)]) -> Vec<Vec<u8>> {
        let replace = self.replace(token, ids);
        self.run.command(line, &replace.iter().map(|(from, to)| (*from, to.as_str())).collect::<Vec<_>>())
    }

    fn replace<'i>(&self, token: &str, ids: &[(&'i str, &str)]) -> Vec<(&'i str, String)> {
        let address = self.scene.address("pmp").to_string();
        let hosts = HOSTS.into_iter().map(|host| (host, address.clone()));
        let tokens = TOKENS.into_iter().map(|known| (known, token.to_owned()));
        hosts.chain(tokens).chain(ids.iter().map(|(from, to)| (*from, (*to).to_owned()))).collect()
    }

    /// Sends an input that the document prints without a command.
    fn input(&mut self, path: &str, token: &str, input: &str, sample: &Value) -> Value {
        let address = self.scene.address("pmp");
        let url = format!("https://{address}/restapi/json/v1/{path}?AUTHTOKEN={token}");
        let input = input.strip_prefix("INPUT_DATA=").unwrap_or(input);
        let command = format!("curl -s -k -X POST -H 'Content-Type: text/json' '{url}' -d 'INPUT_DATA={input}'");
        read(&self.run.shell(&command, &[]), sample)
    }

    fn sample(&mut self, first: usize, last: usize) -> Value {
        self.run.sample(first, last)
    }
}

fn read(printed: &[u8], sample: &Value) -> Value {
    let answer = serde_json::from_slice(printed);
    let answer: Value = answer.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(printed)));
    compare(sample, &answer);
    answer
}

pub async fn run() -> Ran {
    let all = guarded(Requirement::Optional, Requirement::None).await;
    let scene = &all.scene;
    let certificate = empty_folder("pmp-document").join("certificate.pem");
    std::fs::write(&certificate, scene.running.certificate.as_ref().unwrap()).unwrap();
    let mut run = Run::begin("password-manager-pro-rest-api.txt", is_heading, &certificate);
    let mut script = Script { run: &mut run, scene };
    resources(&mut script, &all.edits).await;
    requests(&mut script, &all).await;
    users(&mut script).await;
    files(&mut script, &all.edits).await;
    run.end()
}

async fn resources(script: &mut Script<'_, '_>, token: &str) {
    let scene = script.scene;
    let (resource, account) = scene.resource(token, "MSSQLServer", "system", "first").await;
    let ids = [("/303/", format!("/{resource}/")), ("/307", format!("/{account}"))];
    let ids: Vec<(&str, &str)> = ids.iter().map(|(from, to)| (*from, to.as_str())).collect();
    for (line, number) in [(76, 1), (101, 2), (129, 3), (156, 4), (159, 4)] {
        script.command(line, token, &ids, &answer_of(number));
    }
    let sample = script.sample(203, 211);
    assert_eq!(script.command(199, token, &ids, &sample).len(), 2);
    let path = format!("resources/{resource}/accounts/{account}/password");
    assert_eq!(scene.done("GET", &path, token, None).await, json!({"PASSWORD": "Test12345$"}));
    let input = script.run.block(185, 194);
    let changed = script.run.shell(
        &format!(
            "curl -s -k -X PUT 'https://{}/restapi/json/v1/{path}?AUTHTOKEN={token}' -d '{input}'",
            scene.address("pmp")
        ),
        &[],
    );
    read(&changed, &sample);
    assert_eq!(scene.done("GET", &path, token, None).await, json!({"PASSWORD": "Test@12345$"}));

    // The owner that the document names sees the vault.
    Founder::invited(&scene.server, &scene.ada, "admin", &[(scene.vault, VaultRole::Viewer)]).await;
    // The same resource four times: by its command line, and by each of three inputs.
    let sample = script.sample(267, 275);
    let answers = script.command(256, token, &[], &sample);
    let mut made: Vec<Value> = answers.into_iter().map(|answer| answer["operation"]["Details"].clone()).collect();
    for (first, last) in [(226, 243), (278, 296), (300, 318)] {
        let last_made = made.pop().unwrap();
        let id = last_made["RESOURCEID"].as_str().unwrap();
        scene.done("DELETE", &format!("resources/{id}"), token, None).await;
        let input = script.run.block(first, last);
        let answer = script.input("resources", token, &input, &sample);
        made.push(answer["operation"]["Details"].clone());
    }
    let windows = made.pop().unwrap();
    let windows = windows["RESOURCEID"].as_str().unwrap();
    let listed = scene.done("GET", &format!("resources/{windows}/accounts"), token, None).await;
    assert_eq!(listed["CUSTOM FIELDS"], json!({"Secure Resource": "YES"}));
    let sample = script.sample(342, 355);
    let found = script.command(338, token, &[], &sample);
    assert_eq!(found[0]["operation"]["Details"], json!({"RESOURCEID": resource, "ACCOUNTID": account}));

    let sample = script.sample(861, 866);
    script.command(853, token, &[("/resources/1/", &format!("/resources/{windows}/"))], &sample);
    let input = script.run.block(826, 841);
    let (other, _) = scene.resource(token, "for accounts", "root", "x").await;
    script.input(&format!("resources/{other}/accounts"), token, &input, &sample);

    // By POST as its command is printed, and by DELETE as its heading says.
    let sample = script.sample(381, 387);
    let readings = script.run.readings(376);
    assert_eq!(readings.len(), 2);
    for (reading, id) in readings.iter().zip([windows, &other]) {
        let replace = script.replace(token, &[("/resources/307", &format!("/resources/{id}"))]);
        let replace: Vec<(&str, &str)> = replace.iter().map(|(from, to)| (*from, to.as_str())).collect();
        read(&script.run.shell(reading, &replace), &sample);
    }
    assert_eq!(
        scene.fails("GET", &format!("resources/{windows}/accounts"), token, None).await.get(..12),
        Some("The resource")
    );
}

async fn requests(script: &mut Script<'_, '_>, all: &Guarded) {
    let (scene, account) = (script.scene, &all.account);
    let asker = super::super::pmp_requests::member(scene, "asks").await.1;
    let (of_account, of_user) = (format!("/accounts/{account}/"), format!("/requester/{asker}/"));
    let ids = [("/accounts/7/", of_account.as_str()), ("/requester/34/", of_user.as_str())];
    let sample = script.sample(487, 503);
    script.command(482, &all.asks, &ids, &sample);
    let sample = script.sample(413, 456);
    script.command(409, &all.approves, &[], &sample);
    let sample = script.sample(530, 541);
    script.command(525, &all.approves, &ids, &sample);
    let input = script.run.block(478, 478);
    let raised = script.input(&format!("accounts/{account}/requestpassword"), &all.asks, &input, &json!({}));
    assert_eq!(raised["operation"]["result"]["status"], "Success");
    let sample = script.sample(568, 580);
    script.command(563, &all.approves, &ids, &sample);
    let sample = script.sample(655, 671);
    script.command(651, &all.asks, &ids, &sample);
    assert_eq!(all.status(&all.edits).await, "[ In use ]");
    let sample = script.sample(607, 619);
    script.command(602, &all.asks, &ids, &sample);
}

async fn users(script: &mut Script<'_, '_>) {
    let scene = script.scene;
    let token = manager(scene).await;
    let (input, sample) = (script.run.block(689, 716), script.sample(720, 726));
    script.input("user", &token, &input, &sample);
    let (input, sample) = (script.run.block(744, 762), script.sample(766, 778));
    let answer = script.input("user", &token, &input, &sample);
    let api_user = answer["operation"]["Details"]["AUTHTOKEN"].as_str().unwrap();
    // Its host is not this one.
    let said = scene.fails("GET", "resources", api_user, None).await;
    assert_eq!(said, "API key received may not be used from this host. Authentication failed.");
    let michael = json!({"USERNAME": "Michael", "FIRSTNAME": "Michael", "PASSWORD": "Pa55w0Rd123"});
    let made = scene.done("POST", "user", &token, Some(michael)).await;
    let sample = script.sample(888, 888);
    let user = format!("/user/{}", made["USERID"].as_str().unwrap());
    script.command(884, &token, &[("/user/307", &user)], &sample);
}

async fn files(script: &mut Script<'_, '_>, token: &str) {
    let scene = script.scene;
    scene.ada.sync(|_| {}).await.unwrap();
    let bytes = bytes_of(5_000);
    let secret = scene.ada.upload_bytes(scene.vault, "id_ed25519", "", &bytes).await.unwrap();
    let licence = scene.ada.upload_bytes(scene.vault, "licence.key", "text/plain", b"a licence").await.unwrap();
    let value = CustomValue::File(licence.file.clone());
    let field = CustomField { label: "LicenseFIle".into(), value };
    let details = AccountDetails {
        name: "root".into(),
        secret_file: Some(secret.file.clone()),
        custom_fields: vec![field],
        ..Default::default()
    };
    let resource = ResourceDetails { name: "keys".into(), ..Default::default() };
    let changes = FileChanges { added: vec![secret, licence], removed: vec![] };
    let place = Place { vault: scene.vault, parent: scene.vault.object() };
    let account = NewAccount { details, secret: None };
    let none = FileChanges::default();
    scene.ada.create_resource_with(place, (resource, &none), Some((account, &changes))).await.unwrap();
    let ids = scene.done("GET", "resources/resourcename/keys/accounts/accountname/root", token, None).await;
    let (resource, account) = (ids["RESOURCEID"].as_str().unwrap(), ids["ACCOUNTID"].as_str().unwrap());
    let printed = script.raw(813, token, &[("/1501/", &format!("/{resource}/")), ("/3601/", &format!("/{account}/"))]);
    assert!(printed[0].starts_with(b"HTTP/1.1 200 OK") && printed[0].ends_with(&bytes));
    let input = script.run.block(798, 809);
    let url = format!("https://{}/restapi/json/v1/resources/{resource}/accounts/{account}", scene.address("pmp"));
    let command =
        format!("curl -s -k -G '{url}/downloadfile' -d AUTHTOKEN={token} --data-urlencode 'INPUT_DATA={input}'");
    assert_eq!(script.run.shell(&command, &[]), b"a licence");
}

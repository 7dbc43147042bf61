//! Moving in, from products that a test plays: what they write in their own words, in pages, with their refusals, and what
//! no product should write.

use super::{
    harness::{Ended, Machine, shared_server},
    source::{Answer, Asked, Source},
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

const TOKEN: &str = "B9A1809A-5BF7-4459-9ED2-8D4F499CB902";

/// An answer of Password Manager Pro.
fn pmp(details: Value) -> Answer {
    Answer::json(
        200,
        &json!({"operation": {"name": "X", "result": {"status": "Success", "message": "Done"}, "Details": details}}),
    )
}

fn pmp_failed(name: &str, message: &str) -> Answer {
    Answer::json(200, &json!({"operation": {"name": name, "result": {"status": "Failed", "message": message}}}))
}

/// One resource with one account.
pub fn pmp_with_one() -> Source {
    Source::start(|asked| match asked.path.strip_prefix("/restapi/json/v1/resources").unwrap_or_default() {
        "" => pmp(json!([{"RESOURCE ID": "303", "RESOURCE NAME": "sql"}])),
        "/303/accounts" => {
            pmp(json!({"RESOURCE NAME": "sql", "ACCOUNT LIST": [{"ACCOUNT ID": "307", "ACCOUNT NAME": "sa"}]}))
        }
        "/303/accounts/307/password" => pmp(json!({"PASSWORD": "S3cret"})),
        "/303/accounts/307/downloadfile" => pmp_failed("DOWNLOAD FILE", "There is none"),
        _ => pmp(json!({"DESCRIPTION": "N/A"})),
    })
}

/// One asset with one account.
pub fn jumpserver_with_one() -> Source {
    Source::start(|asked| match asked.path.as_str() {
        "/api/v1/assets/assets/" => Answer::json(200, &json!([])),
        "/api/v1/accounts/accounts/" => Answer::json(200, &json!([account(7)])),
        path if path.ends_with("/histories/") => Answer::json(404, &json!({})),
        _ => Answer::json(200, &json!({"secret": "S3cret"})),
    })
}

/// One that never was before, for a machine of its own.
fn founder(login_name: &str) -> Machine {
    let machine = Machine::new(shared_server());
    machine.found(login_name);
    machine.file("from-token", TOKEN);
    machine
}

fn migrate(machine: &Machine, product: &str, source: &Source, more: &[&str]) -> Ended {
    let from = ["migrate", product, "--from", &source.origin, "--from-token-file", "from-token", "--vault", "Web"];
    machine.run(&[&from[..], more].concat())
}

/// Its report, and that it ended with this code.
fn report(ended: Ended, code: i32) -> Value {
    assert_eq!((ended.code, ended.err.as_str()), (code, ""), "{}", ended.out);
    serde_json::from_str(&ended.out).unwrap()
}

fn items(rows: &Value) -> Vec<&str> {
    rows.as_array().map(|rows| rows.iter().map(|row| row["item"].as_str().unwrap()).collect()).unwrap_or_default()
}

fn codes(rows: &Value) -> Vec<(&str, &str)> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().map(|row| (row["item"].as_str().unwrap(), row["code"].as_str().unwrap())).collect()
}

/// As the product writes it: scalars as texts, and what it knows nothing of as `N/A`.
fn pmp_of_the_document(asked: &Asked) -> Answer {
    let path = asked.path.strip_prefix("/restapi/json/v1/").unwrap_or_default();
    if asked.parameter("AUTHTOKEN") != Some("B9A1809A%2D5BF7%2D4459%2D9ED2%2D8D4F499CB902") {
        let words = "API key received is not associated to any user. Authentication failed.";
        return pmp_failed("Authentication", words);
    }
    let reason = asked.parameter("INPUT_DATA").is_some_and(|input| input.contains("REASON"));
    let account = |id: u32, name: &str, status: &str, reason: bool| {
        json!({"ACCOUNT ID": id.to_string(), "ACCOUNT NAME": name, "PASSWORD STATUS": status,
            "ISREASONREQUIRED": reason.to_string(), "IS_TICKETID_REQD_MANDATORY": "false", "AUTOLOGONLIST": ["x"]})
    };
    match path {
        "resources" => pmp(json!([
            {"RESOURCE ID": "303", "RESOURCE NAME": "MSSQLServer", "RESOURCE TYPE": "MS SQL Server", "NOOFACCOUNTS": "4"},
            {"RESOURCE ID": 304, "RESOURCE NAME": "hidden", "RESOURCE DESCRIPTION": "N/A"},
        ])),
        "resources/303/accounts" => pmp(json!({
            "RESOURCE ID": "303", "RESOURCE NAME": "MSSQLServer", "RESOURCE DESCRIPTION": "N/A", "DNS NAME": "sql.example",
            "RESOURCE OWNER": "admin", "DOMAIN NAME": "CORP", "CUSTOM FIELDS": [{"CUSTOMLABEL": "Secure Resource", "CUSTOMVALUE": "YES"}],
            "ACCOUNT LIST": [account(307, "system", "****", false), account(308, "sa", "[ In use ]", false),
                account(309, "audit", "****", true), account(310, "locked", "****", false)],
        })),
        "resources/304/accounts" => pmp_failed("GET RESOURCE ACCOUNTLIST", "Not shared\u{7} with you"),
        "resources/303/accounts/307/password" => pmp(json!({"PASSWORD": "pässword 密 \"&+%41"})),
        "resources/303/accounts/309/password" if reason => pmp(json!({"PASSWORD": "Given-9-why"})),
        path if path.ends_with("/password") => pmp_failed("GET PASSWORD", "It has to be requested first"),
        "resources/303/accounts/307/downloadfile" => {
            Answer::text(200, "-----BEGIN").with("content-disposition", "attachment; filename=\"../id.pem\"")
        }
        path if path.ends_with("/downloadfile") => pmp_failed("DOWNLOAD FILE", "There is none"),
        _ => {
            pmp(json!({"DESCRIPTION": "N/A", "LAST MODIFIED TIME": "Dec 1, 2021 09:00 PM", "PASSWORD STATUS": "****"}))
        }
    }
}

#[test]
fn password_manager_pro_is_asked_as_its_document_says() {
    let source = Source::start(pmp_of_the_document);
    let machine = founder("mia");
    // Nothing is fetched and nothing is written.
    let dry = report(migrate(&machine, "pmp", &source, &["--json", "--dry-run"]), 10);
    let withheld = [("hidden", "source_refused"), ("MSSQLServer/sa", "in_use"), ("MSSQLServer/audit", "reason_needed")];
    assert_eq!(
        (items(&dry["made"]), codes(&dry["left"])),
        (vec!["MSSQLServer/system", "MSSQLServer/locked"], withheld.to_vec())
    );
    assert_eq!((&dry["dry_run"], &dry["resources"], &dry["accounts"]), (&json!(true), &json!(1), &json!(2)));
    assert!(!source.paths().iter().any(|path| path.contains("password") || path.contains("downloadfile")));
    assert_eq!(machine.run(&["list", "--within", "Web", "--kind", "resource", "--json"]).json(), json!([]));

    let view = report(migrate(&machine, "pmp", &source, &["--json"]), 10);
    assert_eq!(
        (items(&view["made"]), &view["secrets"], &view["files"]),
        (vec!["MSSQLServer/system"], &json!(1), &json!(1))
    );
    let refused = [&withheld[..], &[("MSSQLServer/locked", "source_refused")]].concat();
    assert_eq!(codes(&view["left"]), refused);
    assert_eq!(view["left"][0]["message"], "The product says: Not shared  with you");
    assert_eq!(machine.run(&["get", "Web/MSSQLServer/system", "-f", "secret"]).well(), "pässword 密 \"&+%41");
    let shown = machine.run(&["get", "Web/MSSQLServer/system", "--no-secret", "--json"]).json();
    assert_eq!((&shown["files"][0]["name"], shown.get("notes")), (&json!("id.pem"), None));
    let resource = machine.run(&["list", "--within", "Web", "--kind", "resource", "--json"]).json();
    assert_eq!((&resource[0]["dns_name"], resource[0].get("description")), (&json!("sql.example"), None));
    let fields = [("Secure Resource", "YES"), ("DOMAINNAME", "CORP")];
    for (at, (label, value)) in fields.into_iter().enumerate() {
        let field = &resource[0]["custom_fields"][at];
        assert_eq!((&field["label"], &field["value"]), (&json!(label), &json!(value)));
    }

    // With a reason; what is there stays, and what is not comes.
    let again = report(migrate(&machine, "pmp", &source, &["--json", "--reason", "moving"]), 10);
    assert_eq!((items(&again["made"]), &again["known"]), (vec!["MSSQLServer/audit"], &json!(1)));
    assert_eq!(machine.run(&["get", "Web/MSSQLServer/audit", "-f", "secret"]).well(), "Given-9-why");
    // For people, in both languages; nothing secret, and nothing that commands their terminal.
    let told = migrate(&machine, "pmp", &source, &["--lang", "zh"]);
    assert_eq!((told.code, told.err.as_str()), (10, ""));
    assert!(told.out.contains("- MSSQLServer/sa: 正被他人借出") && told.out.contains("已存在: 2"), "{}", told.out);
    for said in [&told.out, &view.to_string(), &again.to_string()] {
        assert!(!said.contains("pässword") && !said.contains("Given-9-why") && !said.contains(TOKEN), "{said}");
        assert!(!said.contains('\u{7}'));
    }
    // The token of a product is not an argument, and one that is not its own is refused.
    machine.file("from-token", "another");
    assert_eq!(migrate(&machine, "pmp", &source, &["--json"]).failed(7), "source_token");
}

/// An account of JumpServer on one of two assets.
fn account(at: usize) -> Value {
    json!({
        "id": format!("00000000-0000-0000-0001-{at:012}"), "name": format!("user-{at}"), "username": format!("user-{at}"),
        "secret_type": {"value": "password", "label": "Password"}, "is_active": true, "privileged": false,
        "date_updated": "2022/04/05 09:24:54 +0800",
        "asset": {"id": format!("00000000-0000-0000-0002-{:012}", at % 2), "name": format!("host-{}", at % 2), "address": "192.0.2.7"},
    })
}

#[test]
fn jumpserver_is_read_page_by_page() {
    const COUNT: usize = 230;
    let source = Source::start(|asked: &Asked| {
        // A person's own token: the other scheme is not for it.
        if !asked.headers.contains("Token B9A1809A") {
            return Answer::json(401, &json!({"detail": "Invalid token.", "code": "not_authenticated"}));
        }
        assert!(asked.headers.to_lowercase().contains("x-jms-org: 00000000-0000-0000-0000-000000000002"));
        let number = |name| asked.parameter(name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        let secrets = asked.path.strip_prefix("/api/v1/accounts/account-secrets/");
        match (asked.path.as_str(), secrets) {
            // Whoever may see accounts need not see assets.
            ("/api/v1/assets/assets/", _) => {
                Answer::json(403, &json!({"detail": "You do not have permission to perform this action."}))
            }
            ("/api/v1/accounts/accounts/", _) => {
                // Somebody writes meanwhile: a row is on two pages.
                let from = number("offset").saturating_sub(number("offset") / 100);
                let to = (from + number("limit")).min(COUNT);
                let next = (to < COUNT).then_some("https://elsewhere.example/api/v1/accounts/accounts/?offset=7");
                Answer::json(
                    200,
                    &json!({"count": COUNT, "next": next, "results": (from..to).map(account).collect::<Vec<_>>()}),
                )
            }
            (_, Some(path)) if path.ends_with("/histories/") => {
                let at = &path[..36];
                let now = if at.ends_with("7") { "forbidden" } else { "" };
                if now.is_empty() {
                    let rows = ["now", "now", "before"]
                        .map(|what| json!({"secret": format!("{what} {at}"), "history_date": "x"}));
                    Answer::json(200, &json!({"count": 3, "next": null, "results": rows}))
                } else {
                    Answer::json(403, &json!({"detail": "No."}))
                }
            }
            (_, Some(_)) if asked.method == "GET" => {
                Answer::json(405, &json!({"detail": "Method \"GET\" not allowed."}))
            }
            (_, Some(path)) => Answer::json(200, &json!({"secret": format!("now {}", &path[..36]), "passphrase": ""})),
            _ => Answer::json(404, &json!({"detail": "Not found."})),
        }
    });
    let machine = founder("noa");
    let organisation = ["--organization", "00000000-0000-0000-0000-000000000002", "--json"];
    let view = report(migrate(&machine, "jumpserver", &source, &organisation), 10);
    assert_eq!((&view["accounts"], &view["resources"], &view["secrets"]), (&json!(COUNT), &json!(2), &json!(COUNT)));
    assert_eq!(view["versions"], 230 - 23);
    let left = view["left"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["item"], &left[1]["part"]), (1 + 23, &json!("assets"), &json!("history")));
    let secret =
        |version: &str| machine.run(&["get", "Web/host-1/user-211", "-f", "secret", "--version", version]).well();
    let id = "00000000-0000-0000-0001-000000000211";
    assert_eq!((secret("2"), secret("1")), (format!("now {id}"), format!("before {id}")));
    // It is asked by GET once, and by no scheme again that was refused.
    let is_secret = |asked: &Asked| asked.path.contains("account-secrets") && !asked.path.ends_with("/histories/");
    assert_eq!(source.asked().iter().filter(|asked| asked.method == "GET" && is_secret(asked)).count(), 1);
    assert_eq!(source.asked().iter().filter(|asked| asked.headers.contains("Bearer")).count(), 1);
    let again = report(migrate(&machine, "jumpserver", &source, &organisation), 10);
    assert_eq!((&again["known"], &again["accounts"]), (&json!(COUNT), &json!(0)));
}

#[test]
fn a_busy_source_is_asked_again_and_an_interrupted_run_goes_on() {
    let (asked, lost) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (count, broken) = (Arc::clone(&asked), Arc::clone(&lost));
    let source = Source::start(move |asked: &Asked| {
        // Each call is refused once, with a wait of nothing.
        if count.fetch_add(1, Ordering::Relaxed) % 2 == 0 {
            return Answer::text(429, "").with("retry-after", "0");
        }
        match asked.path.as_str() {
            "/api/v1/assets/assets/" => Answer::json(200, &json!([])),
            "/api/v1/accounts/accounts/" => Answer::json(200, &(0..120).map(account).collect()),
            path if path.ends_with("/histories/") => Answer::json(404, &json!({})),
            // Then it is not there any more, for as long as it is asked.
            path if path.contains("000000000111") && broken.load(Ordering::Relaxed) == 0 => {
                Answer::text(503, "").with("retry-after", "0")
            }
            path => Answer::json(200, &json!({"secret": format!("now {path}")})),
        }
    });
    let machine = founder("oli");
    let view = report(migrate(&machine, "jumpserver", &source, &["--json"]), 10);
    assert_eq!(view["ended"]["code"], "source_busy");
    // By host: those with even numbers, and then the others up to the one that is not given.
    let first = 60 + 55;
    assert_eq!(view["accounts"], first);
    lost.store(1, Ordering::Relaxed);
    let rest = report(migrate(&machine, "jumpserver", &source, &["--json"]), 0);
    assert_eq!((&rest["known"], &rest["accounts"]), (&json!(first), &json!(120 - first)));
    let again = report(migrate(&machine, "jumpserver", &source, &["--json"]), 0);
    assert_eq!((&again["known"], &again["accounts"]), (&json!(120), &json!(0)));
}

#[test]
fn what_no_product_should_write_is_refused_by_name() {
    let machine = founder("pia");
    let failed = |product: &str, answer: fn(&Asked) -> Answer| -> (String, usize) {
        let source = Source::start(answer);
        let ended = migrate(&machine, product, &source, &["--json"]);
        let told: Value = serde_json::from_str(&ended.err).unwrap_or_else(|_| panic!("{} {}", ended.out, ended.err));
        assert_eq!(told["error"]["exit"], ended.code);
        (
            format!("{} {}", told["error"]["code"].as_str().unwrap(), told["error"]["message"].as_str().unwrap()),
            source.asked().len(),
        )
    };
    let page = |_: &Asked| Answer::text(200, "<!DOCTYPE html><title>Sign in</title>");
    let elsewhere = |_: &Asked| Answer::text(302, "").with("location", "http://127.0.0.1:1/");
    let huge = |_: &Asked| Answer::text(200, &format!("[\"{}\"]", "x".repeat(33 << 20)));
    let endless = |asked: &Asked| match asked.path.contains("/assets/") {
        true => Answer::json(200, &json!([])),
        false => Answer::json(200, &json!({"next": "more", "results": [account(1)]})),
    };
    let shape =
        |_: &Asked| Answer::json(200, &json!({"operation": {"result": {"status": "Success"}, "Details": "secret"}}));
    let busy = |_: &Asked| Answer::text(503, "secret").with("retry-after", "0");
    for (product, answer, said, calls) in [
        (
            "pmp",
            page as fn(&Asked) -> Answer,
            "source_unreadable The product's answer cannot be read: a page for people",
            1,
        ),
        ("pmp", elsewhere, "source_unreadable The product's answer cannot be read: a redirection", 1),
        ("pmp", huge, "source_unreadable The product's answer cannot be read: too large", 1),
        ("pmp", shape, "source_unreadable The product's answer cannot be read: not of the shape", 1),
        ("pmp", busy, "source_busy The product's server is busy (HTTP 503)", 5),
        ("jumpserver", endless, "source_unreadable The product's answer cannot be read: a list without an end", 3),
        ("jumpserver", page, "source_unreadable The product's answer cannot be read: a page for people", 2),
    ] {
        let (told, asked) = failed(product, answer);
        assert!(told.starts_with(said) && !told.contains("secret"), "{product} {told}");
        assert_eq!(asked, calls, "{product} {told}");
    }
    // HTTP to another machine is no way for passwords, and a wrong address is said before anything is sent.
    for (from, code) in [("http://pmp.example:7272", "usage"), ("https://pmp.example/PassTrixMain.cc", "usage")] {
        let arguments =
            ["migrate", "pmp", "--from", from, "--from-token-file", "from-token", "--vault", "Web", "--json"];
        assert_eq!(machine.run(&arguments).failed(2), code);
    }
    assert_eq!(machine.run(&["list", "--within", "Web", "--kind", "resource", "--json"]).json(), json!([]));
    // What is listed twice is there once.
    let twice =
        Source::start(|asked| match asked.path.strip_prefix("/restapi/json/v1/resources").unwrap_or_default() {
            "" => pmp(
                json!([{"RESOURCE ID": "303", "RESOURCE NAME": "sql"}, {"RESOURCE ID": "303", "RESOURCE NAME": "sql"}]),
            ),
            "/303/accounts" => {
                let account = json!({"ACCOUNT ID": "307", "ACCOUNT NAME": "sa"});
                pmp(json!({"RESOURCE NAME": "sql", "ACCOUNT LIST": [account, account]}))
            }
            path if path.ends_with("/password") => pmp(json!({"PASSWORD": "S3cret"})),
            path if path.ends_with("/downloadfile") => pmp_failed("DOWNLOAD FILE", "There is none"),
            _ => pmp(json!({})),
        });
    let view = report(migrate(&machine, "pmp", &twice, &["--json"]), 0);
    assert_eq!((&view["resources"], &view["accounts"]), (&json!(1), &json!(1)));
    assert_eq!(
        machine.run(&["list", "--within", "Web", "--kind", "account", "--json"]).json().as_array().unwrap().len(),
        1
    );
}

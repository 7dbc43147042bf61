//! Records and heads that break a rule.

use super::{Scene, problem, told};
use crate::harness::{Furnished, draft_group, leaf_of};
use sealward_client::{crypto::signing::SigningKey, operations::Item, session::VaultDrafts};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{Hash, Signature, context::Label, hash},
    ids::{Epoch, MemberId, Number, ObjectId, TeamId, VaultId, Version},
    limits,
    operations::{
        ObjectPath, TeamPath, VaultPath,
        records::{
            Batch, CreateAccount, CreateResource, PutSecret, RecordWrite, SecretWrite, UpdateResource, VaultWrite,
            WriteBatch,
        },
    },
    record::{ChainPosition, Head, HeadRest, LeafKey, Record, RecordContext, RecordKind, RecordState, Tier},
};
use serde_json::Value;

impl Scene {
    fn team_path(&self) -> TeamPath {
        TeamPath { team: self.founder.team }
    }

    async fn refuses_write(&self, what: &str, write: VaultWrite, expected: (u16, &str)) {
        self.refuses::<WriteBatch>(what, self.team_path(), &Batch { writes: vec![write] }, expected).await;
    }

    async fn refuses_record(&self, what: &str, context: RecordContext, expected: (u16, &str)) {
        let write = self.forge().write([context]);
        self.refuses_write(what, write, expected).await;
    }

    fn group(&self) -> LeafKey {
        self.made.key(self.made.group)
    }
}

/// A record whose header names this payload, signed as it should be.
fn with_payload(scene: &Scene, payload: Vec<u8>) -> Record {
    let good = scene.forge().seal(scene.forge().next(scene.group()));
    let header = sealward_contract::record::Header { payload: hash(&payload), ..good.header().clone() };
    let signature = scene.founder.identity.signing.sign_bytes(Label::Record, &codec::encode(&header));
    Record::new(header, signature, None, Bytes(payload))
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_not_sealed_is_not_taken() {
    let scene = Scene::set().await;
    let malformed = (422, "record_refused: malformed");
    let plain = br#"{"name":"web-1","password":"hunter2"}"#.to_vec();
    for (what, payload) in [
        ("plain text", plain),
        ("nothing", Vec::new()),
        ("less than the floor", vec![0xab; 255 + 16]),
        ("between two sizes", vec![0xab; 256 + 16 + 1]),
        ("a size of Padmé without a tag", vec![0xab; 1024]),
        ("more than the limit", vec![0xab; 300 * 1024]),
    ] {
        let record = with_payload(&scene, payload);
        scene.refuses_write(what, scene.forge().write_of(&[record]), malformed).await;
    }
    // The next size of the padding is one.
    let record = with_payload(&scene, vec![0xab; 272 + 16]);
    let batch = Batch { writes: vec![scene.forge().write_of(&[record])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn bytes_have_one_encoding() {
    let scene = Scene::set().await;
    let good = scene.forge().write([scene.forge().next(scene.group())]);
    let record = good.records[0].0.clone();
    let head = good.head.0.clone();
    let changed = |change: fn(&mut Vec<u8>)| {
        let (mut record, mut head) = (record.clone(), head.clone());
        change(&mut record);
        change(&mut head);
        (record, head)
    };
    let changes: [(&str, fn(&mut Vec<u8>)); 5] = [
        ("a trailing byte", |bytes| bytes.push(0)),
        ("half of it", |bytes| bytes.truncate(bytes.len() / 2)),
        ("nothing", Vec::clear),
        // The container's length in two bytes instead of one; then a container of indefinite length.
        ("a longer length", |bytes| drop(bytes.splice(..1, [0x98, bytes[0] & 0x1f]))),
        ("an indefinite length", |bytes| {
            bytes[0] = 0x9f;
            bytes.push(0xff);
        }),
    ];
    for (what, change) in changes {
        let (record, head) = changed(change);
        let write = VaultWrite { records: vec![Bytes(record)], ..good.clone() };
        scene.refuses_write(what, write, (422, "record_refused: malformed")).await;
        let write = VaultWrite { head: Bytes(head), ..good.clone() };
        scene.refuses_write(what, write, (422, "head_refused: malformed")).await;
    }
    // A field more than the header has, signed and under a head of its own.
    let mut header = codec::encode(Record::parse(&record).unwrap().header());
    header[0] = 0x86;
    header.push(0);
    let signature = scene.founder.identity.signing.sign_bytes(Label::Record, &header);
    let mut wire = vec![0x84];
    wire.extend(codec::encode(&Bytes(header)));
    wire.extend(codec::encode(&signature));
    wire.push(0xf6);
    wire.extend(codec::encode(Record::parse(&record).unwrap().payload().unwrap()));
    let write = VaultWrite { records: vec![Bytes(wire)], ..good.clone() };
    scene.refuses_write("a further field", write, (422, "record_refused: malformed")).await;
    let bare = Record::parse(&record).unwrap().to_bare_wire();
    let write = VaultWrite { records: vec![bare], ..good };
    scene.refuses_write("no payload", write, (422, "record_refused: malformed")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_record_is_its_authors_and_of_here_and_now() {
    let scene = Scene::set().await;
    let next = scene.forge().next(scene.group());
    let (other, elsewhere) = (&scene.others.0, &scene.others.1);
    let unknown = ChainPosition { hash: Hash([7; 32]), ..next.position };
    let founding = ChainPosition { sequence: 0, hash: scene.session.chain().unwrap().genesis() };
    let ahead = next.time.plus_millis(limits::CLOCK_SKEW + 1);
    let cases = [
        ("another author", RecordContext { author: MemberId([7; 16]), ..next.clone() }, "author"),
        ("another team's author", RecordContext { author: other.identity.member, ..next.clone() }, "author"),
        ("another vault", RecordContext { vault: elsewhere.vault, ..next.clone() }, "other"),
        ("no vault", RecordContext { vault: VaultId::DIRECTORY, ..next.clone() }, "other"),
        ("another team", RecordContext { team: other.team, ..next.clone() }, "other"),
        ("another chain's place", RecordContext { position: unknown, ..next.clone() }, "position"),
        ("a place before the vault was made", RecordContext { position: founding, ..next.clone() }, "right"),
        ("another epoch", RecordContext { epoch: Epoch(2), ..next.clone() }, "epoch"),
        ("another tier", RecordContext { tier: Tier::Open, ..next.clone() }, "tier"),
        ("the directory's tier", RecordContext { tier: Tier::Directory, ..next.clone() }, "tier"),
        ("a time that is still to come", RecordContext { time: ahead, ..next.clone() }, "time"),
        ("another version before it", RecordContext { previous: Hash([7; 32]), ..next.clone() }, "history"),
        ("another number", RecordContext { number: Number(4_000), ..next.clone() }, "history"),
    ];
    for (what, context, reason) in cases {
        scene.refuses_record(what, context, (422, &format!("record_refused: {reason}"))).await;
    }
    let malformed = RecordContext { suite: 2, ..next.clone() };
    scene.refuses_record("another suite", malformed, (422, "record_refused: malformed")).await;
    let profile = RecordContext { kind: RecordKind::Profile, tier: Tier::Directory, ..next.clone() };
    scene.refuses_record("a profile", profile, (422, "record_refused: other")).await;

    let good = scene.forge().seal(next);
    let flipped = {
        let mut signature = [0; 64];
        signature.copy_from_slice(&scene.founder.identity.signing.sign_bytes(Label::Head, &[]).0);
        Record::new(good.header().clone(), Signature(signature), None, good.payload().unwrap().clone())
    };
    let write = scene.forge().write_of(&[flipped]);
    scene.refuses_write("a signature of something else", write, (422, "record_refused: signature")).await;
    let other_label = scene.founder.identity.signing.sign_bytes(Label::Statement, &codec::encode(good.header()));
    let record = Record::new(good.header().clone(), other_label, None, good.payload().unwrap().clone());
    let write = scene.forge().write_of(&[record]);
    scene.refuses_write("a signature for another purpose", write, (422, "record_refused: signature")).await;
    let by_other = other.identity.signing.sign_bytes(Label::Record, &codec::encode(good.header()));
    let record = Record::new(good.header().clone(), by_other, None, good.payload().unwrap().clone());
    let write = scene.forge().write_of(&[record]);
    scene.refuses_write("another's signature", write, (422, "record_refused: signature")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_head_follows_the_newest_and_holds_what_it_brings() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let record = forge.seal(forge.next(scene.group()));
    let rest = forge.rest(std::slice::from_ref(&record));
    let write = |head: Bytes| VaultWrite { vault: scene.made.vault, records: vec![record.to_wire()], head };
    let (other, elsewhere) = (&scene.others.0, &scene.others.1);
    let stranger: &SigningKey = &other.identity.signing;
    let previous = scene.session.vaults()[&scene.made.vault].head().hash;
    let by_stranger = stranger.sign(Head::new(previous, rest.clone())).to_wire();
    let unknown = ChainPosition { hash: Hash([7; 32]), ..rest.position };
    let founding = ChainPosition { sequence: 0, hash: scene.session.chain().unwrap().genesis() };
    let ahead = rest.time.plus_millis(limits::CLOCK_SKEW + 1);
    let cases = [
        ("another root", HeadRest { root: Hash([7; 32]), ..rest.clone() }, "root"),
        ("the root of before", HeadRest { root: forge.rest(&[]).root, ..rest.clone() }, "root"),
        ("another author", HeadRest { author: other.identity.member, ..rest.clone() }, "author"),
        ("another vault", HeadRest { vault: elsewhere.vault, ..rest.clone() }, "other"),
        ("another team", HeadRest { team: other.team, ..rest.clone() }, "other"),
        ("another suite", HeadRest { suite: 2, ..rest.clone() }, "other"),
        ("another chain's place", HeadRest { position: unknown, ..rest.clone() }, "position"),
        ("a place before the vault was made", HeadRest { position: founding, ..rest.clone() }, "author"),
        ("a time that is still to come", HeadRest { time: ahead, ..rest.clone() }, "time"),
    ];
    for (what, rest, reason) in cases {
        let expected = format!("head_refused: {reason}");
        scene.refuses_write(what, write(forge.sign(rest)), (422, &expected)).await;
    }
    scene.refuses_write("another's signature", write(by_stranger), (422, "head_refused: signature")).await;
    for (what, head) in [
        ("a number too high", forge.sign(HeadRest { sequence: rest.sequence + 1, ..rest.clone() })),
        ("a number too low", forge.sign(HeadRest { sequence: rest.sequence - 1, ..rest.clone() })),
        ("the first number", forge.sign(HeadRest { sequence: 1, ..rest.clone() })),
        ("the last number", forge.sign(HeadRest { sequence: u64::MAX, ..rest.clone() })),
        ("another head before it", forge.sign_over(Hash([7; 32]), rest.clone())),
        ("no head before it", forge.sign_over(Hash::ZERO, rest.clone())),
    ] {
        scene.refuses_write(what, write(head), (409, "stale_head")).await;
    }
    // Two numbers in one head that are not the same.
    let split = Head { sequence: rest.sequence, previous, rest: HeadRest { sequence: 9, ..rest } };
    let head = scene.founder.identity.signing.sign(split).to_wire();
    scene.refuses_write("two numbers", write(head), (422, "head_refused: other")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_stale_head_is_told_what_it_missed() {
    let scene = Scene::set().await;
    let late = scene.forge().write([scene.forge().next(scene.group())]);
    let draft = crate::harness::next_of(&scene.session, scene.made.vault, scene.made.key(scene.made.first), "newer");
    let write = VaultDrafts { vault: scene.made.vault, drafts: vec![draft] };
    scene.session.write(&[write]).await.unwrap();
    let before = scene.dump().await;
    let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&Batch { writes: vec![late] })).await;
    assert_eq!(told(&answered), (409, "stale_head".to_owned()));
    let moved = problem(&answered);
    assert_eq!(moved["vault"], scene.made.vault.to_string());
    let count = |field: &str| moved[field].as_array().map_or(99, Vec::len);
    assert_eq!((count("rests"), count("records"), count("leaves"), &moved["complete"]), (1, 1, 0, &Value::Bool(true)));
    assert_eq!(scene.dump().await, before);
}

#[tokio::test(flavor = "current_thread")]
async fn versions_go_one_by_one() {
    let scene = Scene::set().await;
    let next = scene.forge().next(scene.group());
    for version in [1, 3, 4_000_000_000] {
        let context = RecordContext { version: Version(version), ..next.clone() };
        let batch = Batch { writes: vec![scene.forge().write([context])] };
        let before = scene.dump().await;
        let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await;
        assert_eq!(told(&answered), (409, "stale_version".to_owned()));
        let problem = problem(&answered);
        assert_eq!((&problem["current"], &problem["kind"]), (&Value::from(1), &Value::from("resource_group")));
        assert_eq!(problem["id"], scene.made.group.to_string());
        assert_eq!(scene.dump().await, before);
    }
    scene
        .refuses_record("version 0", RecordContext { version: Version(0), ..next }, (422, "record_refused: malformed"))
        .await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_number_is_borne_by_one_object() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (top, first) = (scene.made.vault.object(), forge.next(scene.made.key(scene.made.first)));
    let new = |number| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::ResourceGroup };
        forge.context(key, top, Number(number))
    };
    for (what, number) in [
        ("a number that was not handed out", 50_000),
        ("number 0", 0),
        ("the number of another object", first.number.0),
    ] {
        let batch = Batch { writes: vec![forge.write([new(number)])] };
        let before = scene.dump().await;
        let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await;
        assert_eq!(told(&answered), (422, "not_reserved".to_owned()), "{what}");
        assert_eq!(problem(&answered)["number"], number, "{what}");
        assert_eq!(scene.dump().await, before);
    }
    // Twice in one batch.
    let number = scene.session.take_numbers(1).await.unwrap()[0].0;
    let write = forge.write([new(number), new(number)]);
    scene.refuses_write("one number twice", write, (422, "not_reserved")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn everything_stands_in_something_that_is_there() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (made, elsewhere) = (&scene.made, &scene.others.1);
    let deleted = {
        let (id, number) = (forge.make_object(), scene.session.take_numbers(1).await.unwrap()[0]);
        let draft = draft_group(id, made.vault.object(), number, "to be deleted");
        scene.session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
        let item = Item::within(made.vault, RecordKind::ResourceGroup, id);
        scene.session.delete_items(&[item]).await.unwrap();
        id
    };
    let numbers = scene.session.take_numbers(2).await.unwrap();
    let new = |kind, parent| forge.context(LeafKey { id: forge.make_object(), kind }, parent, numbers[0]);
    let (group, resource) = (scene.group(), made.key(made.resource));
    let top = made.vault.object();
    use RecordKind::{Account, Facts, Resource, ResourceGroup, Secret};
    let cases = [
        ("a group in nothing", new(ResourceGroup, ObjectId([7; 16]))),
        ("a resource in nothing", new(Resource, ObjectId([7; 16]))),
        ("an account on nothing", new(Account, ObjectId([7; 16]))),
        ("a resource in another team's group", new(Resource, elsewhere.group)),
        ("a resource in another team's vault", new(Resource, elsewhere.vault.object())),
        ("an account on another team's resource", new(Account, elsewhere.resource)),
        ("a resource in a deleted group", new(Resource, deleted)),
        ("a resource on a resource", new(Resource, made.resource)),
        ("a resource on an account", new(Resource, made.first)),
        ("a group on a resource", new(ResourceGroup, made.resource)),
        ("an account in a group", new(Account, made.group)),
        ("an account in the vault itself", new(Account, top)),
        ("an account on an account", new(Account, made.first)),
        ("a group moved into itself", RecordContext { parent: made.group, ..forge.next(group) }),
        ("a resource moved to a deleted group", RecordContext { parent: deleted, ..forge.next(resource) }),
        ("a group with the vault's id", RecordContext { id: top, ..new(ResourceGroup, top) }),
        ("the vault's record elsewhere", RecordContext { parent: made.group, ..forge.next(made.key(top)) }),
    ];
    for (what, context) in cases {
        scene.refuses_record(what, context, (422, "record_refused: parent")).await;
    }
    // A circle in two steps, in one batch.
    let inner = LeafKey { id: forge.make_object(), kind: ResourceGroup };
    let circle = forge
        .write([forge.context(inner, made.group, numbers[0]), RecordContext { parent: inner.id, ..forge.next(group) }]);
    scene.refuses_write("a circle of groups", circle, (422, "record_refused: parent")).await;
    // A secret on no account, one that stands elsewhere, one with a number of its own.
    let [secret, facts] = forge.next_secret(made.first);
    let at = |id| [Secret, Facts].map(|kind| forge.context(LeafKey { id, kind }, id, numbers[0]));
    let write = forge.write(at(ObjectId([7; 16])));
    scene.refuses_write("a secret on nothing", write, (422, "record_refused: parent")).await;
    let write = forge.write(at(made.resource));
    scene.refuses_write("a secret on a resource", write, (422, "record_refused: parent")).await;
    let write = forge.write([RecordContext { parent: made.second, ..secret.clone() }, facts.clone()]);
    scene.refuses_write("a secret that stands elsewhere", write, (422, "record_refused: parent")).await;
    let write = forge.write([RecordContext { number: Number(4_000), ..secret }, facts]);
    scene.refuses_write("a secret with another number", write, (422, "record_refused: history")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn groups_stand_so_deep_and_no_deeper() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let numbers = scene.session.take_numbers(66).await.unwrap();
    let mut parent = scene.made.vault.object();
    let mut drafts = Vec::new();
    for number in &numbers[..limits::DEPTH - 1] {
        let id = forge.make_object();
        drafts.push(draft_group(id, parent, *number, "deeper"));
        parent = id;
    }
    scene.session.write(&[VaultDrafts { vault: scene.made.vault, drafts }]).await.unwrap();
    let new = |parent, number| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::ResourceGroup };
        (key.id, forge.context(key, parent, number))
    };
    // 63 groups are above it: it stands 64 deep, and what it holds would stand 65 deep.
    let (last, context) = new(parent, numbers[64]);
    let batch = Batch { writes: vec![forge.write([context])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    let (_, context) = new(last, numbers[65]);
    scene.refuses_record("too deep", context, (422, "record_refused: parent")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn secrets_come_with_their_facts_and_in_their_tier() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let [secret, facts] = forge.next_secret(scene.made.first);
    let [other_secret, _] = forge.next_secret(scene.made.second);
    let company = (422, "record_refused: company");
    scene.refuses_record("a secret alone", secret.clone(), company).await;
    scene.refuses_record("facts alone", facts.clone(), company).await;
    let write = forge.write([other_secret, facts.clone()]);
    scene.refuses_write("another account's facts", write, company).await;
    let twice = forge.write([secret.clone(), facts.clone(), secret.clone()]);
    scene.refuses_write("a secret twice", twice, company).await;
    let tiers = [Tier::Catalog, Tier::Guarded, Tier::Directory];
    for tier in tiers {
        let write = forge.write([RecordContext { tier, ..secret.clone() }, facts.clone()]);
        scene.refuses_write("a secret of another tier", write, (422, "record_refused: tier")).await;
        let write = forge.write([secret.clone(), RecordContext { tier, ..facts.clone() }]);
        scene.refuses_write("facts of another tier", write, (422, "record_refused: tier")).await;
    }
    let write = VaultWrite { records: vec![], ..forge.write([]) };
    scene.refuses_write("nothing at all", write, company).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_place_takes_what_it_is_for() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let (team, vault) = (scene.founder.team, scene.made.vault);
    let number = scene.session.take_numbers(1).await.unwrap()[0];
    let new = |kind, parent| forge.write_one(forge.context(LeafKey { id: forge.make_object(), kind }, parent, number));
    let other = (422, "record_refused: other");
    let of_vault = VaultPath { team, vault };
    let account = new(RecordKind::Account, scene.made.resource);
    scene.refuses::<CreateResource>("an account as a resource", of_vault, &account, other).await;
    let resource = new(RecordKind::Resource, scene.made.group);
    scene.refuses::<CreateAccount>("a resource as an account", of_vault, &resource, other).await;
    let next = forge.write_one(forge.next(scene.made.key(scene.made.resource)));
    scene.refuses::<CreateResource>("a second version as a new resource", of_vault, &next, other).await;
    let path = ObjectPath { team, vault, id: forge.make_object() };
    scene.refuses::<UpdateResource>("another id than in the path", path, &next, other).await;
    let [secret, facts] = forge.next_secret(scene.made.first).map(|context| forge.seal(context));
    let head = forge.sign(forge.rest(&[secret.clone(), facts.clone()]));
    let body = SecretWrite { secret: secret.to_wire(), facts: facts.to_wire(), head: head.clone() };
    let path = ObjectPath { team, vault, id: scene.made.second };
    scene.refuses::<PutSecret>("another account than in the path", path, &body, other).await;
    let path = ObjectPath { team, vault, id: scene.made.first };
    let body = SecretWrite { secret: secret.to_wire(), facts: secret.to_wire(), head };
    scene.refuses::<PutSecret>("the secret twice", path, &body, (422, "record_refused: company")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_batch_is_written_whole_or_not_at_all() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let second = Furnished::make(&scene.session, "Second").await;
    let numbers = scene.session.take_numbers(3).await.unwrap();
    let new = |number: usize, parent| {
        let key = LeafKey { id: forge.make_object(), kind: RecordKind::Resource };
        forge.context(key, parent, numbers[number])
    };
    let bad = RecordContext { previous: Hash([7; 32]), ..forge.next(scene.group()) };
    let write = forge.write([new(0, scene.made.group), new(1, scene.made.group), bad.clone()]);
    scene.refuses_write("one bad record of three", write, (422, "record_refused: history")).await;

    let elsewhere = crate::harness::Forge { vault: second.vault, ..scene.forge() };
    let key = second.key(second.group);
    let good = elsewhere.write([elsewhere.next(key)]);
    let batch = |writes: [VaultWrite; 2]| Batch { writes: writes.to_vec() };
    let before = second.version(&scene.session, second.group);
    for writes in [[good.clone(), forge.write([bad.clone()])], [forge.write([bad]), good.clone()]] {
        let refused = (422, "record_refused: history");
        scene.refuses::<WriteBatch>("one bad vault of two", scene.team_path(), &batch(writes), refused).await;
    }
    let stale = forge.sign_over(Hash([7; 32]), forge.rest(&[]));
    let stale = VaultWrite { head: stale, ..forge.write([forge.next(scene.group())]) };
    let refused = (409, "stale_head");
    scene.refuses::<WriteBatch>("one stale vault", scene.team_path(), &batch([good.clone(), stale]), refused).await;
    let wrong_root = forge.sign(HeadRest { root: Hash([7; 32]), ..forge.rest(&[]) });
    let wrong_root = VaultWrite { head: wrong_root, ..forge.write([forge.next(scene.group())]) };
    let refused = (422, "head_refused: root");
    scene.refuses::<WriteBatch>("one wrong root", scene.team_path(), &batch([good.clone(), wrong_root]), refused).await;
    scene.session.sync(|_| {}).await.unwrap();
    assert_eq!(second.version(&scene.session, second.group), before);

    let twice = batch([good.clone(), good.clone()]);
    scene.refuses::<WriteBatch>("one vault twice", scene.team_path(), &twice, (400, "malformed")).await;
    let none = Batch { writes: vec![] };
    scene.refuses::<WriteBatch>("no vault", scene.team_path(), &none, (400, "malformed")).await;
    let third = VaultWrite { vault: VaultId([7; 16]), ..good.clone() };
    let three = Batch { writes: vec![good.clone(), forge.write([]), third] };
    scene.refuses::<WriteBatch>("three vaults", scene.team_path(), &three, (413, "too_large")).await;
    let foreign = VaultWrite { vault: scene.others.1.vault, ..good.clone() };
    let two = batch([good.clone(), foreign]);
    scene.refuses::<WriteBatch>("another team's vault", scene.team_path(), &two, (404, "not_found")).await;
    let many = VaultWrite { records: vec![good.records[0].clone(); limits::BATCH_RECORDS + 1], ..good };
    let many = Batch { writes: vec![many] };
    scene.refuses::<WriteBatch>("too many records", scene.team_path(), &many, (413, "too_large")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_deleted_comes_back_only_whole() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let resource = Item::within(scene.made.vault, RecordKind::Resource, scene.made.resource);
    scene.session.delete_items(&[resource]).await.unwrap();
    let next = forge.next(resource.key);
    // An id is never used anew.
    let again = RecordContext { version: Version::FIRST, previous: Hash::ZERO, ..next.clone() };
    scene.refuses_record("a deleted id as a new one", again, (409, "stale_version")).await;
    let account = forge.next(scene.made.key(scene.made.first));
    let moved = RecordContext { parent: scene.made.resource, state: RecordState::Live, ..account };
    // What stays where it is may change, though it is out of reach; it may not be brought into what is deleted.
    let group = LeafKey { id: forge.make_object(), kind: RecordKind::Account };
    let number = scene.session.take_numbers(1).await.unwrap()[0];
    let into = forge.context(group, scene.made.resource, number);
    scene.refuses_record("an account on a deleted resource", into, (422, "record_refused: parent")).await;
    let batch = Batch { writes: vec![forge.write([moved])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
    assert_eq!(leaf_of(&forge.seal(next)).key, resource.key);
}

#[tokio::test(flavor = "current_thread")]
async fn another_teams_member_changes_nothing_here() {
    let scene = Scene::set().await;
    let write = forge_of_other(&scene);
    let target = format!("/v1/teams/{}/batches", scene.founder.team);
    let created = scene.others.0.sign_in(&scene.server).await;
    let bearer = format!("Bearer {}", created.token.expose());
    let before = scene.dump().await;
    let body = sealward_contract::operations::wire::Format::Json.write(&Batch { writes: vec![write] });
    let answered = scene.send("POST", &target, &[("authorization", &bearer)], body).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
    assert_eq!(scene.dump().await, before);
    let team = TeamId([7; 16]);
    let answered = scene.send("GET", &format!("/v1/teams/{team}/sync"), super::NO_BODY, []).await;
    assert_eq!(told(&answered), (404, "not_found".to_owned()));
}

/// A write that would be right if the other team's member stood here.
fn forge_of_other(scene: &Scene) -> VaultWrite {
    let forge = crate::harness::Forge { founder: &scene.others.0, ..scene.forge() };
    let context = scene.forge().next(scene.group());
    forge.write([RecordContext { author: scene.others.0.identity.member, ..context }])
}

/// What a single write takes, a batch of one takes too, and the other way round.
#[tokio::test(flavor = "current_thread")]
async fn a_right_write_is_taken() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let path = ObjectPath { team: scene.founder.team, vault: scene.made.vault, id: scene.made.resource };
    let body: RecordWrite = forge.write_one(forge.next(scene.made.key(scene.made.resource)));
    let answered = scene.call::<UpdateResource>(path, Some(&body)).await;
    assert_eq!(answered.status, 200);
    assert_eq!(problem(&answered)["sequence"], 3);
}

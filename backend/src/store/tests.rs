use std::{ops::ControlFlow, sync::Arc};

use super::{disk::Disk, table::Table, *};

const WORDS: Table<(u8, u32), u64> = Table::new(250, "words");

#[derive(Debug, PartialEq, Eq)]
enum Failed {
    OnPurpose,
    Store(String),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

fn all(rows: &impl Rows, order: Order) -> Vec<(u32, u64)> {
    let mut found = Vec::new();
    WORDS
        .scan(rows, &(1u8,), order, |key, row| {
            found.push((key.1, row));
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    found
}

async fn put(store: &Store, number: u32, row: u64) {
    store.write(move |tx| WORDS.put(tx, &(1, number), &row)).await.unwrap();
}

#[tokio::test]
async fn a_failed_operation_leaves_no_trace() {
    let store = Store::in_memory().unwrap();
    put(&store, 1, 10).await;
    let refused: Result<(), Failed> = store
        .write(|tx| {
            WORDS.put(tx, &(1, 2), &20)?;
            WORDS.delete(tx, &(1, 1));
            Err(Failed::OnPurpose)
        })
        .await;
    assert_eq!(refused, Err(Failed::OnPurpose));
    assert_eq!(all(&store.snapshot().unwrap(), Order::Forward), [(1, 10)]);
}

#[tokio::test]
async fn a_panic_leaves_no_trace_and_the_store_lives_on() {
    let store = Store::in_memory().unwrap();
    let refused: Result<(), StoreError> = store
        .write(|tx| {
            WORDS.put(tx, &(1, 2), &20)?;
            panic!("on purpose")
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Panicked)));
    put(&store, 3, 30).await;
    assert_eq!(all(&store.snapshot().unwrap(), Order::Forward), [(3, 30)]);
}

#[tokio::test]
async fn an_overlay_is_merged_in_both_directions() {
    let store = Store::in_memory().unwrap();
    for number in [1, 3, 5, 7] {
        put(&store, number, u64::from(number)).await;
    }
    put(&store, 9, 9).await;
    let (forward, reverse) = store
        .write(|tx| {
            WORDS.put(tx, &(1, 0), &100)?;
            WORDS.put(tx, &(1, 3), &300)?;
            WORDS.put(tx, &(1, 4), &400)?;
            WORDS.delete(tx, &(1, 5));
            WORDS.put(tx, &(2, 0), &1)?;
            Ok::<_, StoreError>((all(tx, Order::Forward), all(tx, Order::Reverse)))
        })
        .await
        .unwrap();
    let expected = vec![(0, 100), (1, 1), (3, 300), (4, 400), (7, 7), (9, 9)];
    assert_eq!(forward, expected);
    assert_eq!(reverse.into_iter().rev().collect::<Vec<_>>(), expected);
    let snapshot = store.snapshot().unwrap();
    assert_eq!(all(&snapshot, Order::Forward), expected);
    let mut after = Vec::new();
    WORDS
        .scan_after(&snapshot, &(1u8,), &(1, 3), |key, _| {
            after.push(key.1);
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(after, [4, 7, 9]);
    assert_eq!(WORDS.end(&snapshot, &(1u8,), Order::Reverse).unwrap(), Some(((1, 9), 9)));
}

#[tokio::test]
async fn a_snapshot_does_not_change() {
    let store = Store::in_memory().unwrap();
    put(&store, 1, 1).await;
    let before = store.snapshot().unwrap();
    put(&store, 2, 2).await;
    assert_eq!(all(&before, Order::Forward), [(1, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_writes_share_a_commit() {
    let store = Store::in_memory().unwrap();
    let before = store.commits();
    let gate = Arc::new(std::sync::Barrier::new(2));
    let blocker = {
        let (store, gate) = (store.clone(), Arc::clone(&gate));
        tokio::spawn(async move {
            store
                .write(move |tx| {
                    gate.wait();
                    WORDS.put(tx, &(1, 0), &0)
                })
                .await
        })
    };
    let waiting: Vec<_> = (1..=50)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { put(&store, number, 1).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    gate.wait();
    blocker.await.unwrap().unwrap();
    for task in waiting {
        task.await.unwrap();
    }
    assert_eq!(all(&store.snapshot().unwrap(), Order::Forward).len(), 51);
    assert!(store.commits() - before <= 5, "{} commits", store.commits() - before);
}

#[tokio::test]
async fn an_operation_that_only_reads_makes_no_commit() {
    let store = Store::in_memory().unwrap();
    let before = store.commits();
    store.write(|tx| WORDS.get(tx, &(1, 1))).await.unwrap();
    assert_eq!(store.commits(), before);
}

#[tokio::test]
async fn a_file_is_locked_kept_and_versioned() {
    let folder = std::env::temp_dir().join(format!("sealward-store-{}", uuid::Uuid::new_v4()));
    let path = folder.join("data.redb");
    let store = Store::open(&path, 1 << 20).unwrap();
    put(&store, 1, 1).await;
    assert!(matches!(Store::open(&path, 1 << 20), Err(OpenError::InUse(_))));
    store.close();
    assert!(matches!(store.write(|tx| WORDS.get(tx, &(1, 1))).await, Err(StoreError::Closed)));
    drop(store);
    let engine = Engine::bare(&Disk::file(&path).unwrap(), 1 << 20).unwrap();
    engine.set_schema(migrations::SCHEMA + 1);
    drop(engine);
    assert!(matches!(Store::open(&path, 1 << 20), Err(OpenError::Newer { .. })));
    std::fs::write(&path, b"something else entirely, and long enough to be looked at").unwrap();
    assert!(matches!(Store::open(&path, 1 << 20), Err(OpenError::Unreadable { .. })));
    std::fs::remove_dir_all(&folder).unwrap();
}

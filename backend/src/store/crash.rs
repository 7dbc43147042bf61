//! Acknowledged means durable: a disk that forgets, at any moment, some of what was not synced; and one that fails.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use redb::StorageBackend;

use super::{keeper::Keeper, table::Table, *};

const PAIRS: Table<(u8, u32), u64> = Table::new(251, "pairs");

/// What the disk holds for certain, and what was written since the last sync.
#[derive(Debug, Default)]
struct Platter {
    synced: Vec<u8>,
    now: Vec<u8>,
    pending: VecDeque<(u64, Vec<u8>)>,
}

/// A disk.
#[derive(Clone, Debug, Default)]
struct Disk {
    platter: Arc<Mutex<Platter>>,
    full: Arc<AtomicBool>,
    unsynced: Arc<AtomicBool>,
}

impl Disk {
    fn check(&self) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    /// The disk after a crash: of what was not synced, whatever `keeps` says.
    fn crashed(&self, mut keeps: impl FnMut() -> bool) -> Self {
        let platter = self.platter.lock().unwrap();
        let mut bytes = platter.synced.clone();
        for (offset, data) in &platter.pending {
            let (start, end) = (*offset as usize, *offset as usize + data.len());
            if keeps() {
                bytes.resize(bytes.len().max(end), 0);
                bytes[start..end].copy_from_slice(data);
            }
        }
        bytes.resize(bytes.len().max(platter.now.len()), 0);
        let platter = Platter { synced: bytes.clone(), now: bytes, pending: VecDeque::new() };
        Self { platter: Arc::new(Mutex::new(platter)), ..Self::default() }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter.lock().unwrap().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter.lock().unwrap();
        out.copy_from_slice(&platter.now[offset as usize..offset as usize + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.platter.lock().unwrap().now.resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.unsynced.load(Ordering::SeqCst) {
            return Err(io::Error::other("lost"));
        }
        let mut platter = self.platter.lock().unwrap();
        platter.synced = platter.now.clone();
        platter.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        let mut platter = self.platter.lock().unwrap();
        platter.now[offset as usize..offset as usize + data.len()].copy_from_slice(data);
        platter.pending.push_back((offset, data.to_vec()));
        Ok(())
    }
}

async fn put_pair(store: &Store, number: u32) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            PAIRS.put(tx, &(1, number), &u64::from(number))?;
            PAIRS.put(tx, &(2, number), &u64::from(number))
        })
        .await
}

/// Numbers whose pair is whole, and whether any is half.
fn pairs(store: &Store) -> (Vec<u32>, bool) {
    let snapshot = store.snapshot().unwrap();
    let side = |side: u8| {
        let mut found = Vec::new();
        PAIRS
            .scan(&snapshot, &(side,), Order::Forward, |key, _| {
                found.push(key.1);
                Ok(std::ops::ControlFlow::Continue(()))
            })
            .unwrap();
        found
    };
    let (left, right) = (side(1), side(2));
    (left.clone(), left != right)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_crash_at_any_moment() {
    let disk = Disk::default();
    let store = open(disk.clone());
    let answered = Arc::new(Mutex::new(Vec::new()));
    let writers: Vec<_> = (0..8_u32)
        .map(|writer| {
            let (store, answered) = (store.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                for index in 0..400 {
                    let number = writer * 1_000 + index;
                    put_pair(&store, number).await.unwrap();
                    answered.lock().unwrap().push(number);
                }
            })
        })
        .collect();
    let mut seed = 1_u32;
    let mut crashes = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        // What was answered before the moment of the crash has to be there after it.
        let before: Vec<u32> = answered.lock().unwrap().clone();
        let crashed = disk.crashed(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 31 == 1
        });
        let reopened = open(crashed);
        let (found, half) = pairs(&reopened);
        assert!(!half, "an operation was cut in half");
        for number in before {
            assert!(found.contains(&number), "{number} was answered and is gone");
        }
        reopened.close();
        crashes += 1;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(crashes > 0);
    assert_eq!(pairs(&store).0.len(), 3_200);
}

/// A store that tries again at once.
fn open(disk: Disk) -> Store {
    Store::start(Keeper::over(disk).unwrap(), None, Duration::from_millis(1)).unwrap()
}

async fn until(store: &Store, broken: bool) {
    let mut state = store.shared.broken.clone();
    state.wait_for(|reason| reason.is_some() == broken).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_writes_until_there_is_room() {
    let disk = Disk::default();
    let store = open(disk.clone());
    put_pair(&store, 1).await.unwrap();
    let before = store.snapshot().unwrap();
    for round in 0..3 {
        disk.full.store(true, Ordering::SeqCst);
        let refused = put_pair(&store, 100 + round).await;
        assert!(matches!(refused, Err(StoreError::ReadOnly(_))), "{refused:?}");
        assert!(matches!(put_pair(&store, 200 + round).await, Err(StoreError::ReadOnly(_))));
        // What was acknowledged can be read all the while.
        let expected: Vec<u32> = (1..=round + 1).collect();
        assert_eq!(pairs(&store), (expected, false));
        disk.full.store(false, Ordering::SeqCst);
        until(&store, false).await;
        put_pair(&store, round + 2).await.unwrap();
    }
    drop(before);
    assert_eq!(pairs(&store), (vec![1, 2, 3, 4], false));
    store.close();
    assert_eq!(pairs(&open(disk.crashed(|| false))), (vec![1, 2, 3, 4], false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_sync_nothing_is_written_until_the_next_start() {
    let disk = Disk::default();
    let store = open(disk.clone());
    put_pair(&store, 1).await.unwrap();
    disk.unsynced.store(true, Ordering::SeqCst);
    assert!(put_pair(&store, 2).await.is_err());
    disk.unsynced.store(false, Ordering::SeqCst);
    // The system may have dropped what it could not write: another sync that succeeds proves nothing.
    assert!(matches!(put_pair(&store, 3).await, Err(StoreError::ReadOnly(_))));
    assert!(store.shared.keeper.thaw().is_err());
    assert!(!pairs(&store).1);
    store.close();
    let (found, half) = pairs(&open(disk.crashed(|| false)));
    assert_eq!((found, half), (vec![1], false));
}

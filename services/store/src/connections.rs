//! The connections that are open, and which of them makes room when there is none.
//!
//! A connection *waits* while no request of it is known: before its first head is complete, and between an answer and
//! the next head. It costs its client nothing, so that it has no right to its place: where a place is wanted, the one
//! that has waited longest is closed. One whose request is being answered keeps its place, and the pace of its client
//! is looked after elsewhere.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{sync::Notify, task::AbortHandle, time::Instant};

use crate::{client::ClientAddress, metrics::Closed};

/// Places for connections.
#[derive(Debug)]
pub struct Connections {
    max: usize,
    max_per_address: usize,
    closed: Closed,
    state: Mutex<State>,
    /// One became able to make room, or has gone.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: BTreeMap<u64, Open>,
    by_address: HashMap<ClientAddress, usize>,
}

#[derive(Debug)]
struct Open {
    /// `None` for a proxy, which many clients share.
    client: Option<ClientAddress>,
    waiting_since: Option<Instant>,
    task: Option<AbortHandle>,
}

/// How many connections there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub open: usize,
    /// Of these, the ones that wait.
    pub waiting: usize,
}

enum Tried {
    Taken(u64),
    /// The client has as many as it may, each with a request.
    AddressFull,
    /// So have all.
    Full,
}

impl State {
    fn count(&self) -> Count {
        let waiting = self.open.values().filter(|o| o.waiting_since.is_some());
        Count {
            open: self.open.len(),
            waiting: waiting.count(),
        }
    }

    /// The one that has waited longest, of all or of one client.
    fn longest_waiting(&self, of: Option<ClientAddress>) -> Option<u64> {
        self.open
            .iter()
            .filter(|(_, open)| of.is_none() || open.client == of)
            .filter_map(|(id, open)| Some((open.waiting_since?, *id)))
            .min()
            .map(|(_, id)| id)
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(client) = open.client {
            match self.by_address.get_mut(&client) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(self.by_address.remove(&client)),
            }
        }
        Some(open)
    }
}

impl Connections {
    pub fn new(max: usize, max_per_address: usize, closed: Closed) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_address,
            closed,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// A place for a connection of this client, as soon as there is one; `None` if the client has its own in use.
    /// Only one caller may wait.
    pub async fn take(self: &Arc<Self>, client: Option<ClientAddress>) -> Option<Arc<Connection>> {
        loop {
            let changed = self.changed.notified();
            match self.try_take(client) {
                Tried::Taken(id) => {
                    return Some(Arc::new(Connection {
                        connections: self.clone(),
                        id,
                        answering: AtomicUsize::new(0),
                        waits: AtomicBool::new(true),
                    }));
                }
                Tried::AddressFull => {
                    self.closed.turned_away.inc();
                    return None;
                }
                Tried::Full => changed.await,
            }
        }
    }

    fn try_take(&self, client: Option<ClientAddress>) -> Tried {
        let mut state = self.lock();
        if let Some(client) = client
            && self.max_per_address < self.max
            && state.by_address.get(&client).copied().unwrap_or_default() >= self.max_per_address
            && !self.close_longest_waiting(&mut state, Some(client))
        {
            return Tried::AddressFull;
        }
        if state.open.len() >= self.max && !self.close_longest_waiting(&mut state, None) {
            return Tried::Full;
        }
        let id = state.next;
        state.next += 1;
        if let Some(client) = client {
            *state.by_address.entry(client).or_default() += 1;
        }
        let open = Open {
            client,
            waiting_since: Some(Instant::now()),
            task: None,
        };
        state.open.insert(id, open);
        Tried::Taken(id)
    }

    /// Says whether there was one.
    fn close_longest_waiting(&self, state: &mut State, of: Option<ClientAddress>) -> bool {
        let Some(id) = state.longest_waiting(of) else {
            return false;
        };
        if let Some(task) = state.remove(id).and_then(|open| open.task) {
            task.abort();
        }
        self.closed.made_room.inc();
        true
    }

    pub fn count(&self) -> Count {
        self.lock().count()
    }

    /// Whether a newcomer would have to wait.
    pub fn is_full(&self) -> bool {
        let Count { open, waiting } = self.count();
        open >= self.max && waiting == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open connection's place, until nothing of the connection is left.
#[derive(Debug)]
pub struct Connection {
    connections: Arc<Connections>,
    id: u64,
    /// Requests whose answers are not complete. (HTTP/1.1 has one at most.)
    answering: AtomicUsize,
    /// As the table has it, so that most reads and writes need no lock.
    waits: AtomicBool,
}

impl Connection {
    /// Tells what to end when the place is wanted by another one.
    pub fn runs_in(&self, task: AbortHandle) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.task = Some(task);
        }
    }

    /// A request has come, and is being answered until this is dropped.
    pub fn answer(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Ordering::SeqCst);
        if self.waits.swap(false, Ordering::SeqCst)
            && let Some(open) = self.connections.lock().open.get_mut(&self.id)
        {
            open.waiting_since = None;
        }
        Answering(self.clone())
    }

    /// Everything that was to be sent is sent.
    pub fn is_flushed(&self) {
        if self.answering.load(Ordering::SeqCst) > 0 || self.waits.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.waiting_since = Some(Instant::now());
        }
        self.connections.changed.notify_one();
    }

    /// It said nothing for too long.
    pub fn is_silent(&self) {
        self.connections.closed.silent.inc();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        drop(self.connections.lock().remove(self.id));
        self.connections.changed.notify_one();
    }
}

/// An answer that is not complete.
#[derive(Debug)]
pub struct Answering(Arc<Connection>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{sleep, timeout};

    use super::*;

    fn client(last: u8) -> Option<ClientAddress> {
        Some(ClientAddress::of([192, 0, 2, last].into()))
    }

    /// A connection with a task of its own, which holds it as the real one does.
    async fn open(connections: &Arc<Connections>, of: u8) -> Option<Arc<Connection>> {
        let connection = connections.take(client(of)).await?;
        let held = connection.clone();
        let task = tokio::spawn(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        connection.runs_in(task.abort_handle());
        Some(connection)
    }

    fn is_open(connections: &Connections, connection: &Connection) -> bool {
        connections.lock().open.contains_key(&connection.id)
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_waiting_one_makes_room_and_one_that_is_answered_does_not() {
        let connections = Connections::new(3, 3, Closed::default());
        let answered = open(&connections, 1).await.unwrap();
        let answering = answered.answer();
        let mut waiting = Vec::new();
        for of in 2..4 {
            sleep(Duration::from_secs(1)).await;
            waiting.push(open(&connections, of).await.unwrap());
        }
        assert_eq!(
            connections.count(),
            Count {
                open: 3,
                waiting: 2
            }
        );
        assert!(!connections.is_full());
        // The second one has had a request meanwhile, so that the third has waited longer.
        sleep(Duration::from_secs(1)).await;
        drop(waiting[0].answer());
        waiting[0].is_flushed();
        let newcomer = open(&connections, 4).await.unwrap();
        assert!(is_open(&connections, &waiting[0]));
        assert!(!is_open(&connections, &waiting[1]));

        let all = [waiting[0].answer(), newcomer.answer()];
        assert!(connections.is_full());
        let wait = timeout(Duration::from_secs(1), open(&connections, 5));
        assert!(wait.await.is_err());
        // An answer that is complete and not sent keeps its place.
        drop(answering);
        let wait = timeout(Duration::from_secs(1), open(&connections, 5));
        assert!(wait.await.is_err());
        let flushed = async {
            sleep(Duration::from_secs(1)).await;
            answered.is_flushed();
        };
        let (taken, ()) = tokio::join!(open(&connections, 5), flushed);
        taken.unwrap();
        assert!(!is_open(&connections, &answered));
        drop(all);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_gets_no_more_than_its_own_places() {
        let closed = Closed::default();
        let connections = Connections::new(4, 2, closed.clone());
        let other = open(&connections, 2).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        let first = open(&connections, 1).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        let second = open(&connections, 1).await.unwrap();
        // Its own make room, not another's that has waited longer.
        let third = open(&connections, 1).await.unwrap();
        assert!(is_open(&connections, &other) && !is_open(&connections, &first));
        let answers = [second.answer(), third.answer()];
        assert!(open(&connections, 1).await.is_none());
        assert!(open(&connections, 3).await.is_some());
        // What a proxy passes on is nobody's: of all that wait, the one that has waited longest makes room.
        assert!(connections.take(None).await.is_some());
        assert!(!is_open(&connections, &other));
        assert_eq!((closed.made_room.get(), closed.turned_away.get()), (2, 1));
        drop(answers);
    }

    #[tokio::test]
    async fn nothing_is_left_of_connections_that_ended() {
        let connections = Connections::new(2, 1, Closed::default());
        for of in 0..10 {
            drop(connections.take(client(of)).await.unwrap());
        }
        let state = connections.lock();
        assert!(state.open.is_empty() && state.by_address.is_empty());
    }
}

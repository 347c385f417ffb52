//! The table of open connections, and the choice of the one that is closed when a limit is reached.
//!
//! A connection is *idle* while no request of it is known: before its first request head is complete, and between an
//! answer and the next head. An idle connection costs its client nothing, so the server may close it: when a limit is
//! reached, the connection that has been idle longest is closed. Connections with a request in progress stay open;
//! [`min_throughput`](crate::min_throughput) ends those with slow clients.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{sync::Notify, task::AbortHandle, time::Instant};

use crate::{client_address::ClientAddress, metrics::ClosedConnections};

/// The open connections, limited in total and per address.
#[derive(Debug)]
pub struct Connections {
    max: usize,
    max_per_address: usize,
    closed: ClosedConnections,
    state: Mutex<State>,
    /// A connection became idle or ended.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    open: BTreeMap<u64, OpenConnection>,
    by_address: HashMap<ClientAddress, usize>,
}

#[derive(Debug)]
struct OpenConnection {
    /// `None` for a proxy, whose connections carry requests of many clients.
    client: Option<ClientAddress>,
    idle_since: Option<Instant>,
    task: Option<AbortHandle>,
}

/// The number of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many are open.
    pub open: usize,
    /// How many of the open connections are idle.
    pub idle: usize,
}

enum Attempt {
    Added(u64),
    /// The address has as many connections as it is allowed, all of them with a request in progress.
    AddressFull,
    /// The total limit is reached, and all connections have a request in progress.
    Full,
}

impl State {
    fn count(&self) -> Count {
        let idle = self.open.values().filter(|o| o.idle_since.is_some());
        Count {
            open: self.open.len(),
            idle: idle.count(),
        }
    }

    /// The connection that has been idle longest, of one client or of all.
    fn longest_idle(&self, of: Option<ClientAddress>) -> Option<u64> {
        self.open
            .iter()
            .filter(|(_, open)| of.is_none() || open.client == of)
            .filter_map(|(id, open)| Some((open.idle_since?, *id)))
            .min()
            .map(|(_, id)| id)
    }

    fn remove(&mut self, id: u64) -> Option<OpenConnection> {
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
    /// At most `max` connections in total, and `max_per_address` of one address. `closed` counts those that are closed.
    pub fn new(max: usize, max_per_address: usize, closed: ClosedConnections) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_address,
            closed,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Adds a connection of this client. Waits while the total limit is reached; returns `None` if the limit of the
    /// client's address is reached. Only one caller may wait at a time.
    pub async fn add(self: &Arc<Self>, client: Option<ClientAddress>) -> Option<Arc<Connection>> {
        loop {
            let changed = self.changed.notified();
            match self.try_add(client) {
                Attempt::Added(id) => {
                    return Some(Arc::new(Connection {
                        connections: self.clone(),
                        id,
                        active_requests: AtomicUsize::new(0),
                        is_idle: AtomicBool::new(true),
                    }));
                }
                Attempt::AddressFull => {
                    self.closed.turned_away.inc();
                    return None;
                }
                Attempt::Full => changed.await,
            }
        }
    }

    fn try_add(&self, client: Option<ClientAddress>) -> Attempt {
        let mut state = self.lock();
        if let Some(client) = client
            && self.max_per_address < self.max
            && state.by_address.get(&client).copied().unwrap_or_default() >= self.max_per_address
            && !self.close_longest_idle(&mut state, Some(client))
        {
            return Attempt::AddressFull;
        }
        if state.open.len() >= self.max && !self.close_longest_idle(&mut state, None) {
            return Attempt::Full;
        }
        let id = state.next;
        state.next += 1;
        if let Some(client) = client {
            *state.by_address.entry(client).or_default() += 1;
        }
        let open = OpenConnection {
            client,
            idle_since: Some(Instant::now()),
            task: None,
        };
        state.open.insert(id, open);
        Attempt::Added(id)
    }

    /// Returns whether there was an idle connection to close.
    fn close_longest_idle(&self, state: &mut State, of: Option<ClientAddress>) -> bool {
        let Some(id) = state.longest_idle(of) else {
            return false;
        };
        if let Some(task) = state.remove(id).and_then(|open| open.task) {
            task.abort();
        }
        self.closed.made_room.inc();
        true
    }

    /// How many there are.
    pub fn count(&self) -> Count {
        self.lock().count()
    }

    /// Whether a new connection would have to wait.
    pub fn is_full(&self) -> bool {
        let Count { open, idle } = self.count();
        open >= self.max && idle == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry in the table, which is removed when nothing uses the connection any more.
#[derive(Debug)]
pub struct Connection {
    connections: Arc<Connections>,
    id: u64,
    /// The number of requests whose answers are not complete. (HTTP/1.1 has one at most.)
    active_requests: AtomicUsize,
    /// Copied from the table, so that most reads and writes need no lock.
    is_idle: AtomicBool,
}

impl Connection {
    /// Sets the task to abort when the connection is closed for another one.
    pub fn set_task(&self, task: AbortHandle) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.task = Some(task);
        }
    }

    /// Marks the beginning of a request, which ends when the returned value is dropped.
    pub fn begin_request(self: &Arc<Self>) -> ActiveRequest {
        self.active_requests.fetch_add(1, Ordering::SeqCst);
        if self.is_idle.swap(false, Ordering::SeqCst)
            && let Some(open) = self.connections.lock().open.get_mut(&self.id)
        {
            open.idle_since = None;
        }
        ActiveRequest(self.clone())
    }

    /// Marks that all data has been sent. Without an active request, the connection is idle from now on.
    pub fn mark_flushed(&self) {
        if self.active_requests.load(Ordering::SeqCst) > 0
            || self.is_idle.swap(true, Ordering::SeqCst)
        {
            return;
        }
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.idle_since = Some(Instant::now());
        }
        self.connections.changed.notify_one();
    }

    /// Counts the connection as one on which the client sent nothing.
    pub fn count_silent(&self) {
        self.connections.closed.silent.inc();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        drop(self.connections.lock().remove(self.id));
        self.connections.changed.notify_one();
    }
}

/// A request whose answer is not complete.
#[derive(Debug)]
pub struct ActiveRequest(Arc<Connection>);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.active_requests.fetch_sub(1, Ordering::SeqCst);
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

    /// A connection with its own task, which holds the entry as a real connection does.
    async fn open(connections: &Arc<Connections>, of: u8) -> Option<Arc<Connection>> {
        let connection = connections.add(client(of)).await?;
        let held = connection.clone();
        let task = tokio::spawn(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        connection.set_task(task.abort_handle());
        Some(connection)
    }

    fn is_open(connections: &Connections, connection: &Connection) -> bool {
        connections.lock().open.contains_key(&connection.id)
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_connection_is_closed_and_active_ones_are_not() {
        let connections = Connections::new(3, 3, ClosedConnections::default());
        let active = open(&connections, 1).await.unwrap();
        let request = active.begin_request();
        let mut idle = Vec::new();
        for of in 2..4 {
            sleep(Duration::from_secs(1)).await;
            idle.push(open(&connections, of).await.unwrap());
        }
        assert_eq!(connections.count(), Count { open: 3, idle: 2 });
        assert!(!connections.is_full());
        // The second one has had a request in the meantime, so the third one has been idle longer.
        sleep(Duration::from_secs(1)).await;
        drop(idle[0].begin_request());
        idle[0].mark_flushed();
        let newcomer = open(&connections, 4).await.unwrap();
        assert!(is_open(&connections, &idle[0]));
        assert!(!is_open(&connections, &idle[1]));

        let all = [idle[0].begin_request(), newcomer.begin_request()];
        assert!(connections.is_full());
        let wait = timeout(Duration::from_secs(1), open(&connections, 5));
        assert!(wait.await.is_err());
        // A complete answer that is not sent yet keeps the connection open.
        drop(request);
        let wait = timeout(Duration::from_secs(1), open(&connections, 5));
        assert!(wait.await.is_err());
        let flushed = async {
            sleep(Duration::from_secs(1)).await;
            active.mark_flushed();
        };
        let (added, ()) = tokio::join!(open(&connections, 5), flushed);
        added.unwrap();
        assert!(!is_open(&connections, &active));
        drop(all);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_gets_no_more_than_its_limit() {
        let closed = ClosedConnections::default();
        let connections = Connections::new(4, 2, closed.clone());
        let other = open(&connections, 2).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        let first = open(&connections, 1).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        let second = open(&connections, 1).await.unwrap();
        // A connection of the same client is closed, not one of another client that has been idle longer.
        let third = open(&connections, 1).await.unwrap();
        assert!(is_open(&connections, &other) && !is_open(&connections, &first));
        let requests = [second.begin_request(), third.begin_request()];
        assert!(open(&connections, 1).await.is_none());
        assert!(open(&connections, 3).await.is_some());
        // A proxy counts as no client: of all idle connections, the one that has been idle longest is closed.
        assert!(connections.add(None).await.is_some());
        assert!(!is_open(&connections, &other));
        assert_eq!((closed.made_room.get(), closed.turned_away.get()), (2, 1));
        drop(requests);
    }

    #[tokio::test]
    async fn connections_that_ended_leave_the_table() {
        let connections = Connections::new(2, 1, ClosedConnections::default());
        for of in 0..10 {
            drop(connections.add(client(of)).await.unwrap());
        }
        let state = connections.lock();
        assert!(state.open.is_empty() && state.by_address.is_empty());
    }
}

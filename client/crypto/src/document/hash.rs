//! A SHA-256 that is as fast as the encryption.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use sha2::{Digest, Sha256};

/// The number of buffers that may wait for hashing. More would only use memory, because one thread hashes all of them.
const QUEUE: usize = 8;

/// Hashes buffers in their order: the first one in the calling thread, the others in a thread of its own.
pub struct Hash(State);

enum State {
    Here {
        hasher: Sha256,
        is_first: bool,
    },
    Beside {
        buffers: SyncSender<Vec<u8>>,
        used: Receiver<Vec<u8>>,
        thread: JoinHandle<Sha256>,
    },
}

impl Hash {
    /// Starts with the bytes of a header.
    pub fn new(header: impl AsRef<[u8]>) -> Self {
        Self(State::Here {
            hasher: Sha256::new_with_prefix(header),
            is_first: true,
        })
    }

    /// Hashes a buffer. Returns a buffer that can be used again: the same one, or another one if this one waits for
    /// hashing.
    pub fn update(&mut self, buffer: Vec<u8>) -> Vec<u8> {
        if let State::Here {
            hasher,
            is_first: false,
        } = &self.0
            && let Some(beside) = beside(hasher.clone())
        {
            self.0 = beside;
        }
        match &mut self.0 {
            State::Here { hasher, is_first } => {
                hasher.update(&buffer);
                *is_first = false;
                buffer
            }
            State::Beside { buffers, used, .. } => {
                // The thread ends only when `buffers` is dropped.
                let _ = buffers.send(buffer);
                used.try_recv().unwrap_or_default()
            }
        }
    }

    /// The SHA-256 of all buffers.
    pub fn finish(self) -> [u8; 32] {
        let hasher = match self.0 {
            State::Here { hasher, .. } => hasher,
            State::Beside {
                buffers, thread, ..
            } => {
                drop(buffers);
                match thread.join() {
                    Ok(hasher) => hasher,
                    // Nothing in the thread panics. If it did, treat it as a panic of this thread.
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        };
        hasher.finalize().into()
    }
}

/// Continues in a thread, if the system can start one.
fn beside(mut hasher: Sha256) -> Option<State> {
    let (buffers, queue) = sync_channel::<Vec<u8>>(QUEUE);
    let (done, used) = sync_channel(QUEUE + 1);
    let hash = move || {
        for buffer in queue {
            hasher.update(&buffer);
            // If nobody takes the buffer back, it is dropped.
            let _ = done.try_send(buffer);
        }
        hasher
    };
    let thread = thread::Builder::new().name("sha256".into()).spawn(hash);
    Some(State::Beside {
        buffers,
        used,
        thread: thread.ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hash_of_everything_in_order() {
        for count in [0, 1, 2, 100] {
            let (mut hash, mut expected) = (Hash::new(b"header"), Sha256::new());
            expected.update(b"header");
            let mut buffer = Vec::new();
            for index in 0..count {
                buffer.clear();
                buffer.resize(10_000 + index, index as u8);
                expected.update(&buffer);
                buffer = hash.update(buffer);
            }
            let expected: [u8; 32] = expected.finalize().into();
            assert_eq!(hash.finish(), expected, "{count}");
        }
    }

    /// The thread only serves speed: the hash would be the same without it.
    #[test]
    fn buffers_are_hashed_beside_the_encryption() {
        let mut hash = Hash::new(b"header");
        hash.update(vec![1; 10]);
        assert!(matches!(hash.0, State::Here { .. }));
        hash.update(vec![1; 10]);
        assert!(matches!(hash.0, State::Beside { .. }));
    }
}

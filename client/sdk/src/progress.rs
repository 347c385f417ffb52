//! The activities of a running flow, for programs that show them.

use std::{
    fmt,
    io::{self, Read},
    sync::Arc,
};

/// A part of a flow that can take long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activity {
    /// A document is encrypted; counted in bytes of plain text.
    Encrypting,
    /// A ciphertext goes to its store; counted in bytes.
    Uploading,
    /// A ciphertext comes from its store; counted in bytes.
    Downloading,
    /// A document is decrypted; counted in bytes of ciphertext.
    Decrypting,
    /// The transactions of addresses are listed; counted in addresses.
    Listing,
    /// Transactions are read; counted in transactions.
    Reading,
    /// A transaction was sent, and is not confirmed yet; not counted.
    Confirming,
}

/// Shows the progress of flows. Several flows may run at a time, on any thread.
pub trait Progress: Send + Sync {
    /// An activity begins; it has ended when the returned task is dropped. `total` is the amount of work, where it is known.
    fn begin(&self, activity: Activity, total: Option<u64>) -> Box<dyn Task>;
}

/// An [`Activity`] that is under way.
pub trait Task: Send + Sync {
    /// This much more of the work is done.
    fn advance(&self, amount: u64);
}

/// Reports activities to a [`Progress`], if there is one.
#[derive(Clone, Default)]
pub struct Reporter(pub(crate) Option<Arc<dyn Progress>>);

impl Reporter {
    /// Reports that an activity begins. `total`: how much there is to do, if that is known.
    pub fn begin(&self, activity: Activity, total: Option<u64>) -> Running {
        Running(
            self.0
                .as_ref()
                .map(|progress| progress.begin(activity, total)),
        )
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reporter").field(&self.0.is_some()).finish()
    }
}

/// An activity that lasts until this is dropped.
pub struct Running(Option<Box<dyn Task>>);

impl Running {
    /// Reports that so much more is done.
    pub fn advance(&self, amount: u64) {
        if let Some(task) = &self.0 {
            task.advance(amount);
        }
    }

    /// Counts the bytes that are read.
    pub(crate) const fn reading<R: Read>(self, reader: R) -> Metered<R> {
        Metered {
            reader,
            running: self,
        }
    }
}

/// A reader that reports how much was read.
pub(crate) struct Metered<R> {
    reader: R,
    running: Running,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.running.advance(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Notes each report.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);

    impl Notes {
        fn note(&self, what: String) {
            self.0.lock().unwrap().push(what);
        }
    }

    impl Progress for Notes {
        fn begin(&self, activity: Activity, total: Option<u64>) -> Box<dyn Task> {
            self.note(format!("{activity:?} {total:?}"));
            Box::new(self.clone())
        }
    }

    impl Task for Notes {
        fn advance(&self, amount: u64) {
            self.note(format!("+{amount}"));
        }
    }

    impl Drop for Notes {
        fn drop(&mut self) {
            if Arc::strong_count(&self.0) == 3 {
                self.note("end".to_owned());
            }
        }
    }

    #[test]
    fn reading_is_reported_until_the_reader_is_dropped() {
        let notes = Notes::default();
        let reporter = Reporter(Some(Arc::new(notes.clone())));
        let mut reader = reporter
            .begin(Activity::Encrypting, Some(5))
            .reading(&b"abcde"[..]);
        let mut text = String::new();
        reader.by_ref().take(3).read_to_string(&mut text).unwrap();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcde");
        drop(reader);
        assert_eq!(
            *notes.0.lock().unwrap(),
            ["Encrypting Some(5)", "+3", "+2", "+0", "end"]
        );
    }

    #[test]
    fn nothing_is_reported_without_a_progress() {
        let running = Reporter::default().begin(Activity::Confirming, None);
        running.advance(1);
    }
}

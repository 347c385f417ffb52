//! Handling signals while a command runs, even while it blocks.

use std::{
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::{runtime::Runtime, sync::oneshot, time::timeout};

use crate::{output::failure::Failure, signals::Signals};

/// The longest time that an interrupted command may take to clean up. A command that waits for a pipe never ends, but has left
/// no named file on the disk.
const GRACE: Duration = Duration::from_secs(1);

/// Stack size of the command's thread in bytes, the same as that of a process's main thread.
const STACK: usize = 8 << 20;

/// Whether a command handles the first signal itself.
#[derive(Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// From now on, the command handles the first signal itself and stops in order.
    pub fn in_order(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_in_order(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a command on a thread of its own until it ends or the user interrupts it. An interrupted command is dropped
/// with its temporary files; if it blocks, it is not waited for.
pub fn until_ended<R, T: Send + 'static>(
    runtime: &Runtime,
    run: impl FnOnce(Ending) -> R + Send + 'static,
) -> Result<T, Failure>
where
    R: Future<Output = Result<T, Failure>>,
{
    let ending = Ending::default();
    let (end, asked_to_end) = oneshot::channel();
    let (done, ended) = oneshot::channel();
    let entered = runtime.enter();
    // From here on signals no longer kill the process.
    let mut signals = Signals::listen()?;
    drop(entered);
    let (handle, of_command) = (runtime.handle().clone(), ending.clone());
    let command = thread::Builder::new()
        .name("command".to_owned())
        .stack_size(STACK);
    let command = command.spawn(move || {
        let result = handle.block_on(async {
            tokio::select! {
                result = run(of_command) => result,
                Ok(()) = asked_to_end => Err(interrupted()),
            }
        });
        // The receiver may be gone.
        let _ = done.send(result);
    });
    let command = command.map_err(|error| {
        Failure::new(
            format!("can't start a thread: {error}"),
            "Check this machine's limits.",
        )
    })?;
    let result = runtime.block_on(async {
        let mut ended = ended;
        tokio::select! {
            result = &mut ended => return result.ok(),
            () = signals.next() => {}
        }
        if ending.is_in_order() {
            tokio::select! {
                result = &mut ended => return result.ok(),
                () = signals.next() => {}
            }
        }
        let _ = end.send(());
        match timeout(GRACE, ended).await {
            Ok(result) => result.ok(),
            Err(_) => Some(Err(interrupted())),
        }
    });
    match (result, command) {
        (Some(result), _) => result,
        (None, command) => match command.join() {
            Err(reason) => panic::resume_unwind(reason),
            Ok(()) => Err(interrupted()),
        },
    }
}

fn interrupted() -> Failure {
    Failure::new(
        "interrupted",
        "If a transaction may have been sent, check the ledger before you run the command again.",
    )
}

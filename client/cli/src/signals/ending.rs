//! Hears signals while a command runs, whatever the command is busy with.

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

/// How long a command that was told to end may take to drop what it holds. One that waits for a pipe never does, and has
/// nothing on the disk that has a name.
const GRACE: Duration = Duration::from_secs(1);

/// Bytes of the thread's stack: what the first thread of a process has.
const STACK: usize = 8 << 20;

/// What a command ends by itself.
#[derive(Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// From now on the command hears the first signal itself, and ends in order.
    pub fn in_order(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_in_order(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Runs a command on a thread of its own until it ends or the user ends it. What it holds is dropped then, temporary files
/// included; but nobody waits for a command that reads from a pipe, or computes, and does not hear.
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
    // From here on signals don't kill.
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
        // Whoever waited may have gone.
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

//! Parallel work on items that must stay in their order.

use std::{
    num::NonZero,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, Scope},
};

/// The highest number of threads. Each thread holds a few hundred KiB.
const MAX_LANES: usize = 8;
/// The number of items that a thread works on or that wait for it.
const DEPTH: usize = 2;

/// Calls `work` on each item that `next` returns, on as many threads as the machine has cores, and passes the items to
/// `done` in their original order. A single item is worked on in the calling thread. The first error ends the work.
pub fn in_order<T: Send, E>(
    mut next: impl FnMut() -> Result<Option<T>, E>,
    work: impl Fn(&mut T) + Sync,
    mut done: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let Some(mut first) = next()? else {
        return Ok(());
    };
    let second = next()?;
    let cores = match &second {
        Some(_) => thread::available_parallelism().map_or(1, NonZero::get),
        None => 1,
    };
    if cores == 1 {
        work(&mut first);
        done(first)?;
        let mut following = second;
        while let Some(mut thing) = following {
            work(&mut thing);
            done(thing)?;
            following = next()?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..cores.min(MAX_LANES))
            .map(|_| Lane::start(scope, &work))
            .collect();
        let (mut sent, mut received) = (0, 0);
        let mut waiting = [Some(first), second].into_iter().flatten();
        loop {
            let thing = match waiting.next() {
                Some(thing) => Some(thing),
                None => next()?,
            };
            let is_over = thing.is_none();
            if let Some(thing) = thing {
                lanes[sent % lanes.len()].send(thing);
                sent += 1;
            }
            while received < sent && (is_over || sent - received == lanes.len() * DEPTH) {
                done(lanes[received % lanes.len()].receive())?;
                received += 1;
            }
            if is_over {
                return Ok(());
            }
        }
    })
}

/// A thread that returns its items in the order in which it received them.
struct Lane<T> {
    waiting: SyncSender<T>,
    worked_on: Receiver<T>,
}

impl<T: Send> Lane<T> {
    fn start<'scope, 'env>(
        scope: &'scope Scope<'scope, 'env>,
        work: &'env (impl Fn(&mut T) + Sync),
    ) -> Self
    where
        T: 'env,
    {
        let (waiting, things) = sync_channel::<T>(DEPTH);
        let (give, worked_on) = sync_channel(DEPTH);
        scope.spawn(move || {
            for mut thing in things {
                work(&mut thing);
                // After an error, nobody takes the item.
                if give.send(thing).is_err() {
                    break;
                }
            }
        });
        Self { waiting, worked_on }
    }

    fn send(&self, thing: T) {
        self.waiting.send(thing).expect("its thread does not end");
    }

    fn receive(&self) -> T {
        self.worked_on.recv().expect("its thread does not end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_stay_in_order() {
        for count in [0, 1, 2, 3, 1000] {
            let mut things = 0..count;
            let mut done = Vec::new();
            let end: Result<(), ()> = in_order(
                || Ok(things.next()),
                |thing| {
                    // The first items take longest.
                    let rounds = if *thing < 10 { 100_000 } else { 10 };
                    *thing = (0..rounds).fold(*thing, |sum, _| std::hint::black_box(sum));
                    *thing *= 2;
                },
                |thing| {
                    done.push(thing);
                    Ok(())
                },
            );
            end.unwrap();
            assert_eq!(done, (0..count).map(|thing| thing * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_fails_ends_it() {
        let mut things = 0..1000;
        let mut done = Vec::new();
        let end = in_order(
            || Ok(things.next()),
            |_| {},
            |thing| match thing {
                7 => Err("seven"),
                _ => {
                    done.push(thing);
                    Ok(())
                }
            },
        );
        assert_eq!(end, Err("seven"));
        assert_eq!(done, [0, 1, 2, 3, 4, 5, 6]);

        let mut things = 0..10;
        let next = || match things.next() {
            Some(7) => Err("no seven"),
            thing => Ok(thing),
        };
        assert_eq!(in_order(next, |_| {}, |_| Ok(())), Err("no seven"));
    }
}

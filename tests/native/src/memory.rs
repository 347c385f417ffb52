//! The memory that a decoder takes: a length that a stranger claims must not become an allocation.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    /// Bytes that the thread holds, counted from a start. Negative if it freed memory that it held before.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The largest number of bytes that it held since then.
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, counting the bytes that each thread holds.
pub struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    // A thread that is ending has no counters any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get().saturating_add(bytes));
        PEAK.try_with(|peak| peak.set(peak.get().max(held.get())))
    });
}

fn signed(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Both exist for a moment, if the memory has to move.
        count(signed(new_size));
        count(-signed(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, new_size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// Runs something that must never hold more than `limit` bytes.
///
/// # Panics
/// If it held more.
pub fn within<T>(limit: usize, what: &str, run: impl FnOnce() -> T) -> T {
    HELD.set(0);
    PEAK.set(0);
    let done = run();
    let peak = PEAK.get().unsigned_abs();
    assert!(peak <= limit, "{what} had {peak} bytes, more than {limit}");
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_is_held_at_a_time_counts() {
        let small = within(1024, "a small vector", || vec![0_u8; 1000]);
        assert_eq!(small.len(), 1000);
        within(1024, "one vector after the other", || {
            for _ in 0..100 {
                drop(vec![0_u8; 1000]);
            }
        });
        let caught = std::panic::catch_unwind(|| {
            within(1024, "a reserved vector", || Vec::<u8>::with_capacity(1025))
        });
        let message = caught.unwrap_err();
        assert_eq!(
            message.downcast_ref::<String>().unwrap(),
            "a reserved vector had 1025 bytes, more than 1024"
        );
    }
}

//! How much memory a decoder takes: a length that a stranger claims must not become an allocation.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks for.
pub struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: usize) {
    // A thread that is ending has no counter any more.
    let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get().saturating_add(bytes)));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, new_size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// Does something that must not ask for more than `limit` bytes, all its allocations together.
///
/// # Panics
/// Where it did.
pub fn within<T>(limit: usize, what: &str, run: impl FnOnce() -> T) -> T {
    ALLOCATED.set(0);
    let done = run();
    let allocated = ALLOCATED.get();
    assert!(
        allocated <= limit,
        "{what} allocated {allocated} bytes, more than {limit}"
    );
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_counts() {
        let small = within(1024, "a small vector", || vec![0_u8; 1000]);
        assert_eq!(small.len(), 1000);
        let caught = std::panic::catch_unwind(|| {
            within(1024, "a reserved vector", || Vec::<u8>::with_capacity(1025))
        });
        let message = caught.unwrap_err();
        assert_eq!(
            message.downcast_ref::<String>().unwrap(),
            "a reserved vector allocated 1025 bytes, more than 1024"
        );
    }
}

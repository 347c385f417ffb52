//! Memory of the delivery proof and of arguments. On chain nothing is freed before the instruction ends, so the verifier
//! reserves each of its vectors at once, with the capacity that the largest batch needs. Elsewhere everything is freed.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use anchor_lang::{Address, BORSH_CONFIG, wincode::config::deserialize};
use curve25519_dalek::{RistrettoPoint, Scalar};
use generion::{
    CreateOrderArgs, CreateRecordArgs, GenerionError,
    constants::MAX_DELIVERY_BATCH,
    proof::{
        Capsule,
        delivery::{DeliveryItem, DeliveryProof, DeliveryStatement},
    },
};

thread_local! {
    /// A size, and how often this thread asked for it.
    static ASKED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// How often this thread asked at all.
    static CALLS: Cell<usize> = const { Cell::new(0) };
    /// Allocations of this thread that are not freed yet.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: usize) {
    // A thread that is ending has no counters any more.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    let _ = ASKED.try_with(|asked| {
        let (size, times) = asked.get();
        asked.set((size, times + usize::from(size == bytes)));
    });
}

// SAFETY: every call goes unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        let _ = LIVE.try_with(|live| live.set(live.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(ptr, layout, new_size) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        let _ = LIVE.try_with(|live| live.set(live.get() - 1));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(ptr, layout) }
    }
}

/// How often `run` asks for this many bytes, and how often for any number of bytes.
fn asks(bytes: usize, run: impl FnOnce()) -> (usize, usize) {
    CALLS.set(0);
    ASKED.set((bytes, 0));
    run();
    (ASKED.get().1, CALLS.get())
}

/// Calls `show` with the largest batch, of points that decode.
fn with_largest<T>(show: impl FnOnce(&DeliveryStatement) -> T) -> T {
    let address = |byte| Address::new_from_array([byte; 32]);
    let point = |scalar: u64| {
        let point = RistrettoPoint::mul_base(&Scalar::from(scalar));
        point.compress().to_bytes()
    };
    let capsule = |scalar| Capsule {
        ephemeral: point(scalar),
        masked: point(scalar + 1),
    };
    let (sealed, delivered) = (capsule(2), capsule(5));
    let (record, program_id, purchase) = (address(1), address(2), address(3));
    let item = DeliveryItem {
        record: &record,
        capsule: &sealed,
        delivered: &delivered,
    };
    show(&DeliveryStatement {
        program_id: &program_id,
        purchase: &purchase,
        deadline: 1_790_003_600,
        terms: &[3; 32],
        owner_key: &point(7),
        buyer_key: &point(8),
        settle_key: &point(9),
        items: &[item; MAX_DELIVERY_BATCH],
    })
}

#[test]
fn the_parts_of_the_statement_are_one_row() {
    let parts = 9 + 3 * 10;
    with_largest(|statement| {
        let row = parts * size_of::<&[u8]>();
        let asked = asks(row, || assert!(statement.seed().is_ok()));
        assert_eq!(asked, (1, 1));
    });
}

#[test]
fn scalars_and_points_are_three_rows() {
    let proof = DeliveryProof {
        challenge: [1; 16],
        owner_response: [2; 32],
        ephemeral_response: [3; 32],
    };
    let refused = Err(GenerionError::DeliveryProofInvalid);
    with_largest(|statement| {
        let verify = || assert_eq!(statement.verify(&proof), refused);
        // B + S or s2, ten records, and the folded one: of scalars, and of the points that they multiply.
        assert_eq!(asks(12 * 32, verify).0, 2);
        // The generator and ten ephemeral halves.
        assert_eq!(asks(11 * 32, verify).0, 1);
    });
}

/// Arguments with a text or a list, and a byte too many, which is only noticed after these are read.
#[test]
fn refused_arguments_free_their_memory() {
    let order = [&[0; 21][..], &4_u32.to_le_bytes(), b"text", &[0]].concat();
    let record = [&[0; 176][..], &4_u32.to_le_bytes(), b"here", &[0]].concat();
    let live = LIVE.get();
    assert!(deserialize::<CreateOrderArgs, _>(&order, BORSH_CONFIG).is_err());
    assert!(deserialize::<CreateRecordArgs, _>(&record, BORSH_CONFIG).is_err());
    assert_eq!(LIVE.get(), live);
    assert!(deserialize::<CreateOrderArgs, _>(&order[..29], BORSH_CONFIG).is_ok());
    assert!(deserialize::<CreateRecordArgs, _>(&record[..184], BORSH_CONFIG).is_ok());
}

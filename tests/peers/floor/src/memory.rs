//! Copies and comparisons by words. SBPF takes words at any address.

/// 32 bytes: an address, a point or a scalar.
pub type Bytes32 = [u8; 32];

#[inline(always)]
fn words(bytes: &Bytes32) -> [u64; 4] {
    // SAFETY: the same size, and any bytes are words.
    unsafe { bytes.as_ptr().cast::<[u64; 4]>().read_unaligned() }
}

#[inline(always)]
pub fn same(a: &Bytes32, b: &Bytes32) -> bool {
    let (a, b) = (words(a), words(b));
    a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3]
}

/// Whether `a` is less than `b`, as bytes.
#[inline(always)]
pub fn less(a: &Bytes32, b: &Bytes32) -> bool {
    let (a, b) = (words(a), words(b));
    // Only where the first words are equal, which no two addresses that are hashes have, the others count.
    let mut i = 0;
    while i < 3 && a[i] == b[i] {
        i += 1;
    }
    u64::from_be(a[i]) < u64::from_be(b[i])
}

#[inline(always)]
pub fn is_zero(a: &Bytes32) -> bool {
    let a = words(a);
    a[0] | a[1] | a[2] | a[3] == 0
}

/// The first half of a hash.
#[inline(always)]
pub fn half(hash: &Bytes32) -> u128 {
    // SAFETY: 16 of the 32 bytes, and any bytes are a number.
    unsafe { hash.as_ptr().cast::<u128>().read_unaligned() }
}

/// Splits what has a fixed layout off instruction data.
///
/// # Safety
/// `T` is made of bytes, and `data` has as many at least.
#[inline(always)]
pub unsafe fn head<T>(data: &[u8]) -> &T {
    const { assert!(align_of::<T>() == 1) };
    // SAFETY: by the caller.
    unsafe { &*data.as_ptr().cast() }
}

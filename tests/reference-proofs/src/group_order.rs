//! Scalars that are not canonical.

/// The order of the group, as 32 little-endian bytes.
pub const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A scalar with the order of the group added, not reduced: the same value, not canonical.
pub fn plus_order(scalar: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    core::array::from_fn(|index| {
        let sum = u16::from(scalar[index]) + u16::from(GROUP_ORDER[index]) + carry;
        carry = sum >> 8;
        sum.to_le_bytes()[0]
    })
}

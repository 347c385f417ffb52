//! The scalar arithmetic that the verifier needs.

use crate::curve::Scalar;

/// The group order `l` in 64-bit limbs, lowest first.
const ORDER: [u64; 4] = [
    0x5812_631a_5cf5_d3ed,
    0x14de_f9de_a2f7_9cd6,
    0,
    0x1000_0000_0000_0000,
];

fn limbs(scalar: &Scalar) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(scalar.chunks_exact(8)) {
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        *limb = u64::from_le_bytes(word);
    }
    limbs
}

fn from_limbs(limbs: [u64; 4]) -> Scalar {
    let mut scalar = [0; 32];
    for (bytes, limb) in scalar.chunks_exact_mut(8).zip(limbs) {
        bytes.copy_from_slice(&limb.to_le_bytes());
    }
    scalar
}

/// `l - scalar`, without reduction. For a canonical scalar other than 0 this is the negation. For 0 and for values above
/// `l` the result is not canonical, so that the group operation that takes it fails.
pub fn negate(scalar: &Scalar) -> Scalar {
    let mut difference = [0; 4];
    let mut borrow = false;
    for ((out, order), limb) in difference.iter_mut().zip(ORDER).zip(limbs(scalar)) {
        let (partial, below) = order.overflowing_sub(limb);
        let (value, below_again) = partial.overflowing_sub(u64::from(borrow));
        *out = value;
        borrow = below || below_again;
    }
    from_limbs(difference)
}

/// `challenge * weight`, for a challenge below 2^128 and a weight below 2^124. The product is below 2^252 and therefore
/// below `l`, so no reduction is needed. The limbs have 32 bits because the VM has no wider product than 64 bits.
#[allow(clippy::arithmetic_side_effects)] // schoolbook: product + limb + carry <= (2^32 - 1)^2 + 2 (2^32 - 1) < 2^64
pub fn multiply(challenge: u128, weight: u128) -> Scalar {
    const LOW: u64 = u32::MAX as u64;
    let split = |value: u128| [0, 32, 64, 96].map(|shift| (value >> shift) as u64 & LOW);
    let weight = split(weight);
    let mut product = [0u64; 8];
    for (i, a) in split(challenge).into_iter().enumerate() {
        let mut carry = 0;
        for (limb, b) in product[i..].iter_mut().zip(weight) {
            let sum = a * b + *limb + carry;
            *limb = sum & LOW;
            carry = sum >> 32;
        }
        product[i + 4] = carry;
    }
    from_limbs([0, 2, 4, 6].map(|i| product[i] + (product[i + 1] << 32)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::Scalar as Dalek;

    fn dalek(bytes: Scalar) -> Dalek {
        Option::from(Dalek::from_canonical_bytes(bytes)).expect("canonical")
    }

    #[test]
    fn agrees_with_dalek() {
        let edges = [
            1,
            2,
            u128::from(u64::MAX),
            u128::MAX >> 4,
            (u128::MAX >> 4) - 1,
            1 << 64,
            (1 << 123) + 5,
        ];
        for a in edges.into_iter().chain([u128::MAX, u128::MAX - 1]) {
            assert_eq!(dalek(negate(&Dalek::from(a).to_bytes())), -Dalek::from(a));
            for b in edges {
                assert_eq!(dalek(multiply(a, b)), Dalek::from(a) * Dalek::from(b));
            }
        }
        let largest = -Dalek::ONE;
        assert_eq!(dalek(negate(&largest.to_bytes())), Dalek::ONE);
    }

    #[test]
    fn negation_of_what_is_not_canonical_is_not_canonical() {
        let order = from_limbs(ORDER);
        let above = {
            let mut bytes = order;
            bytes[0] += 1;
            bytes
        };
        for scalar in [[0; 32], above, [0xff; 32]] {
            assert!(
                bool::from(Dalek::from_canonical_bytes(negate(&scalar)).is_none()),
                "{scalar:?}"
            );
        }
        // The negation of l is 0, a canonical scalar. That is harmless, since the proof's s1 is checked itself.
        assert_eq!(negate(&order), [0; 32]);
    }
}

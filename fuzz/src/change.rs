//! Changes to a statement and its proof that keep some of the structure: points stay points, scalars stay scalars, and
//! related values change together.

use arbitrary::Arbitrary;
use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    scalar::Scalar,
};
use generion_reference_proofs::group_order::plus_order;

/// The places of points and scalars, of 32 bytes each, in a statement's bytes.
pub struct Shape {
    /// Offsets of points.
    pub points: Vec<usize>,
    /// Offsets of scalars.
    pub scalars: Vec<usize>,
}

/// One change. Numbers select an item, modulo the number of items.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Change {
    /// Bits of a byte anywhere.
    Flip {
        /// Which byte.
        position: u16,
        /// Which bits.
        mask: u8,
    },
    /// Another value in place of a point.
    SetPoint {
        /// Which point.
        point: u8,
        /// What.
        to: Special,
    },
    /// A multiple of the generator added to a point.
    AddPoint {
        /// Which point.
        point: u8,
        /// Which multiple.
        times: i8,
    },
    /// The same value added to one point and subtracted from another: an error that an unsound batch would not notice.
    Cancel {
        /// The one point.
        point: u8,
        /// The other.
        other: u8,
        /// Which multiple.
        times: i8,
    },
    /// Two points exchanged.
    SwapPoints {
        /// The one point.
        point: u8,
        /// The other.
        other: u8,
    },
    /// A number added to a scalar.
    AddScalar {
        /// Which scalar.
        scalar: u8,
        /// The number.
        number: i64,
    },
    /// The group order added to a scalar: the same value, not canonical.
    AddOrder {
        /// Which scalar.
        scalar: u8,
    },
    /// A scalar negated.
    Negate {
        /// Which scalar.
        scalar: u8,
    },
}

/// Points to try in any place.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum Special {
    /// Zeros: the identity.
    Identity,
    /// The generator.
    Generator,
    /// Not canonical: a field element that is too large.
    TooLarge,
    /// Another point of the statement.
    Other(u8),
}

impl Change {
    /// Changes the bytes, or leaves them if they are not a point.
    pub fn apply(self, bytes: &mut [u8], shape: &Shape) {
        let point = |index: u8| shape.points[usize::from(index) % shape.points.len()];
        let scalar = |index: u8| shape.scalars[usize::from(index) % shape.scalars.len()];
        match self {
            Self::Flip { position, mask } => {
                let position = usize::from(position) % bytes.len();
                bytes[position] ^= mask;
            }
            Self::SetPoint { point: index, to } => {
                let value = match to {
                    Special::Identity => [0; 32],
                    Special::Generator => generion::curve::GENERATOR,
                    Special::TooLarge => [0xff; 32],
                    Special::Other(other) => read(bytes, point(other)),
                };
                write(bytes, point(index), value);
            }
            Self::AddPoint {
                point: index,
                times,
            } => add(bytes, point(index), times.into()),
            Self::Cancel {
                point: index,
                other,
                times,
            } => {
                add(bytes, point(index), times.into());
                add(bytes, point(other), -i64::from(times));
            }
            Self::SwapPoints {
                point: index,
                other,
            } => {
                let (left, right) = (read(bytes, point(index)), read(bytes, point(other)));
                write(bytes, point(index), right);
                write(bytes, point(other), left);
            }
            Self::AddScalar {
                scalar: index,
                number,
            } => {
                if let Some(value) = read_scalar(bytes, scalar(index)) {
                    write(bytes, scalar(index), (value + signed(number)).to_bytes());
                }
            }
            Self::AddOrder { scalar: index } => {
                let sum = plus_order(&read(bytes, scalar(index)));
                write(bytes, scalar(index), sum);
            }
            Self::Negate { scalar: index } => {
                if let Some(value) = read_scalar(bytes, scalar(index)) {
                    write(bytes, scalar(index), (-value).to_bytes());
                }
            }
        }
    }
}

/// The 32 bytes at an offset.
pub fn read(bytes: &[u8], offset: usize) -> [u8; 32] {
    bytes[offset..offset + 32].try_into().expect("32 bytes")
}

fn write(bytes: &mut [u8], offset: usize, value: [u8; 32]) {
    bytes[offset..offset + 32].copy_from_slice(&value);
}

fn read_scalar(bytes: &[u8], offset: usize) -> Option<Scalar> {
    Scalar::from_canonical_bytes(read(bytes, offset)).into_option()
}

fn add(bytes: &mut [u8], offset: usize, times: i64) {
    if let Some(point) = CompressedRistretto(read(bytes, offset)).decompress() {
        let sum = point + RistrettoPoint::mul_base(&signed(times));
        write(bytes, offset, sum.compress().to_bytes());
    }
}

fn signed(number: i64) -> Scalar {
    let magnitude = Scalar::from(number.unsigned_abs());
    if number < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            points: vec![0, 32],
            scalars: vec![64],
        }
    }

    #[test]
    fn points_stay_points_and_scalars_keep_their_value() {
        let generator = generion::curve::GENERATOR;
        let one = Scalar::ONE.to_bytes();
        let start = [generator, generator, one].concat();
        let after = |change: Change| {
            let mut bytes = start.clone();
            change.apply(&mut bytes, &shape());
            bytes
        };
        let times = |number: u64| {
            RistrettoPoint::mul_base(&Scalar::from(number))
                .compress()
                .to_bytes()
        };
        assert_eq!(
            after(Change::AddPoint { point: 0, times: 2 }),
            [times(3), generator, one].concat()
        );
        assert_eq!(
            after(Change::Cancel {
                point: 0,
                other: 1,
                times: 1
            }),
            [times(2), times(0), one].concat()
        );
        assert_eq!(
            after(Change::AddScalar {
                scalar: 0,
                number: -1
            }),
            [generator, generator, [0; 32]].concat()
        );
        let negated = after(Change::Negate { scalar: 0 });
        assert_eq!(read_scalar(&negated, 64), Some(-Scalar::ONE));
        let added = after(Change::AddOrder { scalar: 0 });
        assert_eq!(read_scalar(&added, 64), None);
        assert_eq!(Scalar::from_bytes_mod_order(read(&added, 64)), Scalar::ONE);
    }
}

use crate::{look, planted::examples};

/// What JSON is made of.
const MARKS: &[u8] = b"\"{}[]:,\\u0_";

/// Numbers that look like chance and are the same in each run (Knuth's MMIX).
pub struct Chance(pub u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % limit
    }
}

/// A document that was cut, overwritten or doubled in one to three places.
pub fn damage(chance: &mut Chance, whole: &[u8]) -> Vec<u8> {
    let mut damaged = whole.to_vec();
    for _ in 0..=chance.below(3) {
        let at = chance.below(damaged.len());
        match chance.below(4) {
            0 => damaged.truncate(at.max(1)),
            1 => damaged[at] = u8::try_from(chance.below(256)).expect("a byte"),
            2 => damaged[at] = MARKS[chance.below(MARKS.len())],
            _ => {
                let end = (at + chance.below(200)).min(damaged.len());
                let piece = damaged[at..end].to_vec();
                let to = chance.below(damaged.len());
                damaged.splice(to..to, piece);
            }
        }
    }
    damaged
}

/// Examples that were cut, overwritten and doubled in places: whatever comes of it, it does not become harmless.
#[test]
fn damaged_examples_are_not_harmless() {
    let mut chance = Chance(1);
    for (name, document) in examples() {
        let whole = document.to_string().into_bytes();
        for _ in 0..if whole.len() > 20_000 { 50 } else { 300 } {
            let damaged = damage(&mut chance, &whole);
            let revealed = look(&damaged);
            assert!(
                revealed.is_identifying(),
                "{name}: {}",
                String::from_utf8_lossy(&damaged)
            );
        }
    }
}

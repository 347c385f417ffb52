//! Which deliveries go together.

use solana_address::Address;
use solana_instruction::Instruction;

use super::event::DeliveredPart;
use crate::transaction::options::SendOptions;

/// Unfinished packs that a part is tried with. Parts of one order come together, so that more are of no use.
const OPEN_PACKS: usize = 16;

/// A proven batch of a purchase.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub delivered: DeliveredPart,
    pub order: Address,
    /// The last moment to send it at, by the ledger's clock.
    pub last_moment: i64,
    /// Goes first.
    pub is_urgent: bool,
    /// Goes alone.
    pub is_alone: bool,
    /// The number of times that the price is raised.
    pub raise: u32,
    pub instruction: Instruction,
}

/// One transaction.
#[derive(Clone, Debug)]
pub(super) struct Pack {
    pub parts: Vec<Part>,
}

impl Pack {
    pub fn instructions(&self) -> Vec<Instruction> {
        self.parts
            .iter()
            .map(|part| part.instruction.clone())
            .collect()
    }

    /// The options for sending: the deadline of the part that is due first, and the price of the part that is raised most.
    pub fn options(&self) -> SendOptions {
        let parts = || self.parts.iter();
        SendOptions {
            not_after: parts().map(|part| part.last_moment).min(),
            raise: parts().map(|part| part.raise).max().unwrap_or_default(),
            ..SendOptions::default()
        }
    }

    fn is_urgent(&self) -> bool {
        self.parts.iter().any(|part| part.is_urgent)
    }
}

/// Groups parts into few transactions, the urgent ones first and otherwise in random order. Which parts go together is
/// not random: two agents that see the same ledger make the same packs, so that where they collide, one of the two
/// loses a whole pack, and not each of them some.
pub(super) fn pack(mut parts: Vec<Part>, fits: impl Fn(&[Instruction]) -> bool) -> Vec<Pack> {
    // Parts of one order share its accounts. Of several sizes, the largest first leave the smallest gaps.
    parts.sort_by_key(|part| {
        let size = part.instruction.data.len();
        (
            part.order,
            core::cmp::Reverse(size),
            part.delivered.purchase,
            part.delivered.first,
        )
    });
    let mut packs: Vec<Pack> = Vec::new();
    for part in parts {
        let oldest = packs.len().saturating_sub(OPEN_PACKS);
        let room = packs[oldest..].iter_mut().find(|pack| {
            let mut instructions = pack.instructions();
            instructions.push(part.instruction.clone());
            !part.is_alone && !pack.parts.iter().any(|part| part.is_alone) && fits(&instructions)
        });
        match room {
            Some(pack) => pack.parts.push(part),
            None => packs.push(Pack { parts: vec![part] }),
        }
    }
    packs.sort_by_cached_key(|pack| (!pack.is_urgent(), random()));
    packs
}

/// A generator that fails costs collisions of two agents, and nothing else.
fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn part(order: Address, data: usize) -> Part {
        Part {
            delivered: DeliveredPart {
                purchase: Address::new_unique(),
                first: 0,
                count: 1,
            },
            order,
            last_moment: 1_000,
            is_urgent: false,
            is_alone: false,
            raise: 0,
            instruction: Instruction {
                program_id: Address::default(),
                accounts: Vec::new(),
                data: vec![0; data],
            },
        }
    }

    /// As if a transaction had room for 10 bytes of data.
    fn fits(instructions: &[Instruction]) -> bool {
        instructions.iter().map(|one| one.data.len()).sum::<usize>() <= 10
    }

    fn sizes(packs: &[Pack]) -> Vec<Vec<usize>> {
        let size = |part: &Part| part.instruction.data.len();
        let mut sizes: Vec<Vec<_>> = packs
            .iter()
            .map(|pack| pack.parts.iter().map(size).collect())
            .collect();
        sizes.sort();
        sizes
    }

    #[test]
    fn gaps_are_filled() {
        let order = Address::new_unique();
        let parts = [3, 7, 2, 8, 10].map(|size| part(order, size)).to_vec();
        assert_eq!(
            sizes(&pack(parts, fits)),
            [vec![7, 3], vec![8, 2], vec![10]]
        );
    }

    #[test]
    fn a_suspect_takes_no_others_with_it() {
        let order = Address::new_unique();
        let mut parts = vec![part(order, 2); 4];
        parts[1].is_alone = true;
        let packs = pack(parts, fits);
        assert_eq!(sizes(&packs), [vec![2], vec![2, 2, 2]]);
        let alone = packs.iter().find(|pack| pack.parts.len() == 1).unwrap();
        assert!(alone.parts[0].is_alone);
    }

    #[test]
    fn what_is_urgent_goes_first_and_bounds_its_pack() {
        let mut parts = vec![part(Address::new_unique(), 10); 20];
        for part in &mut parts[13..15] {
            (part.is_urgent, part.last_moment) = (true, 7);
        }
        let packs = pack(parts, fits);
        let moments: Vec<_> = packs.iter().map(|pack| pack.options().not_after).collect();
        assert_eq!(moments[..3], [7, 7, 1_000].map(Some));
    }

    #[test]
    fn a_pack_is_sent_as_its_most_pressing_part() {
        let order = Address::new_unique();
        let mut parts = vec![part(order, 2); 3];
        let packed = |parts: &[Part]| {
            let packs = pack(parts.to_vec(), fits);
            assert_eq!(packs.len(), 1);
            packs[0].options()
        };
        assert_eq!(packed(&parts).raise, 0);
        parts[1].raise = 4;
        parts[2].last_moment = 7;
        let options = packed(&parts);
        assert_eq!((options.raise, options.not_after), (4, Some(7)));
    }

    #[test]
    fn two_agents_make_the_same_packs() {
        let orders: Vec<_> = (0..3).map(|_| Address::new_unique()).collect();
        let parts: Vec<_> = (0..30).map(|i| part(orders[i % 3], 3)).collect();
        let purchases = |mut parts: Vec<Part>, turn: usize| -> BTreeSet<Vec<Address>> {
            parts.rotate_left(turn);
            let packs = pack(parts, fits);
            let of = |pack: &Pack| {
                pack.parts
                    .iter()
                    .map(|part| part.delivered.purchase)
                    .collect()
            };
            packs.iter().map(of).collect()
        };
        assert_eq!(purchases(parts.clone(), 0), purchases(parts, 17));
    }
}

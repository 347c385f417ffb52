//! The result of a builder's method, before block hash and cost are added.

use generion_interface::AccountToCreate;
use solana_address::Address;
use solana_instruction::Instruction;

/// An instruction, and its description.
pub(super) struct Plan {
    pub(super) instruction: Instruction,
    /// The roles of the instruction's accounts, in order; the last name stands for all that follow.
    pub(super) roles: &'static [&'static str],
    /// Compute units at most.
    pub(super) units: u32,
    /// The wallet that the instruction is for. It pays the price.
    pub(super) actor: Address,
    /// The account that is created, and the payer of its rent.
    pub(super) creates: Option<Created>,
    /// The price that the buyer pays into escrow, in lamports.
    pub(super) price: u64,
    /// The amount that is returned: the wallet, and the lamports.
    pub(super) returns: Option<(Address, u64)>,
    /// The effects, as sentences.
    pub(super) effects: Vec<String>,
}

/// An account that is created.
#[derive(Clone, Copy)]
pub(super) struct Created {
    pub(super) address: Address,
    pub(super) account: AccountToCreate,
    pub(super) rent_payer: Address,
    /// Lamports that the address holds already, which count towards the rent.
    pub(super) prefunded: u64,
}

impl Plan {
    /// A plan that neither creates, nor pays, nor returns anything.
    pub(super) fn new(
        instruction: Instruction,
        roles: &'static [&'static str],
        units: u32,
        actor: Address,
        effects: Vec<String>,
    ) -> Self {
        Self {
            instruction,
            roles,
            units,
            actor,
            creates: None,
            price: 0,
            returns: None,
            effects,
        }
    }
}

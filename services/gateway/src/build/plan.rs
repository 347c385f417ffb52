//! What a method of the builder has found out, before block hash and cost are added.

use generion_interface::AccountToCreate;
use solana_address::Address;
use solana_instruction::Instruction;

/// An instruction, and what has to be said about it.
pub(super) struct Plan {
    pub(super) instruction: Instruction,
    /// What the instruction's accounts are, in order; the last name stands for all that follow.
    pub(super) roles: &'static [&'static str],
    /// Compute units at most.
    pub(super) units: u32,
    /// The wallet that the instruction is for. It pays the price.
    pub(super) actor: Address,
    /// What is created, and who pays its rent.
    pub(super) creates: Option<Created>,
    /// What the buyer pays into escrow, in lamports.
    pub(super) price: u64,
    /// What comes back: the wallet, and how much, in lamports.
    pub(super) returns: Option<(Address, u64)>,
    /// What it does, in sentences.
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

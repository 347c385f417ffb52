//! Compute units and their price.

use futures::future::join_all;
use generion_interface::transaction::{
    DEFAULT_COMPUTE_UNITS, MAX_COMPUTE_UNITS, MAX_TRANSACTION_BYTES,
};
use generion_rpc::node::Node;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_rpc_client_api::{
    config::{RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig},
    response::RpcSimulateTransactionResult,
};
use solana_transaction::{Message, Transaction};

use super::options::Units;
use crate::{
    error::{ClientError, refused_transaction::RefusedTransaction},
    ledger::{Ledger, priority::PriorityPrice},
};

// Neither crate depends on the other.
const _: () = assert!(
    generion_rpc::amount::FEE_PER_SIGNATURE == generion_interface::transaction::FEE_PER_SIGNATURE
);

/// Compute units on top of those that a simulation used, in percent: an account that changes in between may cost more.
const MARGIN_PERCENT: u64 = 10;
/// The least that is added.
const MARGIN_UNITS: u64 = 1_000;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;
/// The first price above nothing, in micro-lamports per compute unit; it doubles each time that it is raised.
pub(crate) const FIRST_PRICE: u64 = 10_000;

/// Compute units of instructions that are not simulated: the most that the committed table has for them
/// (`tests/program/compute_units.json`), rounded up, and where an address is searched for, thirty tries more. An address
/// takes more tries than that once in a billion.
pub(crate) mod limits {
    /// The compute units of each try in the search for an address.
    const TRY: u32 = 1_500;
    /// The compute-budget instructions beside.
    const BUDGET: u32 = 2 * 150;

    /// `create_record`.
    pub(crate) const CREATE_RECORD: u32 = 13_000 + 30 * TRY + BUDGET;
    /// `share_record`.
    pub(crate) const SHARE_RECORD: u32 = 9_500 + 30 * TRY + BUDGET;
    /// `create_order` and `join_study`, with three facts and with both new addresses funded by somebody beforehand.
    pub(crate) const JOIN_STUDY: u32 = 20_000 + 60 * TRY + BUDGET;
    /// `settle`.
    pub(crate) const SETTLE: u32 = 3_500 + BUDGET;
}

impl Ledger {
    /// The highest priority fee, in lamports, of a transaction with one of the program's instructions other than a delivery.
    pub fn priority_fee_at_most(&self) -> u64 {
        self.priority().lamports_at_most(limits::CREATE_RECORD)
    }

    /// The instructions with a limit, and a price if one is to be paid. They come last, so that an error names an
    /// instruction by its place among the caller's.
    pub(super) async fn budgeted(
        &self,
        instructions: &[Instruction],
        payer: &Address,
        units: Units,
        raise: u32,
    ) -> Result<Vec<Instruction>, ClientError> {
        let price = self.price(instructions, raise).await?;
        self.budgeted_at(instructions, payer, units, price).await
    }

    /// As [`Self::budgeted`], at a known price.
    pub(super) async fn budgeted_at(
        &self,
        instructions: &[Instruction],
        payer: &Address,
        units: Units,
        price: u64,
    ) -> Result<Vec<Instruction>, ClientError> {
        if let Units::Fixed(limit) = units {
            return Ok(with_budget(instructions, limit, price));
        }
        let simulated = with_budget(instructions, MAX_COMPUTE_UNITS, price);
        if size(&simulated, payer) > MAX_TRANSACTION_BYTES && price == 0 {
            // There is no room to ask for units. It gets the default, which the simulation shows to suffice.
            self.simulate(instructions, payer).await?;
            return Ok(instructions.to_vec());
        }
        let used = self.simulate(&simulated, payer).await?;
        let limit = used.saturating_add((used / 100 * MARGIN_PERCENT).max(MARGIN_UNITS));
        let limit =
            u32::try_from(limit).map_or(MAX_COMPUTE_UNITS, |limit| limit.min(MAX_COMPUTE_UNITS));
        Ok(with_budget(instructions, limit, price))
    }

    /// The compute units that a transaction would use now. All nodes are asked, so that no node can keep it from being sent:
    /// one node at which it succeeds is enough, and the highest number of all nodes is used.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where it would fail; [`ClientError::Node`].
    pub async fn simulate(
        &self,
        instructions: &[Instruction],
        payer: &Address,
    ) -> Result<u64, ClientError> {
        self.check_genesis().await?;
        let ask = async |node: &Node| {
            let result = self.simulation(node, instructions, payer, None).await?;
            Ok(units_consumed(&result, instructions))
        };
        let answers: Vec<Result<u64, ClientError>> = join_all(self.nodes().iter().map(ask)).await;
        let highest = answers.iter().flatten().max().copied();
        match (highest, answers.into_iter().next()) {
            (Some(units), _) => Ok(units),
            (None, Some(answer)) => answer,
            (None, None) => Ok(0),
        }
    }

    /// The compute units that a transaction would use now, and the lamports that these of its accounts would hold.
    pub(super) async fn simulate_balances(
        &self,
        instructions: &[Instruction],
        payer: &Address,
        accounts: &[Address],
    ) -> Result<(u64, Vec<u64>), ClientError> {
        let wanted = RpcSimulateTransactionAccountsConfig {
            encoding: Some(UiAccountEncoding::Base64),
            addresses: accounts.iter().map(Address::to_string).collect(),
        };
        let result = self
            .simulation(self.primary(), instructions, payer, Some(wanted))
            .await?;
        let units = units_consumed(&result, instructions);
        let balance = |account: Option<UiAccount>| account.map_or(0, |account| account.lamports);
        let accounts = result.accounts.unwrap_or_default();
        Ok((units, accounts.into_iter().map(balance).collect()))
    }

    async fn simulation(
        &self,
        node: &Node,
        instructions: &[Instruction],
        payer: &Address,
        accounts: Option<RpcSimulateTransactionAccountsConfig>,
    ) -> Result<RpcSimulateTransactionResult, ClientError> {
        let transaction = Transaction::new_unsigned(Message::new(instructions, Some(payer)));
        let config = RpcSimulateTransactionConfig {
            // A node that is behind may not know the newest block hash yet.
            replace_recent_blockhash: true,
            commitment: Some(node.rpc().commitment()),
            accounts,
            ..RpcSimulateTransactionConfig::default()
        };
        // A slot that one node reached is no minimum for another.
        let is_first = core::ptr::eq(node, self.primary());
        let min_context_slot = self
            .min_context_slot()
            .filter(|_| is_first)
            .unwrap_or_default();
        let result = self
            .with_min_context_slot_at(node, min_context_slot, |min_context_slot| {
                let config = RpcSimulateTransactionConfig {
                    min_context_slot,
                    ..config.clone()
                };
                let rpc = node.rpc();
                let transaction = &transaction;
                async move {
                    rpc.simulate_transaction_with_config(transaction, config)
                        .await
                }
            })
            .await?;
        match result.err {
            None => Ok(result),
            Some(error) => Err(ClientError::Refused(Box::new(RefusedTransaction::new(
                None,
                error.into(),
                result.logs.unwrap_or_default(),
            )))),
        }
    }

    /// With placeholders for the instructions of [`Self::budgeted`].
    pub(super) fn priced(&self, instructions: &[Instruction]) -> Vec<Instruction> {
        let mut all = instructions.to_vec();
        if self.priority() != PriorityPrice::None {
            all.push(ComputeBudgetInstruction::set_compute_unit_limit(0));
            all.push(ComputeBudgetInstruction::set_compute_unit_price(0));
        }
        all
    }

    pub(super) async fn price(
        &self,
        instructions: &[Instruction],
        raise: u32,
    ) -> Result<u64, ClientError> {
        let max = match self.priority() {
            PriorityPrice::None => return Ok(0),
            PriorityPrice::Fixed(price) => return Ok(price),
            PriorityPrice::Market { max } => max,
        };
        let paid = self.market(instructions).await?;
        Ok(paid.max(raised(raise)).min(max))
    }

    /// The highest of the nodes' medians of recent prices for the accounts that are written to.
    pub(crate) async fn market(&self, instructions: &[Instruction]) -> Result<u64, ClientError> {
        let mut written: Vec<_> = instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|account| account.is_writable)
            .map(|account| account.pubkey)
            .collect();
        written.sort_unstable();
        written.dedup();
        let ask = async |node: &Node| {
            let fees = node.rpc().get_recent_prioritization_fees(&written).await;
            let fees = fees.map_err(|error| ClientError::from(node.error(error)))?;
            let paid = fees.iter().map(|fee| fee.prioritization_fee).collect();
            Ok::<_, ClientError>(median(paid))
        };
        let (mut highest, mut failed) = (None, None);
        for answer in join_all(self.nodes().iter().map(ask)).await {
            match answer {
                Ok(paid) => highest = highest.max(Some(paid)),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (highest, failed) {
            (None, Some(error)) => Err(error),
            (highest, _) => Ok(highest.unwrap_or_default()),
        }
    }
}

/// With a limit, and a price where it is not 0.
pub(crate) fn with_budget(
    instructions: &[Instruction],
    limit: u32,
    price: u64,
) -> Vec<Instruction> {
    let mut all = instructions.to_vec();
    all.push(ComputeBudgetInstruction::set_compute_unit_limit(limit));
    if price > 0 {
        all.push(ComputeBudgetInstruction::set_compute_unit_price(price));
    }
    all
}

/// The ledger's default, for a node that does not show the number.
fn units_consumed(result: &RpcSimulateTransactionResult, instructions: &[Instruction]) -> u64 {
    result
        .units_consumed
        .unwrap_or_else(|| u64::from(DEFAULT_COMPUTE_UNITS) * instructions.len() as u64)
}

/// The lowest price after so many raises, in micro-lamports per compute unit.
fn raised(times: u32) -> u64 {
    let doublings = times.checked_sub(1);
    doublings.map_or(0, |doublings| {
        FIRST_PRICE.saturating_mul(1 << doublings.min(32))
    })
}

/// 0 of nothing.
fn median(mut prices: Vec<u64>) -> u64 {
    prices.sort_unstable();
    prices.get(prices.len() / 2).copied().unwrap_or_default()
}

/// Bytes of a transaction with these instructions.
pub(super) fn size(instructions: &[Instruction], payer: &Address) -> usize {
    let message = Message::new(instructions, Some(payer));
    let signatures = usize::from(message.header.num_required_signatures);
    // A count of signatures below 128 takes one byte.
    1 + signatures * SIGNATURE_BYTES + message.serialize().len()
}

#[cfg(test)]
mod tests {
    use solana_instruction::AccountMeta;
    use solana_transaction::Transaction;

    use super::*;

    #[test]
    fn a_size_is_that_of_the_bytes_that_are_sent() {
        let payer = Address::new_unique();
        let accounts = [true, false, false]
            .map(|signs| AccountMeta::new(Address::new_unique(), signs))
            .to_vec();
        let instruction = Instruction {
            program_id: Address::new_unique(),
            accounts,
            data: vec![7; 300],
        };
        let transaction = Transaction::new_unsigned(Message::new(
            std::slice::from_ref(&instruction),
            Some(&payer),
        ));
        // One byte that counts two signatures of 64, then the message.
        let expected = 1 + 2 * 64 + transaction.message_data().len();
        assert_eq!(size(&[instruction], &payer), expected);
    }

    #[test]
    fn limits_are_above_what_the_committed_table_has() {
        let table = include_str!("../../../../tests/program/compute_units.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        let rows = table["rows"].as_array().unwrap();
        for (instruction, limit, tries) in [
            ("create_record", limits::CREATE_RECORD, 30),
            ("share_record", limits::SHARE_RECORD, 30),
            ("settle", limits::SETTLE, 0),
            // Two searches: the order's address and the seat's.
            ("join_study", limits::JOIN_STUDY, 60),
        ] {
            let of_instruction = rows.iter().filter(|row| row["instruction"] == instruction);
            let most = of_instruction.map(|row| row["compute_units"]["max"].as_u64().unwrap());
            let most = most.max().unwrap();
            // With two compute-budget instructions, of 150 units each.
            assert!(
                u64::from(limit) >= most + tries * 1_500 + 300,
                "{instruction}"
            );
        }
    }

    #[test]
    fn a_priority_fee_is_rounded_up_as_the_ledger_does() {
        let units = u64::from(limits::CREATE_RECORD);
        for (price, lamports) in [
            (PriorityPrice::None, 0),
            (PriorityPrice::Fixed(1), 1),
            (PriorityPrice::Fixed(1_000_000), units),
            (PriorityPrice::Market { max: 2_000_000 }, 2 * units),
        ] {
            assert_eq!(
                price.lamports_at_most(limits::CREATE_RECORD),
                lamports,
                "{price:?}"
            );
        }
    }

    #[test]
    fn a_price_doubles_each_time_that_it_is_raised() {
        let prices = [0, 1, 2, 5].map(raised);
        assert_eq!(prices, [0, 10_000, 20_000, 160_000]);
        assert_eq!(raised(u32::MAX), 10_000 << 32);
    }

    #[test]
    fn a_median_is_not_moved_by_one_who_pays_a_lot() {
        assert_eq!(median(vec![]), 0);
        assert_eq!(median(vec![5, 1_000_000, 3]), 5);
    }
}

//! How many records fit into one delivery, on the wire and through a node.

use std::collections::BTreeSet;

use generion_interface::accounts::PurchaseAccount;
use generion_test_support::{Person, eventually};
use generion_validator_tests::{MAX_TRANSACTION_BYTES, ValidatorChain, wire_len};
use solana_address::Address;
use solana_address_lookup_table_interface::instruction::{
    create_lookup_table, extend_lookup_table,
};
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

struct Sale {
    chain: ValidatorChain,
    seller: Person,
    purchase: Address,
}

impl Sale {
    fn of(count: usize) -> Self {
        let chain = ValidatorChain::open();
        let (seller, buyer) = (chain.user(), chain.person());
        let (_, purchase) = chain.sold(&seller, &buyer, count);
        Self {
            chain,
            seller,
            purchase,
        }
    }

    fn delivery(&self, count: usize) -> Instruction {
        let delivery =
            self.chain
                .prove_batch(&self.seller, &self.chain.sale(&self.purchase), 0..count);
        self.chain.deliver(&self.purchase, 0, &delivery)
    }

    /// Delivers with the shortest transaction, signed only by the seller. Locks the purchase.
    #[track_caller]
    fn locks(&self, transaction: &VersionedTransaction) {
        assert!(wire_len(transaction) <= MAX_TRANSACTION_BYTES);
        self.chain.lands_signed(transaction);
        let purchase = self.chain.read::<PurchaseAccount>(&self.purchase);
        assert!(purchase.state.is_locked());
    }

    /// Asserts that the node refuses a transaction of this length.
    #[track_caller]
    fn is_too_long(&self, transaction: &VersionedTransaction) {
        assert!(wire_len(transaction) > MAX_TRANSACTION_BYTES);
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        let sent = self
            .chain
            .rpc
            .send_transaction_with_config(transaction, config);
        let error = sent.unwrap_err().to_string();
        assert!(error.contains("too large"), "{error}");
    }
}

fn unit_limit() -> Instruction {
    ComputeBudgetInstruction::set_compute_unit_limit(200_000)
}

fn unit_price() -> Instruction {
    ComputeBudgetInstruction::set_compute_unit_price(1)
}

#[test]
fn nine_records_without_a_compute_budget_instruction() {
    let sale = Sale::of(9);
    let deliver = sale.delivery(9);
    let signed = |all: &[Instruction]| sale.chain.signed(all, &[&sale.seller.wallet]);
    sale.is_too_long(&signed(&[unit_limit(), deliver.clone()]));
    sale.locks(&signed(&[deliver]));
}

#[test]
fn eight_records_beside_two() {
    let sale = Sale::of(8);
    let deliver = sale.delivery(8);
    let all = [unit_limit(), unit_price(), deliver];
    sale.locks(&sale.chain.signed(&all, &[&sale.seller.wallet]));
}

#[test]
fn ten_records_through_a_lookup_table() {
    let sale = Sale::of(10);
    let (chain, wallet) = (&sale.chain, &sale.seller.wallet);
    let deliver = sale.delivery(10);
    sale.is_too_long(&chain.signed(std::slice::from_ref(&deliver), &[wallet]));

    let finalized = CommitmentConfig::finalized();
    let slot = chain.rpc.get_slot_with_commitment(finalized).unwrap();
    let (create, key) = create_lookup_table(wallet.pubkey(), wallet.pubkey(), slot);
    let addresses: BTreeSet<Address> = deliver.accounts.iter().map(|meta| meta.pubkey).collect();
    let addresses: Vec<Address> = addresses.into_iter().collect();
    let extend = extend_lookup_table(
        key,
        wallet.pubkey(),
        Some(wallet.pubkey()),
        addresses.clone(),
    );
    let landed = chain.lands(&[create, extend], &[wallet]);
    // Addresses can be looked up from the slot after the one in which they were added.
    eventually("the next slot", || {
        (chain.rpc.get_slot().unwrap() > landed.slot).then_some(())
    });

    let block_hash = chain.rpc.get_latest_blockhash().unwrap();
    let table = AddressLookupTableAccount { key, addresses };
    let message =
        v0::Message::try_compile(&wallet.pubkey(), &[deliver], &[table], block_hash).unwrap();
    let transaction =
        VersionedTransaction::try_new(VersionedMessage::V0(message), &[wallet]).unwrap();
    sale.locks(&transaction);
}

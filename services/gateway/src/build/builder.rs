use std::time::{SystemTime, UNIX_EPOCH};

use generion_interface::{
    Addresses, GenesisHash, Instructions,
    transaction::{ComputeBudget, FEE_PER_SIGNATURE, MAX_TRANSACTION_BYTES},
};
use generion_rpc::amount::Sol;
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_message::{Message, VersionedMessage};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    error::BuildError,
    ledger::{Accounts, LedgerReader},
    plan::{Created, Plan},
    unsigned::{Cost, TouchedAccount, Unsigned},
};

/// The time of a block, in milliseconds: enough for an estimate.
const BLOCK_MILLIS: u64 = 400;

/// The payer, and the priority fee.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The wallet that pays the fee, and the rent where the program lets another wallet pay it; none: the wallet that acts.
    pub fee_payer: Option<Address>,
    /// Whether that is the operator's wallet, whose balance the caller must not learn.
    pub is_sponsored: bool,
    /// Micro-lamports for each compute unit.
    pub unit_price: u64,
    /// The highest priority fee that is built, in lamports.
    pub max_priority_fee: u64,
}

/// Builds transactions from the accounts that a node shows.
pub struct Builder<'a> {
    pub(super) reader: LedgerReader<'a>,
    pub(super) instructions: Instructions,
    pub(super) genesis: GenesisHash,
    pub(super) terms: Terms,
}

impl Builder<'_> {
    /// The wallet that pays the fee of an action of `actor`.
    pub(super) fn payer(&self, actor: Address) -> Address {
        self.terms.fee_payer.unwrap_or(actor)
    }

    pub(super) const fn addresses(&self) -> &Addresses {
        self.reader.addresses
    }

    pub(super) async fn finish(
        &self,
        plan: Plan,
        accounts: &Accounts,
    ) -> Result<Unsigned, BuildError> {
        let fee_payer = self.payer(plan.actor);
        let priority_fee = ComputeBudget {
            unit_limit: plan.units,
            unit_price: self.terms.unit_price,
        }
        .priority_fee();
        if priority_fee > self.terms.max_priority_fee {
            return Err(BuildError::PriorityFee {
                fee: priority_fee,
                most: self.terms.max_priority_fee,
            });
        }
        let mut instructions = vec![plan.instruction.clone()];
        instructions.push(ComputeBudgetInstruction::set_compute_unit_limit(plan.units));
        if self.terms.unit_price > 0 {
            let price = self.terms.unit_price;
            instructions.push(ComputeBudgetInstruction::set_compute_unit_price(price));
        }
        let rent = async {
            match plan.creates {
                Some(Created {
                    account, prefunded, ..
                }) => {
                    let rent = self.reader.rent(account.size()).await?;
                    Ok(rent.saturating_sub(prefunded))
                }
                None => Ok::<_, BuildError>(0),
            }
        };
        let (validity, rent, least) =
            tokio::try_join!(self.reader.validity(), rent, self.reader.rent(0))?;
        let message = Message::new_with_blockhash(&instructions, Some(&fee_payer), &validity.hash);
        let signatures = usize::from(message.header.num_required_signatures);
        let cost = Cost {
            fee: (FEE_PER_SIGNATURE * signatures as u64).saturating_add(priority_fee),
            priority_fee,
            rent,
            price: plan.price,
            returned: plan.returns.map_or(0, |(_, lamports)| lamports),
        };
        let payment = Payment {
            plan: &plan,
            cost: &cost,
            fee_payer,
            least,
        };
        self.check_funds(&payment, accounts)?;
        let touched = touched(&message, &plan, fee_payer);
        let signers = message.account_keys[..signatures].to_vec();
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); signatures],
            message: VersionedMessage::Legacy(message),
        };
        let bytes = bincode::serialize(&transaction).unwrap_or_default();
        if bytes.len() > MAX_TRANSACTION_BYTES {
            return Err(BuildError::TooLong(bytes.len()));
        }
        let seconds = (validity.blocks.saturating_mul(BLOCK_MILLIS) / 1_000)
            .try_into()
            .unwrap_or(i64::MAX);
        Ok(Unsigned {
            transaction: bytes,
            fee_payer,
            signers,
            effects: effects(&plan, &cost, fee_payer),
            cost,
            accounts: touched,
            creates: plan.creates.map(|created| created.address),
            blockhash: validity.hash,
            last_valid_block_height: validity.last_height,
            expires_at: now().saturating_add(seconds),
            compute_unit_limit: plan.units,
        })
    }

    /// Refuses a payment that a wallet can't make, as far as its balance was read.
    fn check_funds(&self, payment: &Payment<'_>, accounts: &Accounts) -> Result<(), BuildError> {
        let plan = payment.plan;
        let mut wallets = vec![payment.fee_payer, plan.actor];
        wallets.extend(plan.creates.map(|created| created.rent_payer));
        wallets.sort_unstable();
        wallets.dedup();
        for wallet in wallets {
            if !(self.terms.is_sponsored && wallet == payment.fee_payer) {
                payment.check(wallet, accounts.lamports(&wallet))?;
            }
        }
        Ok(())
    }
}

/// The payers and their payments.
struct Payment<'a> {
    plan: &'a Plan,
    cost: &'a Cost,
    fee_payer: Address,
    /// The least that a wallet keeps, unless it keeps nothing: the rent minimum of an empty account.
    least: u64,
}

impl Payment<'_> {
    fn check(&self, wallet: Address, balance: u64) -> Result<(), BuildError> {
        let (plan, cost) = (self.plan, self.cost);
        let share = |is_paid: bool, lamports: u64| if is_paid { lamports } else { 0 };
        let fee = share(wallet == self.fee_payer, cost.fee);
        let rent_payer = plan.creates.map(|created| created.rent_payer);
        let needed = fee
            .saturating_add(share(Some(wallet) == rent_payer, cost.rent))
            .saturating_add(share(wallet == plan.actor, cost.price));
        let Some(rest) = balance.checked_sub(needed) else {
            return Err(BuildError::Funds {
                wallet,
                balance,
                needed,
            });
        };
        let gets = plan.returns.filter(|(to, _)| *to == wallet);
        let gets = gets.map_or(0, |(_, lamports)| lamports);
        // The ledger takes the fee first, and compares then and at the end.
        for rest in [balance - fee, rest.saturating_add(gets)] {
            if needed > 0 && rest > 0 && rest < self.least {
                return Err(BuildError::Rest {
                    wallet,
                    rest,
                    least: self.least,
                });
            }
        }
        Ok(())
    }
}

/// The plan's own sentences, then the payments and the returns.
fn effects(plan: &Plan, cost: &Cost, fee_payer: Address) -> Vec<String> {
    let mut effects = plan.effects.clone();
    if let Some(created) = plan.creates {
        let payer = created.rent_payer;
        effects.push(format!("Wallet {payer} pays {} of rent.", Sol(cost.rent)));
    }
    if let Some((wallet, lamports)) = plan.returns {
        effects.push(format!("Wallet {wallet} gets {} back.", Sol(lamports)));
    }
    effects.push(format!(
        "Wallet {fee_payer} pays a fee of {}.",
        Sol(cost.fee)
    ));
    effects
}

fn touched(message: &Message, plan: &Plan, fee_payer: Address) -> Vec<TouchedAccount> {
    let named = |address: &Address| {
        let accounts = plan.instruction.accounts.iter().enumerate();
        accounts
            .filter(|(_, account)| account.pubkey == *address)
            .filter_map(|(place, _)| plan.roles.get(place).or(plan.roles.last()).copied())
            .collect::<Vec<_>>()
    };
    let describe = |(place, address): (usize, &Address)| {
        let mut roles = named(address);
        if *address == fee_payer {
            roles.insert(0, "fee_payer");
        }
        if roles.is_empty() {
            roles.push("program");
        }
        roles.dedup();
        TouchedAccount {
            address: *address,
            roles,
            is_writable: message.is_maybe_writable(place, None),
            is_signer: message.is_signer(place),
        }
    };
    message
        .account_keys
        .iter()
        .enumerate()
        .map(describe)
        .collect()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

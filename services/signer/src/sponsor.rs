//! From a transaction to the fee payer's signature.
//!
//! The rules are checked on the transaction as its other signers have signed it. Then the expense is written down, and only
//! then the transaction is signed. The signer knows no ledger: its client makes sure that the transaction can reach the ledger,
//! since an expense that was written down counts in any case.

use std::sync::{Mutex, PoisonError};

use generion_interface::{
    AccountToCreate,
    decode::Decoded,
    transaction::{Call, ReadTransaction},
};
use generion_signer_protocol::Rule;
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_sdk_ids::compute_budget;
use solana_signer::Signer as _;

use crate::{
    budget::{Budget, Expense},
    config::{Policy, Sponsored},
};

/// Bytes that the ledger takes rent for beside an account's data.
const ACCOUNT_OVERHEAD: u64 = 128;

/// A rule that was broken, and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// The reason, as text.
    pub reason: String,
}

fn refuse<T>(rule: Rule, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        rule,
        reason: reason.into(),
    })
}

/// The role of the paying wallet in an instruction.
struct Role {
    instruction: Sponsored,
    /// The wallet that the instruction is for, which signs it.
    actor: Address,
    /// The account that pays rent.
    payer: Option<Address>,
    /// Positions at which the sponsor may be among the accounts: it pays rent there, or gets rent back.
    places: &'static [usize],
    /// The account that is created.
    creates: Option<AccountToCreate>,
}

impl Role {
    /// `None`: nobody but the fee payer signs it, so that it would be for anybody; or it is about a study.
    fn of(decoded: &Decoded) -> Option<Self> {
        use Decoded as D;
        use Sponsored as S;
        let role = |instruction, actor: &Address| Self {
            instruction,
            actor: *actor,
            payer: None,
            places: &[],
            creates: None,
        };
        let with_rent = |instruction, actor: &Address, payer: &Address, creates| Self {
            payer: Some(*payer),
            places: &[1],
            creates,
            ..role(instruction, actor)
        };
        let with_refund = |instruction, actor: &Address, places| Self {
            places,
            ..role(instruction, actor)
        };
        Some(match decoded {
            D::SetEncryptionKey(i) => {
                // The first key creates the account. With another index, the program creates none.
                let creates = (i.args.key_index == 0).then_some(AccountToCreate::User);
                with_rent(S::SetEncryptionKey, &i.wallet, &i.payer, creates)
            }
            D::CreateRecord(i) => {
                let creates = AccountToCreate::Record(i.args.locator.len());
                with_rent(S::CreateRecord, &i.creator, &i.payer, Some(creates))
            }
            D::ShareRecord(i) => {
                let creates = Some(AccountToCreate::Share);
                with_rent(S::ShareRecord, &i.owner, &i.payer, creates)
            }
            D::CreateOrder(i) => {
                let creates = AccountToCreate::Order(i.records.len());
                with_rent(S::CreateOrder, &i.seller, &i.payer, Some(creates))
            }
            D::VerifyRecord(i) => role(S::VerifyRecord, &i.owner),
            D::DeleteRecord(i) => with_refund(S::DeleteRecord, &i.authority, &[3]),
            D::RevokeShare(i) => with_refund(S::RevokeShare, &i.owner, &[2]),
            D::CloseOrder(i) => with_refund(S::CloseOrder, &i.seller, &[2]),
            D::Purchase(i) => role(S::Purchase, &i.buyer),
            D::Refund(i) => role(S::Refund, &i.authority),
            D::ClosePurchase(i) => role(S::ClosePurchase, &i.buyer),
            D::Deliver(_) | D::Settle(_) => return None,
            // No policy says yet what a sponsor would pay for in studies.
            D::CreateStudy(_)
            | D::UpdateStudy(_)
            | D::WithdrawBudget(_)
            | D::JoinStudy(_)
            | D::Apply(_)
            | D::Admit(_)
            | D::WithdrawApplication(_)
            | D::CloseSeat(_)
            | D::CloseStudy(_) => return None,
        })
    }
}

/// Signs transactions as the policy allows.
pub struct Sponsor {
    wallet: Keypair,
    program_id: Address,
    policy: Policy,
    budget: Mutex<Budget>,
}

impl Sponsor {
    /// With the wallet that pays.
    pub const fn new(wallet: Keypair, program_id: Address, policy: Policy, budget: Budget) -> Self {
        Self {
            wallet,
            program_id,
            policy,
            budget: Mutex::new(budget),
        }
    }

    /// The wallet that pays.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }

    /// Signs a transaction that all others have signed. `unix_time` is the present time, in seconds.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn sign(&self, bytes: &[u8], unix_time: i64) -> Result<Vec<u8>, Refusal> {
        let mut read = self.read(bytes)?;
        self.check_signatures(&read)?;
        let expense = self.check(&read)?;
        let limits = &self.policy.limits;
        self.budget()
            .spend(&expense, limits, unix_time)
            .map_err(|(rule, reason)| Refusal { rule, reason })?;
        let signature = self.wallet.sign_message(read.message_bytes());
        read.put_signature(&self.address(), signature);
        Ok(read.to_bytes())
    }

    /// Whether an unsigned transaction would be signed once the others have signed it.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn preview(&self, bytes: &[u8], unix_time: i64) -> Result<(), Refusal> {
        let expense = self.check(&self.read(bytes)?)?;
        let limits = &self.policy.limits;
        self.budget()
            .preview(&expense, limits, unix_time)
            .map_err(|(rule, reason)| Refusal { rule, reason })
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, bytes: &[u8]) -> Result<ReadTransaction, Refusal> {
        let read = match ReadTransaction::read(bytes) {
            Ok(read) => read,
            Err(error) => return refuse(Rule::Transaction, error.to_string()),
        };
        match read.fee_payer() == self.address() {
            true => Ok(read),
            false => refuse(
                Rule::FeePayer,
                format!(
                    "{} pays the fee, and not the signer's wallet",
                    read.fee_payer()
                ),
            ),
        }
    }

    fn check_signatures(&self, read: &ReadTransaction) -> Result<(), Refusal> {
        let own = self.address();
        let mut missing = read.missing_signers();
        missing.retain(|address| *address != own);
        if let Some(address) = missing.first() {
            let reason = format!("{address} has not signed yet: the signer signs last");
            return refuse(Rule::SignatureMissing, reason);
        }
        match read.wrong_signers().first() {
            None => Ok(()),
            Some(address) => {
                let reason = format!("the signature of {address} is wrong");
                refuse(Rule::SignatureWrong, reason)
            }
        }
    }

    /// Checks everything but signatures and budget.
    fn check(&self, read: &ReadTransaction) -> Result<Expense, Refusal> {
        let own = self.address();
        let (mut wallets, mut signers) = (Vec::new(), vec![own]);
        let (mut count, mut rent) = (0_usize, 0_u64);
        for call in read.calls() {
            if call.program_id == compute_budget::ID {
                continue;
            }
            if call.program_id != self.program_id {
                self.check_guard(&call)?;
                continue;
            }
            let role = self.role(&call)?;
            count += 1;
            if role.payer == Some(own) {
                rent = rent.saturating_add(self.rent(role.creates));
            }
            signers.push(role.actor);
            signers.extend(role.payer);
            wallets.push(role.actor);
        }
        let most = self.policy.limits.max_instructions;
        if !(1..=most).contains(&count) {
            let reason = format!(
                "the transaction has {count} instructions of the program, and 1 to {most} are sponsored"
            );
            return refuse(Rule::InstructionCount, reason);
        }
        if let Some((address, _)) = read
            .signers()
            .find(|(address, _)| !signers.contains(address))
        {
            let reason = format!("{address} signs, and no instruction is for it");
            return refuse(Rule::Signer, reason);
        }
        let fee = self.fee(read)?;
        let max_rent = self.policy.limits.max_rent;
        if rent > max_rent {
            let reason = format!("its rent is {rent} lamports, and at most {max_rent} are paid");
            return refuse(Rule::Rent, reason);
        }
        wallets.sort_unstable();
        wallets.dedup();
        Ok(Expense {
            message: Sha256::digest(read.message_bytes()).into(),
            wallets,
            lamports: fee.saturating_add(rent),
        })
    }

    fn check_guard(&self, call: &Call<'_>) -> Result<(), Refusal> {
        if !self.policy.guard_programs.contains(&call.program_id) {
            let reason = format!("an instruction is of program {}", call.program_id);
            return refuse(Rule::Program, reason);
        }
        match call.accounts.contains(&self.address()) {
            true => refuse(
                Rule::PayerAccount,
                format!(
                    "the signer's wallet is an account of program {}",
                    call.program_id
                ),
            ),
            false => Ok(()),
        }
    }

    fn role(&self, call: &Call<'_>) -> Result<Role, Refusal> {
        let decoded = match Decoded::decode(call.data, &call.accounts) {
            Ok(decoded) => decoded,
            Err(error) => return refuse(Rule::Instruction, error.to_string()),
        };
        let name = decoded.name();
        let role = Role::of(&decoded).filter(|role| self.policy.allows(role.instruction));
        let Some(role) = role else {
            let reason = format!("{name} is not sponsored");
            return refuse(Rule::InstructionNotAllowed, reason);
        };
        let own = self.address();
        let mut places = (call.accounts.iter().enumerate())
            .filter(|(_, account)| **account == own)
            .map(|(place, _)| place);
        if !places.all(|place| role.places.contains(&place)) {
            let reason =
                format!("the signer's wallet is an account of {name} that does not only pay rent");
            return refuse(Rule::PayerAccount, reason);
        }
        if !self.policy.allows_wallet(role.instruction, &role.actor) {
            let reason = format!("{name} is not sponsored for wallet {}", role.actor);
            return refuse(Rule::WalletNotAllowed, reason);
        }
        Ok(role)
    }

    fn rent(&self, creates: Option<AccountToCreate>) -> u64 {
        let bytes = creates.map_or(0, |account| {
            ACCOUNT_OVERHEAD.saturating_add(account.size() as u64)
        });
        bytes.saturating_mul(self.policy.limits.rent_per_byte)
    }

    fn fee(&self, read: &ReadTransaction) -> Result<u64, Refusal> {
        let (fee, priority) = match (read.fee(), read.compute_budget()) {
            (Ok(fee), Ok(budget)) => (fee, budget.priority_fee()),
            (Err(error), _) | (_, Err(error)) => {
                return refuse(Rule::PriorityFee, error.to_string());
            }
        };
        let most = self.policy.limits.max_priority_fee;
        match priority > most {
            true => refuse(
                Rule::PriorityFee,
                format!("its priority fee is {priority} lamports, and at most {most} are paid"),
            ),
            false => Ok(fee),
        }
    }
}

use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::{
    confirmed::ConfirmedTransaction,
    dry_run::DryRun,
    options::{SendOptions, Units},
};
use crate::{
    error::ClientError,
    ledger::{Ledger, rent::AccountToCreate},
};

/// What is written to the disk before a transaction is sent.
type SaveFirst<'a> = Box<dyn FnOnce() -> Result<(), ClientError> + Send + Sync + 'a>;

/// Instructions, who signs them, and how they are sent.
#[derive(Clone)]
struct Plan<'a> {
    ledger: &'a Ledger,
    instructions: Vec<Instruction>,
    payer: &'a (dyn Signer + Sync),
    signers: Vec<&'a (dyn Signer + Sync)>,
    options: SendOptions,
}

impl Plan<'_> {
    async fn dry_run(&self) -> Result<DryRun, ClientError> {
        let payer = self.payer.pubkey();
        let SendOptions { units, raise, .. } = self.options;
        let instructions = self
            .ledger
            .budgeted(&self.instructions, &payer, units, raise)
            .await?;
        self.ledger.dry_run(&instructions, &payer).await
    }

    async fn send(&self) -> Result<ConfirmedTransaction, ClientError> {
        self.ledger
            .send(&self.instructions, self.payer, &self.signers, self.options)
            .await
    }
}

/// A transaction that a flow made: nothing is signed, saved or sent yet. It holds no secret, so that it can be simulated.
pub struct Prepared<'a, T = ()> {
    /// What comes of it once it has landed.
    pub outcome: T,
    plan: Plan<'a>,
    accounts: Vec<AccountToCreate>,
    save_first: Option<SaveFirst<'a>>,
}

/// A transaction that landed, and what came of it.
#[derive(Clone, Debug)]
pub struct Sent<T = ()> {
    /// What the flow was for.
    pub outcome: T,
    /// The transaction.
    pub confirmed: ConfirmedTransaction,
}

impl<'a, T> Prepared<'a, T> {
    pub(crate) fn new(
        ledger: &'a Ledger,
        instructions: Vec<Instruction>,
        payer: &'a (dyn Signer + Sync),
        signers: Vec<&'a (dyn Signer + Sync)>,
        outcome: T,
    ) -> Self {
        Self {
            outcome,
            plan: Plan {
                ledger,
                instructions,
                payer,
                signers,
                options: SendOptions::default(),
            },
            accounts: Vec::new(),
            save_first: None,
        }
    }

    pub(crate) fn creating(mut self, account: AccountToCreate) -> Self {
        self.accounts.push(account);
        self
    }

    pub(crate) fn saving(
        mut self,
        save: impl FnOnce() -> Result<(), ClientError> + Send + Sync + 'a,
    ) -> Self {
        self.save_first = Some(Box::new(save));
        self
    }

    /// Its instructions, without those about compute units.
    pub fn instructions(&self) -> &[Instruction] {
        &self.plan.instructions
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.plan.payer.pubkey()
    }

    /// The accounts that it creates: [`Ledger::rent`] says what they cost.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        &self.accounts
    }

    /// What it would do now. Nothing is signed, saved or sent.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.plan.dry_run().await
    }

    /// Saves what has to be saved first, signs and sends the transaction, and waits until it is confirmed. Dropped in between,
    /// it may land or not.
    ///
    /// # Errors
    /// Those of [`Ledger::send`]; that what comes first can't be saved, and then nothing was sent.
    pub async fn send(self) -> Result<Sent<T>, ClientError> {
        if let Some(save) = self.save_first {
            save()?;
        }
        let confirmed = self.plan.send().await?;
        Ok(Sent {
            outcome: self.outcome,
            confirmed,
        })
    }
}

/// The stand-in of a transaction that carries a secret, with random data in the secret's place. It serves dry runs, and
/// can't be sent.
pub struct Placeholder<'a>(Plan<'a>, Vec<AccountToCreate>);

impl Placeholder<'_> {
    /// What it would do now.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.0.dry_run().await
    }

    /// Refuses what the ledger would refuse.
    pub(crate) async fn check(&self) -> Result<(), ClientError> {
        let Plan {
            ledger,
            instructions,
            payer,
            ..
        } = &self.0;
        ledger.simulate(instructions, &payer.pubkey()).await?;
        Ok(())
    }

    /// The accounts that it creates: [`Ledger::rent`] says what they cost.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        &self.1
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.0.payer.pubkey()
    }
}

/// A transaction with a capsule that is for one key alone. Whoever made a node show a false key could read it before it is
/// refused: so it can't be simulated, and its [`Placeholder`] is in its place. It is given the compute units that it takes
/// at most.
pub struct Confidential<'a, T = ()> {
    /// What comes of it once it has landed.
    pub outcome: T,
    plan: Plan<'a>,
    placeholder: Placeholder<'a>,
}

/// What a [`Confidential`] and its placeholder have in common.
pub(crate) struct Common<'a> {
    pub ledger: &'a Ledger,
    pub payer: &'a (dyn Signer + Sync),
    pub signers: Vec<&'a (dyn Signer + Sync)>,
    /// Compute units.
    pub units: u32,
    pub accounts: Vec<AccountToCreate>,
}

impl<'a> Common<'a> {
    /// The placeholder alone.
    pub(crate) fn placeholder(self, instructions: Vec<Instruction>) -> Placeholder<'a> {
        let plan = Plan {
            ledger: self.ledger,
            instructions,
            payer: self.payer,
            signers: self.signers,
            options: SendOptions {
                units: Units::Fixed(self.units),
                ..SendOptions::default()
            },
        };
        Placeholder(plan, self.accounts)
    }

    /// `random` is as `instructions` are, but for what is secret.
    pub(crate) fn confidential<T>(
        self,
        instructions: Vec<Instruction>,
        random: Vec<Instruction>,
        outcome: T,
    ) -> Confidential<'a, T> {
        let placeholder = self.placeholder(random);
        let plan = Plan {
            instructions,
            ..placeholder.0.clone()
        };
        Confidential {
            outcome,
            plan,
            placeholder,
        }
    }
}

impl<'a, T> Confidential<'a, T> {
    /// What it would do now, with random data in the place of what is secret. Nothing is signed or sent.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.placeholder.dry_run().await
    }

    /// The accounts that it creates: [`Ledger::rent`] says what they cost.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        self.placeholder.new_accounts()
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.placeholder.payer()
    }

    /// Makes a dry run with the placeholder first, so that what the ledger would refuse costs nothing, then signs and sends the transaction
    /// itself, and waits until it is confirmed. Where the future is dropped after that, the transaction may still reach the
    /// ledger.
    ///
    /// # Errors
    /// Those of [`Ledger::send`].
    pub async fn send(self) -> Result<Sent<T>, ClientError> {
        self.placeholder.check().await?;
        let confirmed = self.plan.send().await?;
        Ok(Sent {
            outcome: self.outcome,
            confirmed,
        })
    }
}

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

/// The files to write before a transaction is sent, or after it was confirmed.
type SaveFirst<'a> = Box<dyn FnOnce() -> Result<(), ClientError> + Send + Sync + 'a>;

/// A transaction's instructions, its signers, and the settings for sending it.
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
    /// Makes the flow's result from the confirmed transaction.
    pub outcome: T,
    plan: Plan<'a>,
    accounts: Vec<AccountToCreate>,
    save_first: Option<SaveFirst<'a>>,
}

/// A confirmed transaction, and the flow's result.
#[derive(Clone, Debug)]
pub struct Sent<T = ()> {
    /// The flow's result.
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

    /// The transaction's instructions, without those about compute units.
    pub fn instructions(&self) -> &[Instruction] {
        &self.plan.instructions
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.plan.payer.pubkey()
    }

    /// The accounts that the transaction creates: [`Ledger::rent`] returns their rent.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        &self.accounts
    }

    /// The effects that the transaction would have now. Nothing is signed, saved or sent.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.plan.dry_run().await
    }

    /// Saves the files that must be saved first, signs and sends the transaction, and waits until it is confirmed. If the
    /// future is dropped before that, the transaction may still reach the ledger.
    ///
    /// # Errors
    /// Those of [`Ledger::send`]; the error of a file that can't be saved, and then nothing was sent.
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
    /// The effects that the transactions would have now.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.0.dry_run().await
    }

    /// Refuses a transaction that the ledger would refuse.
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

    /// The accounts that the transaction creates: [`Ledger::rent`] returns their rent.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        &self.1
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.0.payer.pubkey()
    }
}

/// A transaction that discloses facts. Whoever sees it has them, whether it lands or not: no node gets it to simulate, and it
/// is sent only if everything that can be checked before was checked. It is given the most compute units that it may need.
pub struct Disclosing<'a, T = ()> {
    /// Makes the flow's result from the confirmed transaction.
    pub outcome: T,
    plan: Plan<'a>,
    accounts: Vec<AccountToCreate>,
    save: SaveFirst<'a>,
    saves_first: bool,
}

impl<T> Disclosing<'_, T> {
    /// The accounts that the transaction creates: [`Ledger::rent`] returns their rent.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        &self.accounts
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.plan.payer.pubkey()
    }

    /// Saves what must be saved first, signs and sends the transaction, and waits until it is confirmed. If the future is
    /// dropped before that, the transaction may still reach the ledger. What would replace something that was saved earlier is
    /// saved once the transaction is confirmed: until then only a node says that it takes its place.
    ///
    /// # Errors
    /// Those of [`Ledger::send`]; the error of a file that can't be saved, and if it had to be saved first, nothing was sent
    /// or disclosed.
    pub async fn send(self) -> Result<Sent<T>, ClientError> {
        let mut save = Some(self.save);
        if let Some(save) = save.take_if(|_| self.saves_first) {
            save()?;
        }
        let confirmed = self.plan.send().await?;
        if let Some(save) = save {
            save()?;
        }
        Ok(Sent {
            outcome: self.outcome,
            confirmed,
        })
    }
}

/// A transaction with a capsule that is for one key alone. A person who made a node show a false key could read the capsule
/// before the transaction is refused. So this transaction can't be simulated; its [`Placeholder`] takes its place. It is given
/// the most compute units that it may need.
pub struct Confidential<'a, T = ()> {
    /// Makes the flow's result from the confirmed transaction.
    pub outcome: T,
    plan: Plan<'a>,
    placeholder: Placeholder<'a>,
}

/// The common parts of a [`Confidential`] and its placeholder.
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

    /// A transaction that discloses facts, and is not sent after `not_after`. `save` is called before it is sent, or if not
    /// `saves_first`, once it is confirmed.
    pub(crate) fn disclosing<T>(
        self,
        instructions: Vec<Instruction>,
        not_after: i64,
        saves_first: bool,
        save: impl FnOnce() -> Result<(), ClientError> + Send + Sync + 'a,
        outcome: T,
    ) -> Disclosing<'a, T> {
        let Placeholder(mut plan, accounts) = self.placeholder(instructions);
        plan.options.not_after = Some(not_after);
        Disclosing {
            outcome,
            plan,
            accounts,
            save: Box::new(save),
            saves_first,
        }
    }

    /// `random` is as `instructions`, with random data in the place of the secret.
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
    /// The effects that the transaction would have now, with random data in the place of the secret. Nothing is signed or sent.
    ///
    /// # Errors
    /// [`ClientError::Refused`] where the ledger would refuse it; [`ClientError::Node`].
    pub async fn dry_run(&self) -> Result<DryRun, ClientError> {
        self.placeholder.dry_run().await
    }

    /// The accounts that the transaction creates: [`Ledger::rent`] returns their rent.
    pub fn new_accounts(&self) -> &[AccountToCreate] {
        self.placeholder.new_accounts()
    }

    /// The wallet that pays the fee, and the rent of new accounts.
    pub fn payer(&self) -> Address {
        self.placeholder.payer()
    }

    /// Makes a dry run with the placeholder first, so that a transaction that the ledger would refuse costs nothing. Then signs
    /// and sends the transaction itself, and waits until it is confirmed. If the future is dropped after that, the transaction
    /// may still reach the ledger.
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

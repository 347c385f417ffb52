//! Records.

use generion::{
    CreateRecordArgs, GenerionError as Rule,
    constants::MAX_LOCATOR_LEN,
    proof::capsule::CapsuleStatement,
    state::{RecordContents, User},
};
use generion_interface::{AccountToCreate, accounts::RecordAccount};
use solana_address::Address;

use super::{
    builder::Builder,
    error::BuildError,
    plan::{Created, Plan},
    units,
    unsigned::Unsigned,
};

const CREATE: &[&str] = &["creator", "payer", "user", "record", "system_program"];
const VERIFY: &[&str] = &["owner", "record"];
const DELETE: &[&str] = &["authority", "user", "record", "rent_payer"];

impl Builder<'_> {
    /// A creator writes a record for a user. The record's address follows from its contents.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn create_record(
        &self,
        owner: Address,
        creator: Address,
        args: CreateRecordArgs,
    ) -> Result<Unsigned, BuildError> {
        if !(1..=MAX_LOCATOR_LEN).contains(&args.locator.len()) {
            return Err(BuildError::rule(
                Rule::LocatorLength,
                Rule::LocatorLength.text(),
            ));
        }
        let user_address = self.addresses().user(&owner);
        let payer = self.payer(creator);
        let users = self.reader.read(&[user_address]).await?;
        let user: User = users.find(&user_address)?.ok_or(BuildError::NoKey(owner))?;
        let owner_key = user.encryption_key;
        let record = self.addresses().record(&RecordContents {
            owner: &owner,
            creator: &creator,
            owner_key: &owner_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
            facts_root: &args.facts_root,
            locator: &args.locator,
        });
        let proven = CapsuleStatement {
            program_id: &self.addresses().program_id,
            record: &record,
            creator: &creator,
            owner_key: &owner_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
        }
        .verify(&args.proof);
        if let Err(rule) = proven {
            let detail = format!(
                "{}: make it for the present key of {owner}, number {}",
                rule.text(),
                user.key_index
            );
            return Err(BuildError::rule(rule, detail));
        }
        let accounts = self.reader.read(&[record, creator, payer]).await?;
        if accounts.find::<RecordAccount>(&record)?.is_some() {
            let detail = format!("the record {record} is there already");
            return Err(BuildError::rule(Rule::AccountAlreadyExists, detail));
        }
        let account = AccountToCreate::Record(args.locator.len());
        let instruction = self
            .instructions
            .create_record(&owner, &owner_key, creator, payer, args);
        let effects = vec![
            format!("Wallet {creator} writes the record {record} for wallet {owner}."),
            match creator == owner {
                true => "The record is verified at once, because its owner writes it.".to_owned(),
                false => "The owner can verify it, sell it, share it and delete it.".to_owned(),
            },
        ];
        let mut plan = Plan::new(instruction, CREATE, units::CREATE_RECORD, creator, effects);
        plan.creates = Some(Created {
            address: record,
            account,
            rent_payer: payer,
            prefunded: accounts.lamports(&record),
        });
        self.finish(plan, &accounts).await
    }

    /// The owner verifies a record.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn verify_record(
        &self,
        owner: Address,
        record: Address,
    ) -> Result<Unsigned, BuildError> {
        let accounts = self
            .reader
            .read(&[record, owner, self.payer(owner)])
            .await?;
        let state = accounts.get::<RecordAccount>(&record)?.state;
        if state.owner != owner {
            let detail = format!(
                "the record belongs to {}, and only that wallet verifies it",
                state.owner
            );
            return Err(BuildError::rule(Rule::WrongOwner, detail));
        }
        if state.is_verified() {
            return Err(BuildError::rule(
                Rule::AlreadyVerified,
                Rule::AlreadyVerified.text(),
            ));
        }
        let effect = format!(
            "Wallet {owner} verifies the record {record}, which wallet {} wrote: its creator can't delete it any more, \
             and it can be sold and shared.",
            state.creator
        );
        let instruction = self.instructions.verify_record(owner, record);
        let plan = Plan::new(
            instruction,
            VERIFY,
            units::VERIFY_RECORD,
            owner,
            vec![effect],
        );
        self.finish(plan, &accounts).await
    }

    /// The owner or the creator deletes a record.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn delete_record(
        &self,
        authority: Address,
        record: Address,
    ) -> Result<Unsigned, BuildError> {
        let payer = self.payer(authority);
        let accounts = self.reader.read(&[record, authority, payer]).await?;
        let account: RecordAccount = accounts.get(&record)?;
        let state = account.state;
        if let Err(rule) = deletable(&account, &authority, accounts.unix_time) {
            return Err(BuildError::rule(rule, rule.text()));
        }
        let effects = vec![
            format!(
                "Wallet {authority} deletes the record {record} of wallet {} for good.",
                state.owner
            ),
            "The encrypted document stays at its stores until it is erased there.".to_owned(),
        ];
        let instruction = self.instructions.delete_record(authority, record, &state);
        let mut plan = Plan::new(
            instruction,
            DELETE,
            units::DELETE_RECORD,
            authority,
            effects,
        );
        plan.returns = Some((state.rent_payer, accounts.lamports(&record)));
        self.finish(plan, &accounts).await
    }
}

/// The program's rule, without its error type.
fn deletable(account: &RecordAccount, authority: &Address, now: i64) -> Result<(), Rule> {
    let state = &account.state;
    match state.require_deletable(authority, now) {
        Ok(()) => Ok(()),
        // The owner may delete every record that no order lists.
        Err(_) if state.listings > 0 && state.require_deletable(&state.owner, now).is_err() => {
            match *authority == state.owner || *authority == state.creator {
                true => Err(Rule::RecordListed),
                false => Err(Rule::DeleteNotAllowed),
            }
        }
        Err(_) => Err(Rule::DeleteNotAllowed),
    }
}

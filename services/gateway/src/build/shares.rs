//! Shares.

use generion::{
    GenerionError as Rule, ShareRecordArgs, curve,
    state::{Share, User},
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

const SHARE: &[&str] = &[
    "owner",
    "payer",
    "record",
    "recipient",
    "share",
    "system_program",
];
const REVOKE: &[&str] = &["owner", "share", "rent_payer"];

impl Builder<'_> {
    /// The owner shares a record with another user.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn share_record(
        &self,
        owner: Address,
        record: Address,
        recipient: Address,
        args: ShareRecordArgs,
    ) -> Result<Unsigned, BuildError> {
        let user = self.addresses().user(&recipient);
        let share = self.addresses().share(&record, &recipient);
        let payer = self.payer(owner);
        let accounts = self
            .reader
            .read(&[record, user, share, owner, payer])
            .await?;
        let state = accounts.get::<RecordAccount>(&record)?.state;
        let refuse = |rule: Rule, detail: String| Err(BuildError::rule(rule, detail));
        if state.owner != owner {
            return refuse(
                Rule::WrongOwner,
                format!("the record belongs to {}", state.owner),
            );
        }
        if !state.is_verified() {
            return refuse(Rule::NotVerified, Rule::NotVerified.text().to_owned());
        }
        let user: User = accounts.find(&user)?.ok_or(BuildError::NoKey(recipient))?;
        if user.key_index != args.key_index {
            let detail = format!(
                "the present key of {recipient} is number {}",
                user.key_index
            );
            return refuse(Rule::KeyIndexChanged, detail);
        }
        if args.expires_at != 0 && args.expires_at <= accounts.unix_time {
            return refuse(Rule::ExpiryInPast, Rule::ExpiryInPast.text().to_owned());
        }
        let capsule = &args.capsule;
        if !curve::is_valid_key(&capsule.ephemeral) || !curve::decodes(&capsule.masked) {
            return refuse(Rule::InvalidPoint, Rule::InvalidPoint.text().to_owned());
        }
        if accounts.find::<Share>(&share)?.is_some() {
            let detail =
                format!("the record is shared with {recipient} already: revoke {share} first");
            return refuse(Rule::AccountAlreadyExists, detail);
        }
        let effects = vec![
            format!(
                "Wallet {owner} shares the record {record} with wallet {recipient}, who can read it from then on."
            ),
            match args.expires_at {
                0 => "The share does not expire.".to_owned(),
                time => format!(
                    "The recipient is asked not to use the share after Unix time {time}. Nothing enforces that."
                ),
            },
        ];
        let instruction = self
            .instructions
            .share_record(owner, payer, record, &recipient, args);
        let mut plan = Plan::new(instruction, SHARE, units::SHARE_RECORD, owner, effects);
        plan.creates = Some(Created {
            address: share,
            account: AccountToCreate::Share,
            rent_payer: payer,
            prefunded: accounts.lamports(&share),
        });
        self.finish(plan, &accounts).await
    }

    /// The owner of a shared record revokes a share.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn revoke_share(
        &self,
        owner: Address,
        share: Address,
    ) -> Result<Unsigned, BuildError> {
        let accounts = self.reader.read(&[share, owner, self.payer(owner)]).await?;
        let state: Share = accounts.get(&share)?;
        if state.owner != owner {
            let detail = format!(
                "the share was given by {}, and only that wallet revokes it",
                state.owner
            );
            return Err(BuildError::rule(Rule::WrongOwner, detail));
        }
        let effects = vec![
            format!(
                "Wallet {owner} revokes the share of the record {} with wallet {}.",
                state.record, state.recipient
            ),
            "What the recipient has read already can't be taken back.".to_owned(),
        ];
        let instruction = self.instructions.revoke_share(share, &state);
        let mut plan = Plan::new(instruction, REVOKE, units::REVOKE_SHARE, owner, effects);
        plan.returns = Some((state.rent_payer, accounts.lamports(&share)));
        self.finish(plan, &accounts).await
    }
}

use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::{Rest, instruction_args},
    constants::{ACCOUNT_VERSION, STUDY_SEED, VAULT_SEED},
    curve::{self, Point},
    error::{GenerionError, require},
    events::{StudyCreated, StudyTerms},
    ledger::{canonical_bump, find_bump, now, rent},
    state::{Order, Study, UserAccount},
};

instruction_args! {
    /// Arguments of `create_study`.
    pub struct CreateStudyArgs {
        /// The sponsor's next study id.
        pub id: u64,
        /// Price of each participant's order, in lamports: at least the rent minimum of an empty account.
        pub reward: u64,
        /// Unix time, in seconds, from which the study is over.
        pub closes_at: i64,
        /// Time that each participant has to deliver, in seconds: 600 to 2,592,000.
        pub delivery_window: u32,
        /// 0 if the program admits everybody who discloses the required facts, 1 if the admitter chooses among applications.
        pub admission: u8,
        /// Number of records that each participant sells: 1 to 24.
        pub record_count: u8,
        /// Number of requirements at the beginning of the tail.
        pub requirement_count: u8,
        /// Number of accepted creators that follow in the tail.
        pub creator_count: u8,
        /// `B`, the study's key: a canonical ristretto255 point other than the identity.
        pub study_key: Point,
        /// SHA-256 of the file with the study's description.
        pub description_hash: [u8; 32],
        /// The wallet that admits participants by selection, or nothing if it is the sponsor.
        pub admitter: Option<Address>,
        /// Requirements (group and hash of the fact, 33 bytes each), accepted creators, address of the description.
        pub tail: Rest,
    }
}

/// Accounts of `create_study`. The vault is not among them: it needs no account, and plain transfers fund it.
#[derive(Accounts)]
pub struct CreateStudy {
    /// The sponsor.
    pub sponsor: Signer,
    /// Pays the rent, and gets it back when the study is closed. May be the sponsor.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The sponsor's User account, which counts the sponsor's studies.
    #[account(mut, constraint = user.wallet == *sponsor.address() @ GenerionError::WrongUser)]
    #[cfg_attr(feature = "idl-build", account(seeds = [crate::constants::USER_SEED, sponsor.address().as_ref()], bump))]
    pub user: UserAccount,
    /// The new study. Its address follows from the sponsor and the sponsor's next study id.
    #[account(mut)]
    pub study: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl CreateStudy {
    /// Creates the study. Moves no money but the rent.
    #[inline(never)]
    pub fn create_study(&mut self, args: &CreateStudyArgs) -> Result<()> {
        let sponsor = *self.sponsor.address();
        let study = *self.study.address();
        let id = self.user.next_study_id.to_le_bytes();
        let seeds = [STUDY_SEED, sponsor.as_ref(), &id];
        let bump = canonical_bump(&study, &seeds)?;

        let tail = args.tail.0.as_slice();
        let group_count = Study::require_valid(
            args.admission,
            args.record_count,
            args.requirement_count,
            args.creator_count,
            tail,
        )?;
        let rent = rent()?;
        let rent_minimum = rent.try_minimum_balance(0)?;
        Order::require_price_and_window(args.reward, args.delivery_window, rent_minimum)?;
        let created_at = now()?;
        require(args.closes_at > created_at, GenerionError::ClosesInPast)?;
        require(
            curve::is_valid_key(&args.study_key),
            GenerionError::InvalidPoint,
        )?;
        self.user.add_study(args.id)?;

        let vault_bump = find_bump(&[VAULT_SEED, study.as_ref()])?;
        let rent_payer = *self.payer.address();
        let admitter = args.admitter.unwrap_or(sponsor);
        NewPda {
            payer: self.payer.account(),
            payer_seeds: &[],
            target: self.study.account(),
            seeds: &seeds,
            bump,
            rent,
            deposit: 0,
        }
        .create_with_tail(tail.len(), |state: &mut Study, criteria: &mut [u8]| {
            *state = Study {
                version: ACCOUNT_VERSION,
                bump,
                vault_bump,
                admission: args.admission,
                record_count: args.record_count,
                group_count,
                requirement_count: args.requirement_count,
                creator_count: args.creator_count,
                id: args.id,
                reward: args.reward,
                created_at,
                closes_at: args.closes_at,
                delivery_window: args.delivery_window,
                seats: 0,
                sponsor,
                admitter,
                rent_payer,
                study_key: args.study_key,
                description_hash: args.description_hash,
            };
            criteria.copy_from_slice(tail);
            Ok(())
        })?;
        StudyCreated::emit(
            StudyTerms {
                study,
                sponsor,
                admitter,
                rent_payer,
                study_key: args.study_key,
                description_hash: args.description_hash,
                id: args.id.into(),
                reward: args.reward.into(),
                created_at: created_at.into(),
                closes_at: args.closes_at.into(),
                delivery_window: args.delivery_window.into(),
                admission: args.admission,
                record_count: args.record_count,
                requirement_count: args.requirement_count,
                creator_count: args.creator_count,
            },
            tail,
        );
        Ok(())
    }
}

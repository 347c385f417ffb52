use anchor_lang::{accounts::Slab, address_eq, prelude::*};
use bytemuck::{Pod, Zeroable};

use crate::{
    constants::{
        MAX_GROUPS, MAX_OPEN_DISCLOSURES, MAX_ORDER_RECORDS, MAX_STUDY_TAIL, MAX_STUDY_URL_LEN,
        STUDY_NOTICE, VAULT_SEED,
    },
    curve::Point,
    error::{GenerionError, require},
    ledger::program_address,
    proof::disclosure::RequiredDisclosure,
};

use super::{order::Order, record::Record};

/// A loaded [`Study`], with its [`Criteria`] as tail.
pub type StudyAccount = Slab<Study, u8>;

/// A sponsor's public call for data. Only `closes_at` and `seats` ever change: participants agreed to all other fields.
#[account]
#[derive(Debug, PartialEq, Eq)]
pub struct Study {
    /// Layout version.
    pub version: u8,
    /// Bump of the address.
    pub bump: u8,
    /// Bump of the vault's address.
    pub vault_bump: u8,
    /// An [`Admission`].
    pub admission: u8,
    /// Number of records that each participant sells.
    pub record_count: u8,
    /// Number of groups of requirements. A participant shows one fact of each group for each record.
    pub group_count: u8,
    /// Number of requirements in the tail.
    pub requirement_count: u8,
    /// Number of accepted creators in the tail.
    pub creator_count: u8,
    /// Id of the study among the sponsor's studies.
    pub id: u64,
    /// Price of each participant's order, in lamports.
    pub reward: u64,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// The study is open before this time and over from then on: Unix time in seconds.
    pub closes_at: i64,
    /// Time that each participant has to deliver, in seconds.
    pub delivery_window: u32,
    /// Number of seats that were ever made. The number of those that exist is not stored.
    pub seats: u32,
    /// The sponsor's wallet.
    pub sponsor: Address,
    /// The wallet that admits participants by selection. It can do nothing else.
    pub admitter: Address,
    /// The wallet that paid the rent and gets it back.
    pub rent_payer: Address,
    /// `B`, the key for which all seats' capsules are made, and to which letters are sealed.
    pub study_key: Point,
    /// SHA-256 of the file with the study's description.
    pub description_hash: [u8; 32],
}

/// The way in which participants get seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Admission {
    /// The program admits everybody who discloses the required facts.
    Open = 0,
    /// Participants apply, and the admitter chooses.
    Selection = 1,
}

/// A fact that a participant may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Requirement {
    /// The group. One fact of each group has to be shown.
    pub group: u8,
    /// SHA-256 of the fact.
    pub fact_hash: [u8; 32],
}

/// A study's tail: the required facts, the accepted creators and the address of the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criteria<'a> {
    /// The requirements, strictly increasing by hash.
    pub requirements: &'a [Requirement],
    /// The accepted creators, strictly increasing.
    pub creators: &'a [Address],
    /// The address of the description, in printable ASCII without spaces.
    pub url: &'a [u8],
}

impl Criteria<'_> {
    /// No requirements, no creators and no description.
    pub const NOTHING: Self = Self {
        requirements: &[],
        creators: &[],
        url: &[],
    };
}

impl<'a> Criteria<'a> {
    /// Splits a study's tail, or returns `None` if it is too short.
    #[inline(always)]
    pub fn split(tail: &'a [u8], requirement_count: u8, creator_count: u8) -> Option<Self> {
        let requirements = usize::from(requirement_count).saturating_mul(size_of::<Requirement>());
        let creators = usize::from(creator_count).saturating_mul(size_of::<Address>());
        let (requirements, tail) = tail.split_at_checked(requirements)?;
        let (creators, url) = tail.split_at_checked(creators)?;
        Some(Self {
            requirements: bytemuck::try_cast_slice(requirements).ok()?,
            creators: bytemuck::try_cast_slice(creators).ok()?,
            url,
        })
    }

    /// Checks a new study's criteria, and counts its groups.
    ///
    /// # Errors
    /// `StudyLength` for the description's address; `RequirementOrder`; `CreatorOrder`.
    pub fn require_valid(&self) -> core::result::Result<u8, GenerionError> {
        require(
            self.url.len() <= MAX_STUDY_URL_LEN && self.url.iter().all(u8::is_ascii_graphic),
            GenerionError::StudyLength,
        )?;
        // Each hash occurs once among all groups, so that no fact counts twice. No hash is zeros.
        let mut previous = &[0; 32];
        let mut groups = 0u8;
        for requirement in self.requirements {
            require(
                requirement.fact_hash > *previous && requirement.group < MAX_GROUPS,
                GenerionError::RequirementOrder,
            )?;
            previous = &requirement.fact_hash;
            groups |= 1u8.wrapping_shl(requirement.group.into());
        }
        // Each group is a bit. Without gaps, the bits that are set are the lowest ones.
        require(
            groups.trailing_ones() == groups.count_ones(),
            GenerionError::RequirementOrder,
        )?;
        require(
            self.creators.is_sorted_by(|one, next| one < next),
            GenerionError::CreatorOrder,
        )?;
        Ok(groups.count_ones() as u8)
    }

    /// Checks a participant's disclosures about one record: `disclosed` has one disclosure of each group, in the order of the
    /// groups.
    ///
    /// # Errors
    /// `CreatorNotAccepted`, `DisclosureInvalid`.
    pub fn require_met(
        &self,
        record: &Record,
        disclosed: &[RequiredDisclosure],
    ) -> core::result::Result<(), GenerionError> {
        require(
            !record.is_self_issued() && self.creators.binary_search(&record.creator).is_ok(),
            GenerionError::CreatorNotAccepted,
        )?;
        for (group, disclosed) in (0..MAX_GROUPS).zip(disclosed) {
            let requirement = self
                .requirements
                .get(usize::from(disclosed.requirement))
                .ok_or(GenerionError::DisclosureInvalid)?;
            require(
                requirement.group == group
                    && disclosed
                        .disclosure
                        .verify(&record.facts_root, &requirement.fact_hash),
                GenerionError::DisclosureInvalid,
            )?;
        }
        Ok(())
    }
}

impl Study {
    /// Checks a new study's numbers and its tail, and counts its groups.
    ///
    /// # Errors
    /// `StudyLength`, `RequirementOrder`, `CreatorOrder`, `WrongAdmission` if there is no such admission, `OpenAdmission`.
    pub fn require_valid(
        admission: u8,
        record_count: u8,
        requirement_count: u8,
        creator_count: u8,
        tail: &[u8],
    ) -> core::result::Result<u8, GenerionError> {
        let records = usize::from(record_count);
        require(
            (1..=MAX_ORDER_RECORDS).contains(&records) && tail.len() <= MAX_STUDY_TAIL,
            GenerionError::StudyLength,
        )?;
        let criteria = Criteria::split(tail, requirement_count, creator_count)
            .ok_or(GenerionError::StudyLength)?;
        let group_count = criteria.require_valid()?;
        require(
            admission <= Admission::Selection as u8,
            GenerionError::WrongAdmission,
        )?;
        let disclosures = records.saturating_mul(usize::from(group_count));
        require(
            admission != Admission::Open as u8
                || (creator_count > 0 && (1..=MAX_OPEN_DISCLOSURES).contains(&disclosures)),
            GenerionError::OpenAdmission,
        )?;
        Ok(group_count)
    }

    /// The study's vault. `study` is the study's address.
    #[inline(never)]
    pub fn vault(&self, study: &Address) -> Address {
        program_address(&[VAULT_SEED, study.as_ref()], self.vault_bump)
    }

    /// The study's criteria. `tail` is the study's.
    ///
    /// # Errors
    /// `StudyLength` if the tail is shorter than the counts say. The program writes no such study.
    #[inline(always)]
    pub fn criteria<'a>(
        &self,
        tail: &'a [u8],
    ) -> core::result::Result<Criteria<'a>, GenerionError> {
        Criteria::split(tail, self.requirement_count, self.creator_count)
            .ok_or(GenerionError::StudyLength)
    }

    /// Whether the study takes participants at `now`.
    pub const fn is_open(&self, now: i64) -> bool {
        now < self.closes_at
    }

    /// Checks that the study takes participants at `now`.
    ///
    /// # Errors
    /// `StudyOver`.
    pub fn require_open(&self, now: i64) -> core::result::Result<(), GenerionError> {
        require(self.is_open(now), GenerionError::StudyOver)
    }

    /// Checks that the study takes no participants at `now` or later. Only then may seats be closed and the budget be
    /// withdrawn: a participant whose seat was closed in an open study could join again and be paid twice.
    ///
    /// # Errors
    /// `StudyNotOver`.
    pub fn require_over(&self, now: i64) -> core::result::Result<(), GenerionError> {
        require(!self.is_open(now), GenerionError::StudyNotOver)
    }

    /// Checks that the study at `study` is over at `now`, or gone. The caller has checked that the address is a study's. If
    /// the program does not own the account, the study was closed, or never was.
    ///
    /// # Errors
    /// `StudyNotOver`, and the errors of loading an account.
    pub fn require_over_or_gone(study: &AccountView, now: i64) -> Result<()> {
        match study.owned_by(&System::id()) {
            true => Ok(()),
            false => Ok(StudyAccount::load(*study)?.require_over(now)?),
        }
    }

    /// Checks that the study takes participants who agreed to this description at `now`, in this way.
    ///
    /// # Errors
    /// `WrongAdmission`, `StudyOver`, `DescriptionChanged`.
    pub fn require_agreed(
        &self,
        admission: Admission,
        description_hash: &[u8; 32],
        now: i64,
    ) -> core::result::Result<(), GenerionError> {
        require(
            self.admission == admission as u8,
            GenerionError::WrongAdmission,
        )?;
        self.require_open(now)?;
        require(
            self.description_hash == *description_hash,
            GenerionError::DescriptionChanged,
        )
    }

    /// Checks that an order of `records` records has the study's terms, and that only the study's vault may buy it.
    ///
    /// # Errors
    /// `StudyTermsDiffer`, `OrderNotOpen`, `BuyerNotAllowed`.
    pub fn require_order(
        &self,
        vault: &Address,
        order: &Order,
        records: usize,
    ) -> core::result::Result<(), GenerionError> {
        require(
            order.price == self.reward
                && order.delivery_window == self.delivery_window
                && records == usize::from(self.record_count),
            GenerionError::StudyTermsDiffer,
        )?;
        require(order.is_open(), GenerionError::OrderNotOpen)?;
        require(
            address_eq(&order.only_buyer, vault),
            GenerionError::BuyerNotAllowed,
        )
    }

    /// Checks the deadline that a participant names at `now`.
    ///
    /// # Errors
    /// `SeatDeadline`.
    pub fn require_deadline(
        &self,
        deadline: i64,
        now: i64,
    ) -> core::result::Result<(), GenerionError> {
        let last = now.saturating_add(i64::from(self.delivery_window));
        require(
            (now..=last).contains(&deadline),
            GenerionError::SeatDeadline,
        )
    }

    /// Extends the study to `closes_at`, or ends it with the notice.
    ///
    /// # Errors
    /// `StudyOver`; `ClosingTime` if the new time is not later, if the study closes within the notice, or if it would
    /// not end earlier.
    pub fn update(
        &mut self,
        closes_at: Option<i64>,
        now: i64,
    ) -> core::result::Result<(), GenerionError> {
        self.require_open(now)?;
        let notice = now.saturating_add(STUDY_NOTICE);
        // An end is never undone: in its last seconds a study can't be extended.
        require(
            notice < self.closes_at && closes_at.is_none_or(|later| later > self.closes_at),
            GenerionError::ClosingTime,
        )?;
        self.closes_at = closes_at.unwrap_or(notice);
        Ok(())
    }

    /// Counts a new seat.
    pub fn count_seat(&mut self) -> Result<()> {
        self.seats = self.seats.checked_add(1).ok_or(GenerionError::Arithmetic)?;
        Ok(())
    }
}

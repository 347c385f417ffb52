//! The events of studies.

use alloc::vec::Vec;
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

use super::logged::{Logged, discriminator};
use crate::{constants::MAX_STUDY_TAIL, curve::Point};

/// A sponsor created a study.
#[event]
#[derive(Clone, Debug, PartialEq, Eq, SchemaRead)]
pub struct StudyCreated {
    /// The study.
    pub study: Address,
    /// The study's sponsor.
    pub sponsor: Address,
    /// The wallet that admits participants by selection.
    pub admitter: Address,
    /// The wallet that paid the rent and will get it back.
    pub rent_payer: Address,
    /// `B`, the study's key.
    pub study_key: Point,
    /// SHA-256 of the file with the description.
    pub description_hash: [u8; 32],
    /// The study's id among the sponsor's studies.
    pub id: u64,
    /// Price of each participant's order, in lamports.
    pub reward: u64,
    /// Time of creation: Unix time in seconds.
    pub created_at: i64,
    /// Unix time, in seconds, from which the study is over.
    pub closes_at: i64,
    /// Time that each participant has to deliver, in seconds.
    pub delivery_window: u32,
    /// 0 if the program admits everybody who discloses the required facts, 1 by selection.
    pub admission: u8,
    /// Number of records that each participant sells.
    pub record_count: u8,
    /// Number of requirements in the tail.
    pub requirement_count: u8,
    /// Number of accepted creators in the tail.
    pub creator_count: u8,
    /// Requirements, accepted creators and the address of the description.
    pub tail: Vec<u8>,
}

/// The fields of [`StudyCreated`] that have a fixed size.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct StudyTerms {
    pub study: Address,
    pub sponsor: Address,
    pub admitter: Address,
    pub rent_payer: Address,
    pub study_key: Point,
    pub description_hash: [u8; 32],
    pub id: PodU64,
    pub reward: PodU64,
    pub created_at: PodI64,
    pub closes_at: PodI64,
    pub delivery_window: PodU32,
    pub admission: u8,
    pub record_count: u8,
    pub requirement_count: u8,
    pub creator_count: u8,
}

impl StudyCreated {
    /// Logs the event without building the struct, which would copy the tail twice.
    pub(crate) fn emit(terms: StudyTerms, tail: &[u8]) {
        anchor_lang::event::sol_log_data(&[&Self::encode(terms, tail)]);
    }

    #[inline(always)]
    fn encode(terms: StudyTerms, tail: &[u8]) -> Vec<u8> {
        const LARGEST: usize = size_of::<Logged<StudyTerms>>() + 4 + MAX_STUDY_TAIL;
        let mut data = Vec::with_capacity(LARGEST);
        data.extend_from_slice(bytemuck::bytes_of(&Logged {
            discriminator: discriminator::<Self>(),
            event: terms,
        }));
        data.extend_from_slice(&(tail.len() as u32).to_le_bytes());
        data.extend_from_slice(tail);
        data
    }
}

/// A sponsor extended a study, or ended it.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct StudyUpdated {
    /// The study.
    pub study: Address,
    /// The study's sponsor.
    pub sponsor: Address,
    /// Unix time, in seconds, from which the study is over.
    pub closes_at: PodI64,
}

/// A sponsor withdrew lamports from a study's vault.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct BudgetWithdrawn {
    /// The study.
    pub study: Address,
    /// The study's sponsor, who got the lamports.
    pub sponsor: Address,
    /// Lamports that the vault paid.
    pub lamports: PodU64,
}

/// A participant disclosed the required facts and took a seat: the study's vault paid the price into escrow.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct StudyJoined {
    /// The seat.
    pub purchase: Address,
    /// The participant's order.
    pub order: Address,
    /// The participant.
    pub seller: Address,
    /// The study's vault.
    pub buyer: Address,
    /// `B`, the study's key.
    pub buyer_key: Point,
    /// Lamports in escrow.
    pub price: PodU64,
    /// Time until which the participant should deliver: Unix time in seconds.
    pub deadline: PodI64,
    /// The study.
    pub study: Address,
    /// Number of seats that were ever made in the study, including this one.
    pub seats: PodU32,
    /// Number of records to be delivered.
    pub record_count: u8,
}

/// A participant applied for a seat.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct StudyApplied {
    /// The application.
    pub application: Address,
    /// The study.
    pub study: Address,
    /// The participant's order.
    pub order: Address,
    /// The participant.
    pub participant: Address,
    /// The wallet that paid the rent and will get it back.
    pub rent_payer: Address,
    /// Time of creation: Unix time in seconds.
    pub created_at: PodI64,
}

/// An applicant got a seat: the study's vault paid the price into escrow, and the application was closed.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct ParticipantAdmitted {
    /// The seat.
    pub purchase: Address,
    /// The participant's order.
    pub order: Address,
    /// The participant.
    pub seller: Address,
    /// The study's vault.
    pub buyer: Address,
    /// `B`, the study's key.
    pub buyer_key: Point,
    /// Lamports in escrow.
    pub price: PodU64,
    /// Time until which the participant should deliver: Unix time in seconds.
    pub deadline: PodI64,
    /// The study.
    pub study: Address,
    /// Number of seats that were ever made in the study, including this one.
    pub seats: PodU32,
    /// The application.
    pub application: Address,
    /// The wallet that got the application's rent back.
    pub rent_payer: Address,
    /// The application's lamports, which went to the rent payer.
    pub lamports: PodU64,
    /// Number of records to be delivered.
    pub record_count: u8,
}

/// An application was withdrawn.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct ApplicationWithdrawn {
    /// The application.
    pub application: Address,
    /// The study.
    pub study: Address,
    /// The participant.
    pub participant: Address,
    /// The wallet that withdrew the application: the participant or the rent payer.
    pub authority: Address,
    /// The wallet that got the rent back.
    pub rent_payer: Address,
    /// The account's lamports, which went to the rent payer.
    pub lamports: PodU64,
}

/// A settled seat was closed.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct SeatClosed {
    /// The seat.
    pub purchase: Address,
    /// The participant's order.
    pub order: Address,
    /// The participant.
    pub seller: Address,
    /// The study's vault.
    pub buyer: Address,
    /// The study.
    pub study: Address,
    /// The account's lamports, which went to the vault.
    pub lamports: PodU64,
}

/// A study was closed.
#[event(bytemuck)]
#[derive(Debug, PartialEq, Eq)]
pub struct StudyClosed {
    /// The study.
    pub study: Address,
    /// The study's sponsor.
    pub sponsor: Address,
    /// Number of seats that were ever made.
    pub seats: PodU32,
    /// The wallet that got the rent back.
    pub rent_payer: Address,
    /// The account's lamports, which went to the rent payer.
    pub lamports: PodU64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event;

    #[test]
    fn the_logged_bytes_of_a_new_study_are_those_of_the_event() {
        let address = |byte| Address::new_from_array([byte; 32]);
        for tail in [vec![], vec![7; 33], vec![8; MAX_STUDY_TAIL]] {
            let event = StudyCreated {
                study: address(1),
                sponsor: address(2),
                admitter: address(3),
                rent_payer: address(4),
                study_key: [5; 32],
                description_hash: [6; 32],
                id: 7,
                reward: 8,
                created_at: -9,
                closes_at: 10,
                delivery_window: 11,
                admission: 1,
                record_count: 12,
                requirement_count: 13,
                creator_count: 14,
                tail,
            };
            let terms = StudyTerms {
                study: event.study,
                sponsor: event.sponsor,
                admitter: event.admitter,
                rent_payer: event.rent_payer,
                study_key: event.study_key,
                description_hash: event.description_hash,
                id: event.id.into(),
                reward: event.reward.into(),
                created_at: event.created_at.into(),
                closes_at: event.closes_at.into(),
                delivery_window: event.delivery_window.into(),
                admission: event.admission,
                record_count: event.record_count,
                requirement_count: event.requirement_count,
                creator_count: event.creator_count,
            };
            assert_eq!(StudyCreated::encode(terms, &event.tail), event.data());
        }
    }
}

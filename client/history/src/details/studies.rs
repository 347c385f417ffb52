//! What events and instructions of studies tell.

use generion::proof::disclosure::RequiredDisclosure;
use generion_interface::{Addresses, decode::Decoded, events::Event};

use crate::{change::ChangeKind, details::ChangeDetails};

impl ChangeDetails {
    /// What an event of a study tells.
    pub(super) fn of_study_event(event: &Event, of: &Addresses) -> (ChangeKind, Self) {
        let none = Self::default();
        match event {
            Event::StudyCreated(fields) => (
                ChangeKind::StudyCreated,
                Self {
                    sponsor: Some(fields.sponsor),
                    admitter: Some(fields.admitter),
                    rent_payer: Some(fields.rent_payer),
                    user: Some(of.user(&fields.sponsor)),
                    study: Some(fields.study),
                    study_key: Some(fields.study_key),
                    description_hash: Some(fields.description_hash),
                    id: Some(fields.id),
                    reward: Some(fields.reward),
                    created_at: Some(fields.created_at),
                    closes_at: Some(fields.closes_at),
                    delivery_window: Some(fields.delivery_window),
                    admission: Some(fields.admission),
                    record_count: Some(fields.record_count),
                    tail: Some(fields.tail.clone()),
                    ..none
                },
            ),
            Event::StudyUpdated(fields) => (
                ChangeKind::StudyUpdated,
                Self {
                    sponsor: Some(fields.sponsor),
                    study: Some(fields.study),
                    closes_at: Some(fields.closes_at.get()),
                    ..none
                },
            ),
            Event::BudgetWithdrawn(fields) => (
                ChangeKind::BudgetWithdrawn,
                Self {
                    sponsor: Some(fields.sponsor),
                    buyer: Some(of.vault(&fields.study)),
                    study: Some(fields.study),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::StudyJoined(fields) => (
                ChangeKind::StudyJoined,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    study: Some(fields.study),
                    buyer_key: Some(fields.buyer_key),
                    price: Some(fields.price.get()),
                    deadline: Some(fields.deadline.get()),
                    seats: Some(fields.seats.get()),
                    record_count: Some(fields.record_count),
                    ..none
                },
            ),
            Event::StudyApplied(fields) => (
                ChangeKind::StudyApplied,
                Self {
                    participant: Some(fields.participant),
                    rent_payer: Some(fields.rent_payer),
                    order: Some(fields.order),
                    study: Some(fields.study),
                    application: Some(fields.application),
                    created_at: Some(fields.created_at.get()),
                    ..none
                },
            ),
            Event::ParticipantAdmitted(fields) => (
                ChangeKind::ParticipantAdmitted,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    study: Some(fields.study),
                    buyer_key: Some(fields.buyer_key),
                    price: Some(fields.price.get()),
                    deadline: Some(fields.deadline.get()),
                    seats: Some(fields.seats.get()),
                    record_count: Some(fields.record_count),
                    rent_payer: Some(fields.rent_payer),
                    application: Some(fields.application),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::ApplicationWithdrawn(fields) => (
                ChangeKind::ApplicationWithdrawn,
                Self {
                    participant: Some(fields.participant),
                    authority: Some(fields.authority),
                    rent_payer: Some(fields.rent_payer),
                    study: Some(fields.study),
                    application: Some(fields.application),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::SeatClosed(fields) => (
                ChangeKind::SeatClosed,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    study: Some(fields.study),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::StudyClosed(fields) => (
                ChangeKind::StudyClosed,
                Self {
                    sponsor: Some(fields.sponsor),
                    rent_payer: Some(fields.rent_payer),
                    study: Some(fields.study),
                    seats: Some(fields.seats.get()),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            other => Self::of_event(other, of),
        }
    }

    /// What an instruction of a study tells.
    pub(super) fn of_study_instruction(instruction: &Decoded) -> (ChangeKind, Self) {
        let none = Self::default();
        match instruction {
            Decoded::CreateStudy(fields) => (
                ChangeKind::StudyCreated,
                Self {
                    sponsor: Some(fields.sponsor),
                    admitter: Some(fields.args.admitter.unwrap_or(fields.sponsor)),
                    rent_payer: Some(fields.payer),
                    user: Some(fields.user),
                    study: Some(fields.study),
                    study_key: Some(fields.args.study_key),
                    description_hash: Some(fields.args.description_hash),
                    id: Some(fields.args.id),
                    reward: Some(fields.args.reward),
                    closes_at: Some(fields.args.closes_at),
                    delivery_window: Some(fields.args.delivery_window),
                    admission: Some(fields.args.admission),
                    record_count: Some(fields.args.record_count),
                    tail: Some(fields.args.tail.0.clone()),
                    ..none
                },
            ),
            Decoded::UpdateStudy(fields) => (
                ChangeKind::StudyUpdated,
                Self {
                    sponsor: Some(fields.sponsor),
                    study: Some(fields.study),
                    // Of an end, the event tells when.
                    closes_at: fields.args.closes_at,
                    ..none
                },
            ),
            Decoded::WithdrawBudget(fields) => (
                ChangeKind::BudgetWithdrawn,
                Self {
                    sponsor: Some(fields.sponsor),
                    buyer: Some(fields.vault),
                    // What is left below the rent minimum went along: the event tells how much.
                    study: Some(fields.study),
                    ..none
                },
            ),
            Decoded::JoinStudy(fields) => (
                ChangeKind::StudyJoined,
                Self {
                    seller: Some(fields.participant),
                    buyer: Some(fields.vault),
                    order: Some(fields.order),
                    purchase: Some(fields.seat),
                    study: Some(fields.study),
                    records: Some(fields.records.clone()),
                    description_hash: Some(fields.args.description_hash),
                    deadline: Some(fields.args.deadline),
                    disclosed: Some(disclosed(&fields.args.disclosures.0)),
                    ..none
                },
            ),
            Decoded::Apply(fields) => (
                ChangeKind::StudyApplied,
                Self {
                    participant: Some(fields.participant),
                    rent_payer: Some(fields.payer),
                    order: Some(fields.order),
                    study: Some(fields.study),
                    application: Some(fields.application),
                    description_hash: Some(fields.args.description_hash),
                    ..none
                },
            ),
            Decoded::Admit(fields) => (
                ChangeKind::ParticipantAdmitted,
                Self {
                    admitter: Some(fields.admitter),
                    buyer: Some(fields.vault),
                    order: Some(fields.order),
                    purchase: Some(fields.seat),
                    study: Some(fields.study),
                    application: Some(fields.application),
                    rent_payer: Some(fields.rent_payer),
                    terms: Some(fields.args.terms),
                    ..none
                },
            ),
            Decoded::WithdrawApplication(fields) => (
                ChangeKind::ApplicationWithdrawn,
                Self {
                    authority: Some(fields.authority),
                    study: Some(fields.study),
                    application: Some(fields.application),
                    rent_payer: Some(fields.rent_payer),
                    ..none
                },
            ),
            Decoded::CloseSeat(fields) => (
                ChangeKind::SeatClosed,
                Self {
                    sponsor: Some(fields.sponsor),
                    buyer: Some(fields.vault),
                    purchase: Some(fields.seat),
                    study: Some(fields.study),
                    id: Some(fields.args.id),
                    ..none
                },
            ),
            Decoded::CloseStudy(fields) => (
                ChangeKind::StudyClosed,
                Self {
                    sponsor: Some(fields.sponsor),
                    study: Some(fields.study),
                    rent_payer: Some(fields.rent_payer),
                    ..none
                },
            ),
            other => unreachable!("{} is no instruction of a study", other.name()),
        }
    }
}

fn disclosed(disclosures: &[RequiredDisclosure]) -> Vec<u8> {
    let shown = disclosures.iter();
    shown.map(|disclosed| disclosed.requirement).collect()
}

//! How participants come into a study.

use anchor_lang::prelude::ProgramError;
use generion::{
    GenerionError,
    curve::IDENTITY,
    state::{Application, Purchase},
};
use generion_interface::accounts::{
    ApplicationAccount, OrderAccount, PurchaseAccount, RecordAccount, StudyAccount,
};
use generion_native::{
    runtime::{NOW, Named},
    world::{
        ADMITTER, APPLICANT, CREATOR, PARTICIPANT, PRICE, RESEARCHER, SPONSOR, WORLD, public_key,
        studies::Joining,
    },
};
use solana_address::Address;

use crate::{Case, Ledger, read};

/// Where the deadline begins in the data of `join_study`, the disclosures, and its records among the accounts.
const DEADLINE: usize = 33;
const DISCLOSURES: usize = 41;
const DISCLOSURE: usize = 193;
const RECORDS: usize = 6;

/// The honest `join_study` of a study that asks for some records and a fact of each group.
fn joining(records: u8, groups: u8) -> Case {
    let Joining {
        accounts,
        instruction,
    } = Joining::new(records, groups);
    let mut named: Vec<_> = instruction
        .accounts
        .iter()
        .map(|meta| {
            let mut known = accounts.iter();
            let known = known.find(|account| account.address == meta.pubkey);
            Named {
                account: known
                    .cloned()
                    .unwrap_or_else(|| WORLD.account(&meta.pubkey)),
                signer: meta.is_signer,
                writable: meta.is_writable,
            }
        })
        .collect();
    named[4].account.lamports = 0;
    named[4].account.data = vec![0; 236 + 64 * usize::from(records)];
    Case {
        named,
        data: instruction.data,
    }
}

/// The rent of an empty account, and of a seat for one record.
const EMPTY: u64 = 128 * 5_080;
const SEAT_RENT: u64 = (128 + 300) * 5_080;

/// The case with other lamports in the vault, which stands at this position.
fn with_budget(mut case: Case, index: usize, lamports: u64) -> Case {
    case.named[index].account.lamports = lamports;
    case
}

/// A seat as it has to be after one instruction, with its order counted and its study, too.
fn assert_seat(case: Case, [study, order, seat]: [usize; 3], deadline: i64) -> Ledger {
    let studied: StudyAccount = read(&case.named[study].account);
    let ordered: OrderAccount = read(&case.named[order].account);
    let ledger = case.lands();
    let PurchaseAccount { state, capsules } = ledger.read(seat);
    let vault = ledger.account(2).address;
    let address = ledger.account(order).address;
    let expected = Purchase {
        version: 1,
        bump: state.bump,
        status: 0,
        record_count: studied.state.record_count,
        delivered_count: 0,
        seat: 1,
        reserved: [0; 2],
        price: PRICE,
        deadline,
        settle_by: 0,
        order: address,
        seller: PARTICIPANT,
        buyer: vault,
        buyer_key: public_key(7),
        settle_key: IDENTITY,
        terms: ordered.terms(&address),
    };
    assert_eq!(state, expected);
    assert_eq!(capsules, vec![None; ordered.records.len()]);
    let after: OrderAccount = ledger.read(order);
    assert_eq!(
        after.state.pending_purchases,
        ordered.state.pending_purchases + 1
    );
    let after: StudyAccount = ledger.read(study);
    assert_eq!(after.state.seats, studied.state.seats + 1);
    ledger
}

#[test]
fn a_participant_who_shows_the_facts_takes_a_seat() {
    for (records, groups) in [(1, 1), (1, 2), (1, 3), (3, 1)] {
        assert_seat(joining(records, groups), [1, 3, 4], NOW + 1_000);
    }
}

#[test]
fn a_participant_agrees_to_an_open_study() {
    let study = |edit: fn(&mut StudyAccount)| joining(1, 2).edit(1, edit);
    study(|study| study.state.admission = 1).refused(GenerionError::WrongAdmission);
    study(|study| study.state.closes_at = NOW + 1).lands();
    study(|study| study.state.closes_at = NOW).refused(GenerionError::StudyOver);
    study(|study| study.state.description_hash[31] ^= 1).refused(GenerionError::DescriptionChanged);
    study(|study| study.state.sponsor = PARTICIPANT).refused(GenerionError::OwnStudy);
}

#[test]
fn a_seat_is_in_its_study_and_of_its_participant() {
    let at = |index: usize| {
        let mut case = joining(1, 2);
        case.named[index].account.address = [0x77; 32].into();
        case
    };
    at(2).refused(GenerionError::WrongStudy);
    at(0).refused(GenerionError::WrongSeller);
    at(4).refused_with(ProgramError::InvalidSeeds);
    // Another study of the same criteria, with the first one's vault.
    at(1).refused(GenerionError::WrongStudy);
    joining(1, 2)
        .edit(1, |study: &mut StudyAccount| study.state.vault_bump ^= 1)
        .refused(GenerionError::WrongStudy);
    joining(1, 2)
        .edit(3, |order: &mut OrderAccount| order.state.seller = SPONSOR)
        .refused(GenerionError::WrongSeller);
}

#[test]
fn an_order_is_on_the_studys_terms() {
    let order = |edit: fn(&mut OrderAccount)| joining(1, 2).edit(3, edit);
    let differ = GenerionError::StudyTermsDiffer;
    order(|order| order.state.price += 1).refused(differ);
    order(|order| order.state.price -= 1).refused(differ);
    order(|order| order.state.delivery_window += 1).refused(differ);
    order(|order| order.records.push([0xff; 32].into())).refused(differ);
    order(|order| order.state.open = 0).refused(GenerionError::OrderNotOpen);
    order(|order| order.state.only_buyer = Address::default())
        .refused(GenerionError::BuyerNotAllowed);
    order(|order| order.state.only_buyer = SPONSOR).refused(GenerionError::BuyerNotAllowed);
    order(|order| order.state.pending_purchases = u32::MAX).refused(GenerionError::Arithmetic);
    joining(1, 2)
        .edit(1, |study: &mut StudyAccount| study.state.seats = u32::MAX)
        .refused(GenerionError::Arithmetic);
}

#[test]
fn a_participant_names_a_deadline_within_the_window() {
    let deadline = |deadline: i64| {
        let mut case = joining(1, 2);
        case.data[DEADLINE..DISCLOSURES].copy_from_slice(&deadline.to_le_bytes());
        case
    };
    let error = GenerionError::SeatDeadline;
    assert_seat(deadline(NOW), [1, 3, 4], NOW);
    assert_seat(deadline(NOW + 3600), [1, 3, 4], NOW + 3600);
    for out in [NOW - 1, NOW + 3601, i64::MIN, i64::MAX] {
        deadline(out).refused(error);
    }
}

#[test]
fn there_is_a_disclosure_for_each_record_and_group() {
    let error = GenerionError::DisclosureCount;
    let mut fewer = joining(1, 2);
    fewer.data.truncate(DISCLOSURES + DISCLOSURE);
    fewer.refused(error);
    let mut none = joining(1, 2);
    none.data.truncate(DISCLOSURES);
    none.refused(error);
    let mut more = joining(1, 2);
    more.data
        .extend_from_within(DISCLOSURES..DISCLOSURES + DISCLOSURE);
    more.refused(error);
    let mut without_record = joining(1, 2);
    without_record.named.truncate(RECORDS);
    without_record.refused(error);
    let mut two_records = joining(3, 1);
    two_records.named.truncate(RECORDS + 2);
    two_records.data.truncate(DISCLOSURES + 2 * DISCLOSURE);
    two_records.refused(error);
    let invalid = ProgramError::InvalidInstructionData;
    for cut in [1, 192] {
        let mut case = joining(1, 2);
        case.data.truncate(case.data.len() - cut);
        case.refused_with(invalid.clone());
    }
    let mut four = joining(1, 3);
    four.data
        .extend_from_within(DISCLOSURES..DISCLOSURES + DISCLOSURE);
    four.refused_with(invalid);
}

#[test]
fn records_are_the_orders_and_of_accepted_creators() {
    let mut swapped = joining(3, 1);
    swapped.named.swap(RECORDS, RECORDS + 1);
    swapped.refused(GenerionError::WrongRecord);
    let mut other = joining(1, 2);
    other.named[RECORDS].account.address = SPONSOR;
    other.refused(GenerionError::WrongRecord);
    let error = GenerionError::CreatorNotAccepted;
    let created_by = |creator: Address| {
        joining(1, 2).edit(RECORDS, |record: &mut RecordAccount| {
            record.state.creator = creator
        })
    };
    created_by([0xcc; 32].into()).lands();
    for creator in [SPONSOR, [0xcb; 32].into(), [0xcd; 32].into(), PARTICIPANT] {
        created_by(creator).refused(error);
    }
    // The owner, who is an accepted creator.
    joining(1, 2)
        .edit(RECORDS, |record: &mut RecordAccount| {
            record.state.owner = CREATOR
        })
        .refused(error);
    // In the last record of three.
    joining(3, 1)
        .edit(RECORDS + 2, |record: &mut RecordAccount| {
            record.state.creator = SPONSOR
        })
        .refused(error);
}

#[test]
fn a_disclosure_shows_a_required_fact_of_its_group_in_its_record() {
    let error = GenerionError::DisclosureInvalid;
    let at = |at: usize, byte: u8| {
        let mut case = joining(1, 2);
        case.data[at] = byte;
        case
    };
    let honest = joining(1, 2).data;
    // Any byte of salt and siblings, in the first and in the second.
    for start in [DISCLOSURES, DISCLOSURES + DISCLOSURE] {
        for offset in [1, 32, 33, 64, 96, 128, 160, 192] {
            at(start + offset, honest[start + offset] ^ 1).refused(error);
        }
        // Every other requirement: the same group's other fact, both of the other group, and those that are none.
        for position in [0, 1, 2, 3, 4, 255] {
            if position != honest[start] {
                at(start, position).refused(error);
            }
        }
    }
    // Another group's fact, which the record has: the order is that of the groups.
    let mut swapped = joining(1, 2);
    let (first, second) = swapped.data[DISCLOSURES..].split_at_mut(DISCLOSURE);
    first.swap_with_slice(second);
    swapped.refused(error);
    let mut twice = joining(1, 2);
    twice.data.copy_within(
        DISCLOSURES..DISCLOSURES + DISCLOSURE,
        DISCLOSURES + DISCLOSURE,
    );
    twice.refused(error);
    // Another record's fact.
    let mut others = joining(3, 1);
    let (first, second) = others.data[DISCLOSURES..].split_at_mut(DISCLOSURE);
    first.swap_with_slice(&mut second[..DISCLOSURE]);
    others.refused(error);
    joining(1, 2)
        .edit(RECORDS, |record: &mut RecordAccount| {
            record.state.facts_root[31] ^= 1
        })
        .refused(error);
}

/// What goes where is a matter of a system call, which does nothing here. What the vault must hold is not.
#[test]
fn a_vault_pays_price_and_rent() {
    let cost = PRICE + SEAT_RENT;
    for (case, index) in [(joining(1, 2), 2), (Case::new(18), 2)] {
        for enough in [cost, cost + 1, cost + EMPTY] {
            with_budget(case.clone(), index, enough).lands();
        }
        for too_little in [0, 1, cost - 1] {
            with_budget(case.clone(), index, too_little).refused(GenerionError::BudgetExhausted);
        }
    }
    // Lamports at the seat's address lower the rent, and never the price.
    for (held, cost) in [(1, cost - 1), (SEAT_RENT, PRICE), (cost, PRICE)] {
        let mut case = joining(1, 2);
        case.named[4].account.lamports = held;
        with_budget(case.clone(), 2, cost).lands();
        with_budget(case, 2, cost - 1).refused(GenerionError::BudgetExhausted);
    }
    let mut taken = joining(1, 2);
    taken.named[4].account.lamports = 1;
    taken.named[4].account.owner = generion::ID;
    taken.refused(GenerionError::AccountAlreadyExists);
}

#[test]
fn an_application_is_written() {
    let case = Case::new(17);
    let (study, order) = (case.named[2].account.address, case.named[3].account.address);
    let ordered: OrderAccount = read(&case.named[3].account);
    let ledger = case.lands();
    let ApplicationAccount { state, letter } = ledger.read(4);
    let expected = Application {
        version: 1,
        bump: state.bump,
        reserved: [0; 6],
        created_at: NOW,
        study,
        order,
        participant: APPLICANT,
        rent_payer: SPONSOR,
    };
    assert_eq!((state, letter), (expected, vec![0x1e; 304]));
    // Nothing is pending yet.
    assert_eq!(ledger.read::<OrderAccount>(3), ordered);
}

#[test]
fn an_application_is_for_a_study_by_selection() {
    let study = |edit: fn(&mut StudyAccount)| Case::new(17).edit(2, edit);
    study(|study| study.state.admission = 0).refused(GenerionError::WrongAdmission);
    study(|study| study.state.closes_at = NOW).refused(GenerionError::StudyOver);
    study(|study| study.state.description_hash[0] ^= 1).refused(GenerionError::DescriptionChanged);
    study(|study| study.state.sponsor = APPLICANT).refused(GenerionError::OwnStudy);
    study(|study| study.state.vault_bump ^= 1).refused(GenerionError::BuyerNotAllowed);
    study(|study| study.state.reward += 1).refused(GenerionError::StudyTermsDiffer);
    let order = |edit: fn(&mut OrderAccount)| Case::new(17).edit(3, edit);
    order(|order| order.state.seller = PARTICIPANT).refused(GenerionError::WrongSeller);
    order(|order| order.state.open = 0).refused(GenerionError::OrderNotOpen);
    order(|order| order.state.only_buyer = SPONSOR).refused(GenerionError::BuyerNotAllowed);
    order(|order| order.records.clear()).refused(GenerionError::StudyTermsDiffer);
    let letter =
        |len: usize| Case::with_data(17, [&Case::new(17).data[..33], &vec![7; len]].concat());
    for len in [1, 736] {
        letter(len).lands();
    }
    for len in [0, 737, 1023] {
        letter(len).refused(GenerionError::LetterLength);
    }
    letter(1024).refused_with(ProgramError::InvalidInstructionData);
    let mut elsewhere = Case::new(17);
    elsewhere.named[4].account.address = [0x77; 32].into();
    elsewhere.refused_with(ProgramError::InvalidSeeds);
}

#[test]
fn an_applicant_is_admitted() {
    let held = i128::from(Case::new(18).named[3].account.lamports);
    let ledger = assert_seat(Case::new(18), [1, 5, 6], NOW + 3600);
    ledger.assert_closed(3);
    assert_eq!(ledger.gained(4), held);
}

#[test]
fn an_admission_is_refused() {
    let study = |edit: fn(&mut StudyAccount)| Case::new(18).edit(1, edit);
    study(|study| study.state.admitter = RESEARCHER).refused(GenerionError::WrongAdmitter);
    study(|study| study.state.vault_bump ^= 1).refused(GenerionError::WrongStudy);
    study(|study| study.state.closes_at = NOW).refused(GenerionError::StudyOver);
    study(|study| study.state.reward += 1).refused(GenerionError::StudyTermsDiffer);
    let application = |edit: fn(&mut ApplicationAccount)| Case::new(18).edit(3, edit);
    application(|application| application.state.study = SPONSOR).refused(GenerionError::WrongStudy);
    application(|application| application.state.order = SPONSOR).refused(GenerionError::WrongOrder);
    application(|application| application.state.rent_payer = ADMITTER)
        .refused(GenerionError::WrongRentPayer);
    application(|application| application.state.participant = APPLICANT)
        .refused_with(ProgramError::InvalidSeeds);
    let order = |edit: fn(&mut OrderAccount)| Case::new(18).edit(5, edit);
    order(|order| order.state.seller = APPLICANT).refused(GenerionError::WrongSeller);
    order(|order| order.state.open = 0).refused(GenerionError::OrderNotOpen);
    order(|order| order.state.only_buyer = SPONSOR).refused(GenerionError::BuyerNotAllowed);
    // Other records than the admitter has seen, or other terms.
    order(|order| order.records[0] = SPONSOR).refused(GenerionError::TermsChanged);
    order(|order| order.state.label[0] = b'x').refused(GenerionError::TermsChanged);
    let terms = Case::new(18).data[32];
    Case::with_bytes(18, 32, &[terms ^ 1]).refused(GenerionError::TermsChanged);
}

/// A `withdraw_application` by somebody.
fn withdrawing(by: Address) -> Case {
    let mut case = Case::new(19);
    case.named[0].account.address = by;
    case
}

#[test]
fn a_participant_withdraws_at_any_time_and_a_rent_payer_after_the_end() {
    let held = i128::from(Case::new(19).named[2].account.lamports);
    let ledger = Case::new(19).lands();
    ledger.assert_closed(2);
    assert_eq!(ledger.gained(3), held);
    let over = |case: Case| case.edit(1, |study: &mut StudyAccount| study.state.closes_at = NOW);
    withdrawing(SPONSOR).refused(GenerionError::StudyNotOver);
    over(withdrawing(SPONSOR)).lands().assert_closed(2);
    let mut gone = withdrawing(SPONSOR);
    gone.named[1].account.owner = Address::default();
    gone.named[1].account.data.clear();
    gone.lands().assert_closed(2);
    for by in [ADMITTER, RESEARCHER] {
        over(withdrawing(by)).refused(GenerionError::WrongParticipant);
    }
    let mut other = Case::new(19);
    other.named[1].account.address = SPONSOR;
    other.refused(GenerionError::WrongStudy);
    Case::new(19)
        .edit(2, |application: &mut ApplicationAccount| {
            application.state.rent_payer = ADMITTER
        })
        .refused(GenerionError::WrongRentPayer);
}

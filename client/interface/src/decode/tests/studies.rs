//! The instructions of studies.

use generion::{
    args::{Disclosures, Rest},
    proof::disclosure::{Disclosure, RequiredDisclosure},
};

use super::*;

/// The id of the study.
const ID: u64 = 7;

fn join_args() -> JoinStudyArgs {
    JoinStudyArgs {
        description_hash: [21; 32],
        deadline: -22,
        disclosures: Disclosures(vec![RequiredDisclosure {
            requirement: 1,
            disclosure: Disclosure {
                salt: [23; 32],
                siblings: [[24; 32]; 5],
            },
        }]),
    }
}

/// One of each, in the order of their tags, as clients build them.
pub(super) fn built() -> Vec<Instruction> {
    let build = Instructions::default();
    let (sponsor, participant, payer) = (wallet(1), wallet(2), wallet(3));
    let study = build.addresses.study(&sponsor, ID);
    let (order, application) = (wallet(12), wallet(13));
    let application_state = state::Application {
        study,
        order,
        participant,
        rent_payer: payer,
        ..Zeroable::zeroed()
    };
    let study_state = state::Study {
        sponsor,
        rent_payer: payer,
        ..Zeroable::zeroed()
    };
    let create_args = CreateStudyArgs {
        id: ID,
        reward: 1,
        closes_at: 2,
        delivery_window: 3,
        admission: 0,
        record_count: 4,
        requirement_count: 0,
        creator_count: 0,
        study_key: [5; 32],
        description_hash: [21; 32],
        admitter: Some(wallet(6)),
        tail: Rest(vec![b'u']),
    };
    let apply_args = ApplyArgs {
        description_hash: [21; 32],
        letter: Rest(vec![9; 304]),
    };
    vec![
        build.create_study(sponsor, payer, create_args),
        build.update_study(sponsor, study, UpdateStudyArgs { closes_at: Some(9) }),
        build.withdraw_budget(
            sponsor,
            WithdrawBudgetArgs {
                id: ID,
                lamports: 8,
            },
        ),
        build.join_study(participant, study, order, &[wallet(14)], join_args()),
        build.apply(participant, payer, study, order, apply_args),
        build.admit(
            wallet(6),
            application,
            &application_state,
            AdmitArgs { terms: [4; 32] },
        ),
        build.withdraw_application(participant, application, &application_state),
        build.close_seat(sponsor, &participant, CloseSeatArgs { id: ID }),
        build.close_study(study, &study_state),
    ]
}

#[test]
fn a_join_is_decoded_with_its_disclosures_and_records() {
    let build = Instructions::default();
    let study = build.addresses.study(&wallet(1), ID);
    let vault = build.addresses.vault(&study);
    let join = Decoded::JoinStudy(JoinStudy {
        participant: wallet(2),
        study,
        vault,
        order: wallet(12),
        seat: build.addresses.seat(&vault, &wallet(2)),
        system_program: Address::default(),
        args: join_args(),
        records: vec![wallet(14)],
    });
    assert_eq!(decode(&built()[3]), Ok(join));
}

/// Tails, letters and disclosures reach to the end of the data, so only the part before them has one length.
#[test]
fn data_of_another_length_are_refused() {
    for (instruction, fixed) in built().iter().zip([
        // Tag, four numbers, four bytes, key, hash, admitter.
        1 + 28 + 4 + 64 + 33,
        10,
        17,
        // Tag, hash and deadline.
        41,
        33,
        33,
        1,
        9,
        1,
    ]) {
        let name = decode(instruction).unwrap().name();
        for length in 1..fixed {
            let mut cut = instruction.clone();
            cut.data.truncate(length);
            assert_eq!(
                decode(&cut),
                Err(DecodeError::Arguments(name)),
                "{name}: {length} bytes"
            );
        }
        if instruction.data.len() == fixed || name == "join_study" {
            let mut longer = instruction.clone();
            longer.data.push(0);
            assert_eq!(decode(&longer), Err(DecodeError::Arguments(name)));
        }
    }
}

//! Studies, their seats and applications.

use generion_interface::accounts::{ApplicationAccount, StudyAccount};

use super::*;

const STUDY: Address = Address::new_from_array([55; 32]);
const APPLICATION: Address = Address::new_from_array([56; 32]);

/// When the study closes, unless it is extended or ended.
const CLOSES_AT: i64 = 5_000;

fn of_study(kind: ChangeKind) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        study: Some(STUDY),
        application: Some(APPLICATION),
        ..ChangeDetails::default()
    };
    (kind, details)
}

fn created_study(id: u64) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        user: Some(USER),
        study: Some(STUDY),
        id: Some(id),
        closes_at: Some(CLOSES_AT),
        ..ChangeDetails::default()
    };
    (ChangeKind::StudyCreated, details)
}

fn updated(closes_at: i64) -> (ChangeKind, ChangeDetails) {
    let (kind, details) = of_study(ChangeKind::StudyUpdated);
    let details = ChangeDetails {
        closes_at: Some(closes_at),
        ..details
    };
    (kind, details)
}

/// A seat by `StudyJoined` or `ParticipantAdmitted`, so many with this one.
fn seated(kind: ChangeKind, seats: u32) -> (ChangeKind, ChangeDetails) {
    let details = ChangeDetails {
        study: Some(STUDY),
        seats: Some(seats),
        purchase: Some(PURCHASE),
        order: Some(ORDER),
        record_count: Some(1),
        application: (kind == ChangeKind::ParticipantAdmitted).then_some(APPLICATION),
        ..ChangeDetails::default()
    };
    (kind, details)
}

fn study(closes_at: i64, seats: u32) -> ProgramAccount {
    ProgramAccount::Study(Box::new(StudyAccount {
        state: state::Study {
            closes_at,
            seats,
            ..Zeroable::zeroed()
        },
        tail: Vec::new(),
    }))
}

fn application() -> ProgramAccount {
    ProgramAccount::Application(Box::new(ApplicationAccount {
        state: Zeroable::zeroed(),
        letter: Vec::new(),
    }))
}

/// The words of the only gap.
#[track_caller]
fn told(
    changes: Vec<(ChangeKind, ChangeDetails)>,
    account: Address,
    present: ProgramAccount,
) -> String {
    only(gaps(changes, vec![(account, present)])).4
}

#[test]
fn whole_lives_have_no_gap() {
    use ChangeKind::{ApplicationWithdrawn, SeatClosed, StudyApplied, StudyClosed, StudyJoined};
    let open = vec![created_study(0), seated(StudyJoined, 1), updated(4_000)];
    assert_eq!(gaps(open, vec![(STUDY, study(4_000, 1))]), []);

    let seat = vec![
        seated(StudyJoined, 1),
        delivered(Some(SETTLE_BY)),
        settled(),
        of_purchase(SeatClosed),
    ];
    assert_eq!(gaps(seat, vec![(PURCHASE, ProgramAccount::None)]), []);

    let applied = vec![of_study(StudyApplied)];
    assert_eq!(gaps(applied, vec![(APPLICATION, application())]), []);
    for end in [
        seated(ChangeKind::ParticipantAdmitted, 1),
        of_study(ApplicationWithdrawn),
    ] {
        let changes = vec![of_study(StudyApplied), end];
        assert_eq!(gaps(changes, vec![(APPLICATION, ProgramAccount::None)]), []);
    }

    let closed = vec![created_study(0), of_study(StudyClosed)];
    assert_eq!(gaps(closed, vec![(STUDY, ProgramAccount::None)]), []);
}

#[test]
fn what_is_missing_in_between_is_told() {
    use ChangeKind::{ParticipantAdmitted, SeatClosed, StudyApplied, StudyJoined};
    let joined = vec![created_study(0), seated(StudyJoined, 2)];
    assert_eq!(
        told(joined, STUDY, study(CLOSES_AT, 2)),
        "its seats: 2 where 1 would follow"
    );
    // An id that follows the key's User account.
    let skipped = vec![key(0), created_study(1)];
    let ProgramAccount::User(mut present) = user(0, 0, 0) else {
        unreachable!("a user");
    };
    present.next_study_id = 2;
    assert_eq!(
        told(skipped, USER, ProgramAccount::User(present)),
        "its study ids: 1 where 0 would follow"
    );
    let unsettled = vec![seated(StudyJoined, 1), of_purchase(SeatClosed)];
    assert_eq!(
        told(unsettled, PURCHASE, ProgramAccount::None),
        "its settlement"
    );
    let twice = vec![of_study(StudyApplied), of_study(StudyApplied)];
    assert_eq!(
        told(twice, APPLICATION, application()),
        "its admission or its withdrawal"
    );
    let admitted = vec![seated(ParticipantAdmitted, 1)];
    assert_eq!(
        told(admitted, APPLICATION, ProgramAccount::None),
        "its creation"
    );
}

#[test]
fn a_present_that_does_not_follow_is_told() {
    let life = || vec![created_study(0), seated(ChangeKind::StudyJoined, 1)];
    for (present, words) in [
        (
            study(CLOSES_AT + 1, 1),
            "its closing time: 5001 where 5000 would follow",
        ),
        (study(CLOSES_AT, 2), "its seats: 2 where 1 would follow"),
        (
            ProgramAccount::None,
            "it is not there, and nothing tells that it was closed",
        ),
    ] {
        assert_eq!(told(life(), STUDY, present), words);
    }
    assert_eq!(
        told(vec![], APPLICATION, application()),
        "it is there, and nothing tells that it was created"
    );
}

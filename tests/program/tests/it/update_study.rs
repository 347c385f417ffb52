//! `update_study`: its effects, and each of its refusals.

use generion::{GenerionError, events::StudyUpdated, state::Study};
use generion_interface::events::Event;
use generion_program_tests::code_of;

use crate::{
    matrix::{self, Case, Role},
    research::{OPEN_FOR, Research},
};

/// The researcher updates the study, which then closes at this time.
#[track_caller]
fn updates(research: &mut Research, closes_at: Option<i64>, then: i64) {
    let before = research.state();
    let update = research.update(closes_at);
    let landed = research
        .scene
        .world
        .lands(update, &[&research.researcher.wallet]);
    let event = StudyUpdated {
        study: research.study,
        sponsor: research.researcher.address(),
        closes_at: then.into(),
    };
    landed.assert_did(&[], &[research.study], Event::StudyUpdated(event));
    let expected = Study {
        closes_at: then,
        ..before
    };
    assert_eq!(research.state(), expected);
}

#[track_caller]
fn refuses(research: &mut Research, closes_at: Option<i64>, error: GenerionError) {
    let update = research.update(closes_at);
    let signers = [&research.researcher.wallet];
    research.scene.world.refuses(update, &signers, error);
}

/// A study is extended as often as its sponsor likes, and ended with 300 seconds' notice.
#[test]
fn a_study_is_extended_and_ended() {
    let mut research = Research::open(1, 1, 1);
    let now = research.scene.world.time();
    let closes_at = now + OPEN_FOR;
    updates(&mut research, Some(closes_at + 1), closes_at + 1);
    updates(&mut research, Some(i64::MAX), i64::MAX);
    updates(&mut research, None, now + 300);
}

/// An end is never undone.
#[test]
fn an_end_is_never_undone() {
    let mut research = Research::open(2, 1, 1);
    let closes_at = research.state().closes_at;
    for same_or_earlier in [closes_at, closes_at - 1, 0, i64::MIN] {
        refuses(
            &mut research,
            Some(same_or_earlier),
            GenerionError::ClosingTime,
        );
    }
    research.scene.world.set_time(closes_at - 301);
    updates(&mut research, None, closes_at - 1);
    for later in [None, Some(closes_at), Some(i64::MAX)] {
        refuses(&mut research, later, GenerionError::ClosingTime);
        research.scene.world.set_time(closes_at - 2);
        refuses(&mut research, later, GenerionError::ClosingTime);
        research.scene.world.set_time(closes_at - 1);
        refuses(&mut research, later, GenerionError::StudyOver);
        research.scene.world.set_time(closes_at - 301);
    }
}

/// Every account in every wrong way.
#[test]
fn refuses_wrong_accounts_and_data() {
    let mut research = Research::open(3, 1, 1);
    let other = research.scene.world.user();
    let own = std::mem::replace(&mut research.researcher, other);
    let args = research.args(1, 1, |_| {});
    let theirs = research.create_study(args);
    let other_study = theirs.accounts[3].pubkey;
    let signers = [&research.researcher.wallet, &research.scene.sponsor.wallet];
    research.scene.world.lands(theirs, &signers);
    research.researcher = own;
    let valid = research.update(Some(i64::MAX));
    let others = [(1, other_study, code_of(GenerionError::WrongSponsor))];
    matrix::check(
        &mut research.scene.world,
        &research.scene.sponsor,
        Case {
            valid: &valid,
            signers: &[&research.researcher.wallet],
            roles: &[Role::Signer, Role::Stored],
            others: &others,
            swapped: &[],
            truncated: &matrix::cut_short,
        },
    );
}

use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateStudyArgs, JoinStudyArgs, UpdateStudyArgs,
    WithdrawBudgetArgs,
    args::{Disclosures, Rest},
    proof::disclosure::{Disclosure, RequiredDisclosure},
    state::{Application, Study},
};
use generion_interface::Instructions;
use serde_json::{Value, json};
use solana_address::Address;

use super::case::Case;
use crate::vectors::{
    accounts::samples,
    support::{base58, decimal, hex, program, seed, wallet_address},
    terms::increasing,
};

/// The id of the study in all cases.
const ID: u64 = 2;

pub(super) fn all() -> Vec<Case> {
    sponsors().into_iter().chain(participants()).collect()
}

fn sponsors() -> Vec<Case> {
    let build = Instructions::new(program());
    let [researcher, patient, sponsor] = ["researcher", "patient", "sponsor"].map(wallet_address);
    let study = build.addresses.study(&researcher, ID);
    let application = build.addresses.application(&study, &patient);
    let applied = application_state(study, build.addresses.order(&patient, 5));
    let withdrawal = WithdrawBudgetArgs {
        id: ID,
        lamports: 250_000_000,
    };
    let withdrawal_json = json!({
        "id": decimal(withdrawal.id),
        "lamports": decimal(withdrawal.lamports),
    });
    let create_names = || vec!["sponsor", "payer", "user", "study", "system_program"];
    let by_selection = create_study(1, Some(wallet_address("admitter")), samples::study().tail);
    let for_everybody = create_study(0, None, Vec::new());
    let update = |closes_at: Option<i64>| {
        (
            "update_study",
            vec!["sponsor", "study"],
            json!({"closes_at": closes_at.map(decimal)}),
            build.update_study(researcher, study, UpdateStudyArgs { closes_at }),
        )
    };
    vec![
        (
            "create_study",
            create_names(),
            create_study_json(&by_selection),
            build.create_study(researcher, sponsor, by_selection),
        ),
        (
            "create_study",
            create_names(),
            create_study_json(&for_everybody),
            build.create_study(researcher, researcher, for_everybody),
        ),
        update(Some(1_800_000_000i64)),
        update(None),
        (
            "withdraw_budget",
            vec!["sponsor", "study", "vault", "system_program"],
            withdrawal_json,
            build.withdraw_budget(researcher, withdrawal),
        ),
        (
            "admit",
            vec![
                "admitter",
                "study",
                "vault",
                "application",
                "rent_payer",
                "order",
                "seat",
                "system_program",
            ],
            json!({"terms": hex(seed("terms"))}),
            build.admit(
                wallet_address("admitter"),
                application,
                &applied,
                AdmitArgs {
                    terms: seed("terms"),
                },
            ),
        ),
        (
            "close_seat",
            vec!["sponsor", "study", "vault", "seat"],
            json!({"id": decimal(ID)}),
            build.close_seat(researcher, &patient, CloseSeatArgs { id: ID }),
        ),
        (
            "close_study",
            vec!["sponsor", "study", "rent_payer"],
            json!({}),
            build.close_study(
                study,
                &Study {
                    sponsor: researcher,
                    rent_payer: sponsor,
                    ..bytemuck::Zeroable::zeroed()
                },
            ),
        ),
    ]
}

fn participants() -> Vec<Case> {
    let build = Instructions::new(program());
    let [researcher, patient, sponsor] = ["researcher", "patient", "sponsor"].map(wallet_address);
    let study = build.addresses.study(&researcher, ID);
    let order = build.addresses.order(&patient, 5);
    let application = build.addresses.application(&study, &patient);
    let join = |records: &[Address], shown: &[(u8, &str)]| {
        let args = join_study(shown);
        let mut names = vec![
            "participant",
            "study",
            "vault",
            "order",
            "seat",
            "system_program",
        ];
        names.extend(records.iter().map(|_| "records"));
        (
            "join_study",
            names,
            join_study_json(&args),
            build.join_study(patient, study, order, records, args),
        )
    };
    let letter = ApplyArgs {
        description_hash: seed("description"),
        letter: Rest((0..304).map(|i| i as u8).collect()),
    };
    let letter_json = json!({
        "description_hash": hex(letter.description_hash),
        "letter": hex(&letter.letter.0),
    });
    vec![
        join(&increasing(&["one"]), &[(0, "first")]),
        join(
            &increasing(&["one", "two", "three"]),
            &[(4, "first"), (0, "second"), (255, "third")],
        ),
        (
            "apply",
            vec![
                "participant",
                "payer",
                "study",
                "order",
                "application",
                "system_program",
            ],
            letter_json,
            build.apply(patient, sponsor, study, order, letter),
        ),
        (
            "withdraw_application",
            vec!["authority", "study", "application", "rent_payer"],
            json!({}),
            build.withdraw_application(patient, application, &application_state(study, order)),
        ),
    ]
}

/// Its counts are those of the sample study's tail, or of an empty one.
fn create_study(admission: u8, admitter: Option<Address>, tail: Vec<u8>) -> CreateStudyArgs {
    let count = if tail.is_empty() { 0 } else { 2 };
    CreateStudyArgs {
        id: ID,
        reward: 250_000_000,
        closes_at: 1_790_000_000,
        delivery_window: 86_400,
        admission,
        record_count: 1,
        requirement_count: count,
        creator_count: count,
        study_key: seed("study key"),
        description_hash: seed("description"),
        admitter,
        tail: Rest(tail),
    }
}

fn create_study_json(args: &CreateStudyArgs) -> Value {
    json!({
        "id": decimal(args.id),
        "reward": decimal(args.reward),
        "closes_at": decimal(args.closes_at),
        "delivery_window": args.delivery_window,
        "admission": args.admission,
        "record_count": args.record_count,
        "requirement_count": args.requirement_count,
        "creator_count": args.creator_count,
        "study_key": hex(args.study_key),
        "description_hash": hex(args.description_hash),
        "admitter": args.admitter.as_ref().map(base58),
        "tail": hex(&args.tail.0),
    })
}

/// Discloses, by requirement, facts of these names.
fn join_study(shown: &[(u8, &str)]) -> JoinStudyArgs {
    let disclosure = |&(requirement, name): &(u8, &str)| RequiredDisclosure {
        requirement,
        disclosure: Disclosure {
            salt: seed(&format!("{name} salt")),
            siblings: std::array::from_fn(|level| seed(&format!("{name} sibling {level}"))),
        },
    };
    JoinStudyArgs {
        description_hash: seed("description"),
        deadline: 1_790_086_280,
        disclosures: Disclosures(shown.iter().map(disclosure).collect()),
    }
}

fn join_study_json(args: &JoinStudyArgs) -> Value {
    let disclosure = |shown: &RequiredDisclosure| {
        json!({
            "requirement": shown.requirement,
            "disclosure": {
                "salt": hex(shown.disclosure.salt),
                "siblings": shown.disclosure.siblings.map(hex),
            },
        })
    };
    json!({
        "description_hash": hex(args.description_hash),
        "deadline": decimal(args.deadline),
        "disclosures": args.disclosures.0.iter().map(disclosure).collect::<Vec<_>>(),
    })
}

/// An application of the patient's, for which the sponsor paid the rent.
fn application_state(study: Address, order: Address) -> Application {
    Application {
        study,
        order,
        participant: wallet_address("patient"),
        rent_payer: wallet_address("sponsor"),
        ..bytemuck::Zeroable::zeroed()
    }
}

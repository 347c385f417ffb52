//! The sizes of transactions: which ones fit 1,232 bytes, with the instructions that a client puts before them
//! (`docs/PERFORMANCE.md` has the table).

use generion::{
    CreateOrderArgs,
    constants::{LABEL_LEN, MAX_LOCATOR_LEN, MAX_ORDER_RECORDS},
};
use generion_program_tests::{MAX_TRANSACTION_BYTES, World};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::support::{Scene, order_args};

/// No, one and two instructions for the compute budget: a limit, and a price (of nothing, which is as long as any).
fn budgets() -> [Vec<Instruction>; 3] {
    let budget = |data: Vec<u8>| Instruction {
        program_id: Address::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: vec![],
        data,
    };
    let limit = budget([&[2][..], &400_000_u32.to_le_bytes()].concat());
    let price = budget([&[3][..], &0_u64.to_le_bytes()].concat());
    [vec![], vec![limit.clone()], vec![limit, price]]
}

/// The sizes beside no, one and two budget instructions.
fn sizes(world: &World, instructions: &[Instruction], signers: &[&Keypair]) -> [usize; 3] {
    budgets().map(|budget| world.size_of(&[&budget[..], instructions].concat(), signers))
}

/// Lands beside as many budget instructions as fit; how many those are.
#[track_caller]
fn lands(world: &World, instructions: &[Instruction], signers: &[&Keypair]) -> usize {
    let fit = |budget: &Vec<Instruction>| {
        let all = [&budget[..], instructions].concat();
        world.size_of(&all, signers) <= MAX_TRANSACTION_BYTES
    };
    let budget = budgets().into_iter().rfind(fit).expect("it fits alone");
    world
        .clone()
        .send(&[&budget[..], instructions].concat(), signers)
        .unwrap_or_else(|refused| panic!("refused: {refused:#?}"));
    budget.len()
}

/// Deliveries and settlements have the published sizes, with and without compute-budget instructions and a separate
/// payer.
#[test]
fn of_a_delivery_and_its_settlement() {
    let mut scene = Scene::new(1);
    let (seller, agent) = (
        [&scene.patient.wallet.insecure_clone()],
        [&scene.stranger.wallet.insecure_clone()],
    );
    // Records; paid for by the seller; by an account of an agent's own, which is the same: the seller has no part in it.
    let deliveries = [
        (1, [447, 487, 499]),
        (8, [1_126, 1_166, 1_178]),
        (9, [1_223, 1_263, 1_275]),
    ];
    for (count, expected) in deliveries {
        let (_, purchase) = scene.sold(count);
        let deliver = [scene.delivery(&purchase, 0, count)];
        assert_eq!(sizes(&scene.world, &deliver, &seller), expected, "{count}");
        assert_eq!(sizes(&scene.world, &deliver, &agent), expected, "{count}");
        let beside = lands(&scene.world, &deliver, &agent);
        assert_eq!(beside, if count == 9 { 0 } else { 2 });

        let settle = scene.settle(&purchase);
        let alone = [settle.clone()];
        assert_eq!(sizes(&scene.world, &alone, &seller), [269, 309, 321]);
        assert_eq!(sizes(&scene.world, &alone, &agent), [301, 341, 353]);
        let [deliver] = deliver;
        let both = [deliver, settle];
        if count == 1 {
            assert_eq!(sizes(&scene.world, &both, &seller), [486, 526, 538]);
            assert_eq!(sizes(&scene.world, &both, &agent), [518, 558, 570]);
            assert_eq!(lands(&scene.world, &both, &agent), 2);
        }
        scene.world.send(&both[..1], &seller).expect("lands");
        assert_eq!(lands(&scene.world, &alone, &agent), 2);
    }
}

/// The largest record fits, with compute-budget instructions and a separate payer.
#[test]
fn of_the_largest_record() {
    let mut scene = Scene::new(2);
    let longest = vec![7; MAX_LOCATOR_LEN];
    let record = scene
        .world
        .new_record_of(&scene.clinic, &scene.patient, |args| {
            args.locator.clone_from(&longest)
        });
    let own = [scene
        .world
        .create_record(&scene.clinic, &scene.patient, &record)];
    let sponsored = [scene.create_record(&record)];
    let clinic = [&scene.clinic.wallet];
    let both = [&scene.sponsor.wallet, &scene.clinic.wallet];
    assert_eq!(sizes(&scene.world, &own, &clinic), [964, 1_004, 1_016]);
    assert_eq!(
        sizes(&scene.world, &sponsored, &both),
        [1_060, 1_100, 1_112]
    );
    assert_eq!(lands(&scene.world, &own, &clinic), 2);
    assert_eq!(lands(&scene.world, &sponsored, &both), 2);
}

/// The number of records that fit an order depends on its payer, its only buyer and its compute-budget instructions, as
/// published.
#[test]
fn of_the_largest_orders() {
    let mut scene = Scene::new(3);
    let records = scene.records(MAX_ORDER_RECORDS);
    let (seller, sponsor) = (
        scene.patient.wallet.insecure_clone(),
        scene.sponsor.wallet.insecure_clone(),
    );
    let (payer, buyer) = (scene.sponsor.address(), scene.buyer.address());
    let create = |count: usize, payer: Address, only_buyer: Option<Address>| {
        let args = CreateOrderArgs {
            only_buyer,
            label: "x".repeat(LABEL_LEN),
            ..order_args(0)
        };
        let instructions = scene.world.instructions;
        [instructions.create_order(scene.patient.address(), payer, &records[..count], args)]
    };
    let own = [&seller];
    let seller_address = scene.patient.address();
    let both = [&sponsor, &seller];
    let all = |payer, only_buyer, signers: &[&Keypair]| {
        sizes(&scene.world, &create(24, payer, only_buyer), signers)
    };
    assert_eq!(all(seller_address, None, &own), [1_152, 1_192, 1_204]);
    assert_eq!(
        all(seller_address, Some(buyer), &own),
        [1_184, 1_224, 1_236]
    );
    assert_eq!(all(payer, None, &both), [1_248, 1_288, 1_300]);
    assert_eq!(all(payer, Some(buyer), &both), [1_280, 1_320, 1_332]);

    // The most records that fit beside no, one and two budget instructions.
    let most = |payer, only_buyer, signers: &[&Keypair]| {
        let fit = |beside: usize| {
            let counts = 1..=MAX_ORDER_RECORDS;
            let count = counts
                .rev()
                .find(|count| {
                    let order = create(*count, payer, only_buyer);
                    sizes(&scene.world, &order, signers)[beside] <= MAX_TRANSACTION_BYTES
                })
                .expect("one fits");
            let order = create(count, payer, only_buyer);
            assert!(lands(&scene.world, &order, signers) >= beside);
            count
        };
        [0, 1, 2].map(fit)
    };
    assert_eq!(most(seller_address, None, &own), [24, 24, 24]);
    assert_eq!(most(seller_address, Some(buyer), &own), [24, 24, 23]);
    assert_eq!(most(payer, None, &both), [23, 22, 21]);
    assert_eq!(most(payer, Some(buyer), &both), [22, 21, 20]);
}

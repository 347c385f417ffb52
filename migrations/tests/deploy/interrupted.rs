//! Deployments that are killed, and answers that are lost. The next run finishes, and nothing is done twice.

use std::fs;

use generion_test_support::{SOL, eventually};

use crate::{
    door::{Door, Trouble},
    stage::{Ended, Stage, Wallet, binary, longer},
};

struct Scene {
    stage: Stage,
    wallet: Wallet,
    program: Wallet,
    /// Transactions that a deployment without trouble takes: buffer, parts, program.
    parts: usize,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new();
        let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
        stage.recorded("artifact", &program.address(), binary());
        let node = stage.node();
        let deployment = stage.deployment(&node, &wallet, &program, binary());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let parts = runtime.block_on(deployment.plan()).unwrap().all_writes;
        assert!(
            parts > 40,
            "{parts} parts are too few for what is tested here"
        );
        Self {
            stage,
            wallet,
            program,
            parts,
        }
    }

    fn buffer(&self) -> solana_address::Address {
        let (wallet, program) = (self.wallet.address(), self.program.address());
        generion_deploy::buffer_address(&wallet, &program, binary())
    }

    /// A run through a door.
    fn run(&self, door: &Door) -> Ended {
        let flags = [
            "-k",
            self.wallet.path(),
            "--program-id",
            self.program.path(),
            "--yes",
        ];
        let artifact = self.stage.path("artifact");
        door.run(self.stage.command(&door.url, &artifact, &flags))
    }

    #[track_caller]
    fn is_killed(&self, trouble: Trouble) {
        let ended = self.run(&Door::new(&self.stage, trouble));
        assert_eq!(ended.code, None, "{}", ended.stderr);
        assert!(!self.stage.path("deployments/localnet.json").exists());
    }

    /// A run without trouble, and how many transactions it took.
    #[track_caller]
    fn finishes(&self) -> usize {
        let door = Door::new(&self.stage, Trouble::None);
        let ended = self.run(&door);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(self.stage.code(&self.program.address()).unwrap(), binary());
        assert!(self.stage.path("deployments/localnet.json").exists());
        door.sent()
    }

    /// Waits until what was sent has landed: so many parts are in the buffer, as a new run would find.
    #[track_caller]
    fn has_written(&self, parts: usize) {
        eventually("the parts have landed", || {
            (self.written() >= parts).then_some(())
        });
        assert_eq!(self.written(), parts);
    }

    fn written(&self) -> usize {
        let node = self.stage.node();
        let deployment = self
            .stage
            .deployment(&node, &self.wallet, &self.program, binary());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let plan = runtime.block_on(deployment.plan()).unwrap();
        self.parts - plan.writes
    }
}

#[test]
fn killed_while_it_writes() {
    let scene = Scene::new();
    // The buffer, and then 20 parts.
    scene.is_killed(Trouble::KillBefore(1 + 20 + 1));
    scene.has_written(20);
    let code = scene.stage.rpc.get_account_data(&scene.buffer()).unwrap();
    assert_ne!(code[37..], *binary());

    // And a second time, further on.
    scene.is_killed(Trouble::KillBefore(10));
    scene.has_written(29);
    assert_eq!(
        scene.finishes(),
        scene.parts - 29 + 1,
        "the missing parts and the program"
    );
    assert_eq!(scene.stage.lamports(&scene.buffer()), 0);
}

/// Killed when the transaction has landed, and nobody has heard of it.
#[test]
fn killed_after_a_step_that_it_did_not_see_the_end_of() {
    let scene = Scene::new();
    scene.is_killed(Trouble::KillAfter(1));
    eventually("the buffer is there", || {
        (scene.stage.lamports(&scene.buffer()) > 0).then_some(())
    });
    scene.has_written(0);
    scene.is_killed(Trouble::KillAfter(scene.parts + 1));
    let id = scene.program.address();
    let code = eventually("the program is there", || scene.stage.code(&id));
    assert_eq!(code, binary());
    let before = scene.stage.lamports(&scene.wallet.address());
    assert_eq!(
        scene.finishes(),
        0,
        "all that is left is to verify and record"
    );
    assert_eq!(scene.stage.lamports(&scene.wallet.address()), before);
}

#[test]
fn lost_answers_make_nothing_happen_twice() {
    let scene = Scene::new();
    let door = Door::new(&scene.stage, Trouble::LoseAnswer(3));
    let ended = scene.run(&door);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(
        scene.stage.code(&scene.program.address()).unwrap(),
        binary()
    );
    assert_eq!(scene.stage.transactions(&scene.buffer()), scene.parts + 2);
}

#[test]
fn lost_transactions_are_sent_again_as_they_are() {
    let scene = Scene::new();
    let door = Door::new(&scene.stage, Trouble::LoseTransaction(10));
    let ended = scene.run(&door);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(door.sent() > scene.parts + 2);
    assert_eq!(
        scene.stage.code(&scene.program.address()).unwrap(),
        binary()
    );
    assert_eq!(scene.stage.transactions(&scene.buffer()), scene.parts + 2);
}

/// Two operators at once: both end with the program on the ledger.
#[test]
fn two_runs_at_once_do_no_harm() {
    let scene = Scene::new();
    let flags = [
        "-k",
        scene.wallet.path(),
        "--program-id",
        scene.program.path(),
        "--yes",
    ];
    let artifact = scene.stage.path("artifact");
    std::thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| scene.stage.run(&artifact, &flags)));
        for run in runs {
            let ended = run.join().unwrap();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        }
    });
    assert_eq!(
        scene.stage.code(&scene.program.address()).unwrap(),
        binary()
    );
    assert_eq!(scene.stage.lamports(&scene.buffer()), 0);
}

/// A deployment that nobody takes up again leaves lamports in its buffer.
#[test]
fn an_abandoned_deployments_lamports_come_back() {
    let scene = Scene::new();
    scene.is_killed(Trouble::KillBefore(10));
    scene.has_written(8);
    let held = scene.stage.lamports(&scene.buffer());
    assert!(held > 0);
    let before = scene.stage.lamports(&scene.wallet.address());
    let flags = [
        "--url",
        &scene.stage.url,
        "-k",
        scene.wallet.path(),
        "--close-buffers",
        "--yes",
    ];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_generion-deploy"));
    let ended = Ended::from(command.args(flags).output().unwrap());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains(&scene.buffer().to_string()),
        "{}",
        ended.stderr
    );
    assert_eq!(scene.stage.lamports(&scene.buffer()), 0);
    assert_eq!(
        scene.stage.lamports(&scene.wallet.address()),
        before + held - 5_000
    );

    // Another binary has a buffer of its own, and the deployment begins anew.
    fs::remove_dir_all(scene.stage.path("artifact")).unwrap();
    scene
        .stage
        .recorded("artifact", &scene.program.address(), &longer(5));
    let told = scene.stage.deploys(
        &scene.stage.path("artifact"),
        &[
            "-k",
            scene.wallet.path(),
            "--program-id",
            scene.program.path(),
        ],
    );
    assert_eq!(told["size"], longer(5).len());
}

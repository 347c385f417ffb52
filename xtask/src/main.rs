//! The project's own commands, run as `cargo xtask COMMAND`.
//!
//! | command | what it does |
//! | --- | --- |
//! | `demo` | builds the programs and plays the demo on real documents |
//! | `test` | builds everything and runs every check and test |
//! | `build-program` | builds the on-chain program and renews the committed binary |
//! | `fuzz` | runs the fuzz targets |
//! | `agave-test` | runs the suites that need a validator on Agave's validator |
//! | `anchor-test` | runs `anchor build`, `anchor test` and `anchor deploy` |
//! | `deploy` | deploys or upgrades the program on a cluster, and verifies it |
//! | `bench-store` | measures encryption and the store beside other tools |
//! | `bench-import` | measures the import of an export of a hospital's system |
//! | `bench-gateway` | measures the gateway's index and lists |
//! | `contract-test` | asks a gateway everything that its OpenAPI document allows |
//! | `idl` | renews the program's interface description |
//! | `compute-units` | measures the program and renews the committed figures |
//! | `mutants` | changes the program and the cryptography, and lists the changes that no test detects |
//! | `fhir` | renews the client library's tables of FHIR R4 |
//! | `vectors` | renews the known answers for other implementations |
//! | `package-debian` | makes the Debian packages of the servers |
//! | `web` | builds the web app |
//! | `test-list` | renews the list of the program's tests in docs/TESTING.md |

mod agave_test;
mod anchor_test;
mod bench_gateway;
mod bench_import;
mod bench_store;
mod build_program;
mod compute_units;
mod contract_test;
mod demo;
mod deploy;
mod fhir;
mod fuzz;
mod idl;
mod launch;
mod links;
mod mutants;
mod package_debian;
mod system;
mod test;
mod test_list;
mod tool;
mod vectors;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The project's own commands"
)]
enum Command {
    /// Build the programs and play the demo on real documents
    Demo(launch::Arguments),
    /// Build everything and run every check and test
    Test(test::Arguments),
    /// Build the on-chain program and renew the committed binary
    BuildProgram(build_program::Arguments),
    /// Run the fuzz targets
    Fuzz(fuzz::Arguments),
    /// Run the end-to-end tests and the validator suite on Agave's solana-test-validator
    AgaveTest(agave_test::Arguments),
    /// Run `anchor build`, `anchor test` and `anchor deploy`
    AnchorTest,
    /// Build the program in place of `cargo build-sbf`, for the shim of `anchor-test`
    #[command(hide = true)]
    BuildSbf,
    /// Deploy or upgrade the on-chain program, and verify it on the ledger
    Deploy(launch::Arguments),
    /// Measure encryption beside rage and age, and the store beside nginx
    BenchStore(launch::Arguments),
    /// Measure the import of a hospital's export: time and memory, of so many resources and patients
    BenchImport(launch::Arguments),
    /// Measure the gateway: indexing, and lists at a million records
    BenchGateway(launch::Arguments),
    /// Ask a gateway everything that its OpenAPI document allows, with generated inputs
    ContractTest(contract_test::Arguments),
    /// Renew the program's interface description, idl/generion.json
    Idl,
    /// Measure the program and renew the committed figures
    ComputeUnits(compute_units::Arguments),
    /// Change the program and the cryptography in small ways, and list the changes that no test detects
    Mutants(mutants::Arguments),
    /// Renew the client library's tables of FHIR R4 from HL7's definitions
    Fhir(fhir::Arguments),
    /// Renew the known answers for other implementations, programs/generion/vectors
    Vectors,
    /// Make the Debian packages of the servers
    PackageDebian(package_debian::Arguments),
    /// Build the web app into a folder that any web server can serve
    Web(web::Arguments),
    /// Renew the list of the program's tests in docs/TESTING.md
    TestList,
}

fn main() -> ExitCode {
    let command = Command::parse();
    let done = Workspace::open().and_then(|workspace| match command {
        Command::Demo(arguments) => demo::run(&workspace, arguments),
        Command::Test(arguments) => test::run(&workspace, arguments),
        Command::BuildProgram(arguments) => build_program::run(&workspace, arguments),
        Command::Fuzz(arguments) => fuzz::run(&workspace, arguments),
        Command::AgaveTest(arguments) => agave_test::run(&workspace, arguments),
        Command::AnchorTest => anchor_test::run(&workspace),
        Command::BuildSbf => anchor_test::build_sbf(&workspace),
        Command::Deploy(arguments) => deploy::run(&workspace, arguments),
        Command::BenchStore(arguments) => bench_store::run(&workspace, arguments),
        Command::BenchImport(arguments) => bench_import::run(&workspace, arguments),
        Command::BenchGateway(arguments) => bench_gateway::run(&workspace, arguments),
        Command::ContractTest(arguments) => contract_test::run(&workspace, arguments),
        Command::Idl => idl::run(&workspace),
        Command::ComputeUnits(arguments) => compute_units::run(&workspace, arguments),
        Command::Mutants(arguments) => mutants::run(&workspace, arguments),
        Command::Fhir(arguments) => fhir::run(&workspace, arguments),
        Command::Vectors => vectors::run(&workspace),
        Command::PackageDebian(arguments) => package_debian::run(&workspace, arguments),
        Command::Web(arguments) => web::run(&workspace, arguments),
        Command::TestList => test_list::run(&workspace),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

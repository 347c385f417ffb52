use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateStudyArgs, JoinStudyArgs, UpdateStudyArgs,
    WithdrawBudgetArgs, accounts, args::NoArgs, instruction, state,
};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use super::{Instructions, SYSTEM_PROGRAM};

impl Instructions {
    /// Signed by `sponsor` and `payer`.
    pub fn create_study(
        &self,
        sponsor: Address,
        payer: Address,
        args: CreateStudyArgs,
    ) -> Instruction {
        let user = self.addresses.user(&sponsor);
        let study = self.addresses.study(&sponsor, args.id);
        self.build(
            accounts::CreateStudy {
                sponsor,
                payer,
                user,
                study,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::CreateStudy {
                args: Box::new(args),
            },
        )
    }

    /// Signed by `sponsor`.
    pub fn update_study(
        &self,
        sponsor: Address,
        study: Address,
        args: UpdateStudyArgs,
    ) -> Instruction {
        self.build(
            accounts::UpdateStudy { sponsor, study },
            instruction::UpdateStudy { args },
        )
    }

    /// Signed by `sponsor`. The study is over, or closed already.
    pub fn withdraw_budget(&self, sponsor: Address, args: WithdrawBudgetArgs) -> Instruction {
        let study = self.addresses.study(&sponsor, args.id);
        let vault = self.addresses.vault(&study);
        self.build(
            accounts::WithdrawBudget {
                sponsor,
                study,
                vault,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::WithdrawBudget { args },
        )
    }

    /// Signed by `participant`. `records` are the order's, in the order's order. The arguments contain disclosures: do not
    /// simulate this instruction.
    pub fn join_study(
        &self,
        participant: Address,
        study: Address,
        order: Address,
        records: &[Address],
        args: JoinStudyArgs,
    ) -> Instruction {
        let vault = self.addresses.vault(&study);
        let seat = self.addresses.seat(&vault, &participant);
        let mut instruction = self.build(
            accounts::JoinStudy {
                participant,
                study,
                vault,
                order,
                seat,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::JoinStudy {
                args: Box::new(args),
            },
        );
        instruction.accounts.extend(
            records
                .iter()
                .map(|record| AccountMeta::new_readonly(*record, false)),
        );
        instruction
    }

    /// Signed by `participant` and `payer`.
    pub fn apply(
        &self,
        participant: Address,
        payer: Address,
        study: Address,
        order: Address,
        args: ApplyArgs,
    ) -> Instruction {
        let application = self.addresses.application(&study, &participant);
        self.build(
            accounts::Apply {
                participant,
                payer,
                study,
                order,
                application,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::Apply {
                args: Box::new(args),
            },
        )
    }

    /// Signed by the study's admitter.
    pub fn admit(
        &self,
        admitter: Address,
        application: Address,
        state: &state::Application,
        args: AdmitArgs,
    ) -> Instruction {
        let vault = self.addresses.vault(&state.study);
        let seat = self.addresses.seat(&vault, &state.participant);
        self.build(
            accounts::Admit {
                admitter,
                study: state.study,
                vault,
                application,
                rent_payer: state.rent_payer,
                order: state.order,
                seat,
                system_program: SYSTEM_PROGRAM,
            },
            instruction::Admit { args },
        )
    }

    /// Signed by `authority`: the participant, or the rent payer once the study is over or closed.
    pub fn withdraw_application(
        &self,
        authority: Address,
        application: Address,
        state: &state::Application,
    ) -> Instruction {
        self.build(
            accounts::WithdrawApplication {
                authority,
                study: state.study,
                application,
                rent_payer: state.rent_payer,
            },
            instruction::WithdrawApplication { _args: NoArgs {} },
        )
    }

    /// Signed by `sponsor`. The study is over, or closed already, and the participant's seat is settled.
    pub fn close_seat(
        &self,
        sponsor: Address,
        participant: &Address,
        args: CloseSeatArgs,
    ) -> Instruction {
        let study = self.addresses.study(&sponsor, args.id);
        let vault = self.addresses.vault(&study);
        let seat = self.addresses.seat(&vault, participant);
        self.build(
            accounts::CloseSeat {
                sponsor,
                study,
                vault,
                seat,
            },
            instruction::CloseSeat { args },
        )
    }

    /// Signed by the sponsor.
    pub fn close_study(&self, study: Address, state: &state::Study) -> Instruction {
        self.build(
            accounts::CloseStudy {
                sponsor: state.sponsor,
                study,
                rent_payer: state.rent_payer,
            },
            instruction::CloseStudy { _args: NoArgs {} },
        )
    }
}

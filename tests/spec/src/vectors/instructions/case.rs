use serde_json::Value;
use solana_instruction::Instruction;

/// The instruction's name, the names of the accounts, the arguments, and the instruction.
pub type Case = (&'static str, Vec<&'static str>, Value, Instruction);

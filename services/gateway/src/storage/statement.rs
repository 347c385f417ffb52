//! The statements of an update.

use std::collections::{BTreeSet, HashMap, HashSet};

use solana_signature::Signature;

use super::{
    account::{AccountKind, Value},
    transaction::{Direction, FoundTransaction, Progress, TransactionState, signature_value},
    update::Written,
};

/// The number of rows that one statement inserts. With 14 values a row it stays below the number of parameters of either
/// database.
const ROWS_PER_STATEMENT: usize = 64;
/// Addresses that one statement asks for.
pub(super) const ADDRESSES_PER_STATEMENT: usize = 256;

/// A statement with its parameters.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

/// Selects the last known states of addresses, also of those without an account.
pub(super) fn known_slots(addresses: usize) -> String {
    let list = parameters(addresses, 1);
    let tables = AccountKind::ALL.map(AccountKind::table);
    let tables = tables.into_iter().chain(["closed_accounts"]);
    tables
        .map(|table| format!("SELECT address, slot FROM {table} WHERE address IN {list}"))
        .collect::<Vec<_>>()
        .join(" UNION ALL ")
}

/// The statements that bring the tables to these states.
pub(super) fn statements(accounts: &[Written], known: &HashMap<Vec<u8>, i64>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let (mut present, mut closed, mut replaced) = (HashMap::new(), Vec::new(), HashSet::new());
    for account in accounts {
        if known.contains_key(account.address().as_ref()) {
            replaced.insert(*account.address());
        }
        match account {
            Written::Present { account: read, .. } => {
                let of_kind: &mut Vec<_> = present.entry(read.kind).or_default();
                of_kind.push(account);
            }
            Written::Closed { address, slot } => closed.push((address, *slot)),
        }
    }
    let replaced: Vec<_> = replaced.iter().map(Value::from).collect();
    for some in replaced.chunks(ADDRESSES_PER_STATEMENT) {
        let list = parameters(some.len(), 1);
        let tables = AccountKind::ALL.map(AccountKind::table);
        let of_address = tables.into_iter().chain(["closed_accounts"]);
        let of_address = of_address.map(|table| (table, "address"));
        for (table, column) in of_address.chain([("order_records", "order_address")]) {
            statements.push(Statement {
                sql: format!("DELETE FROM {table} WHERE {column} IN {list}"),
                values: some.to_vec(),
            });
        }
    }
    for kind in AccountKind::ALL {
        let rows: Vec<_> = present.remove(&kind).unwrap_or_default();
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        let mut columns = kind.columns().to_vec();
        columns.extend(COMMON_COLUMNS);
        statements.extend(inserts(kind.table(), &columns, &rows));
    }
    let records: Vec<_> = accounts.iter().flat_map(order_records).collect();
    statements.extend(inserts("order_records", &ORDER_RECORD_COLUMNS, &records));
    let closed: Vec<_> = closed
        .into_iter()
        .map(|(address, slot)| vec![Value::from(address), Value::Integer(to_column(slot))])
        .collect();
    statements.extend(inserts("closed_accounts", &["address", "slot"], &closed));
    statements
}

/// The statements that add new accounts. A node may list an account twice. SQLite searches each numbered parameter among all
/// those of a statement, so it gets parameters without numbers.
pub(super) fn appends(accounts: Vec<Written>, is_numbered: bool) -> Vec<Statement> {
    let mut rows: HashMap<AccountKind, Vec<Vec<Value>>> = HashMap::new();
    let mut records = Vec::new();
    for account in &accounts {
        records.extend(order_records(account));
        if let Written::Present { account: read, .. } = account {
            rows.entry(read.kind).or_default().push(row(account));
        }
    }
    let tables = AccountKind::ALL.map(|kind| {
        let columns = [kind.columns(), &COMMON_COLUMNS].concat();
        (
            kind.table(),
            columns,
            rows.remove(&kind).unwrap_or_default(),
        )
    });
    let of_orders = ("order_records", ORDER_RECORD_COLUMNS.to_vec(), records);
    let append = |(table, columns, rows): (&str, Vec<&str>, Vec<Vec<Value>>)| {
        let statements = rows.chunks(ROWS_PER_STATEMENT).map(|rows| {
            let tuple = format!("({})", vec!["?"; columns.len()].join(", "));
            let tuples = match is_numbered {
                true => numbered_tuples(columns.len(), rows.len()),
                false => vec![tuple.as_str(); rows.len()].join(", "),
            };
            Statement {
                sql: format!(
                    "INSERT INTO {table} ({}) VALUES {tuples} ON CONFLICT DO NOTHING",
                    columns.join(", ")
                ),
                values: rows.concat(),
            }
        });
        statements.collect::<Vec<_>>()
    };
    tables
        .into_iter()
        .chain([of_orders])
        .flat_map(append)
        .collect()
}

/// The columns of the records of orders.
const ORDER_RECORD_COLUMNS: [&str; 2] = ["order_address", "record_address"];

/// The columns that all kinds have, in the order of [`row`].
const COMMON_COLUMNS: [&str; 6] = [
    "address",
    "lamports",
    "slot",
    "signature",
    "disputed",
    "data",
];

fn row(written: &Written) -> Vec<Value> {
    let Written::Present {
        account,
        signature,
        disputed,
    } = written
    else {
        return Vec::new();
    };
    let mut values = account.columns.clone();
    values.extend([
        Value::from(&account.address),
        Value::Integer(to_column(account.lamports)),
        Value::Integer(to_column(account.slot)),
        match signature {
            Some(signature) => Value::Bytes(signature.as_ref().to_vec()),
            None => Value::NoBytes,
        },
        Value::Flag(*disputed),
        Value::Bytes(account.data.clone()),
    ]);
    values
}

fn order_records(written: &Written) -> Vec<Vec<Value>> {
    let Written::Present { account, .. } = written else {
        return Vec::new();
    };
    let row = |record| vec![Value::from(&account.address), Value::from(record)];
    account.records.iter().map(row).collect()
}

/// Inserts rows, some at a time.
pub(super) fn inserts(table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Vec<Statement> {
    let insert = |rows: &[Vec<Value>]| Statement {
        sql: format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            numbered_tuples(columns.len(), rows.len())
        ),
        values: rows.concat(),
    };
    rows.chunks(ROWS_PER_STATEMENT).map(insert).collect()
}

/// `($1, $2), ($3, $4), ...`
fn numbered_tuples(columns: usize, rows: usize) -> String {
    let tuples = (0..rows).map(|row| parameters(columns, row * columns + 1));
    tuples.collect::<Vec<_>>().join(", ")
}

/// Removes the old row of a known transaction that reached the ledger once more in another slot.
pub(super) fn removal_of_transaction(found: &FoundTransaction) -> Vec<Statement> {
    let values = vec![signature_value(&found.signature)];
    let of_its_number = "ordinal IN (SELECT ordinal FROM transactions WHERE signature = $1)";
    let statement = |sql| Statement {
        sql,
        values: values.clone(),
    };
    vec![
        statement(format!(
            "DELETE FROM change_addresses WHERE {of_its_number}"
        )),
        statement(format!("DELETE FROM changes WHERE {of_its_number}")),
        statement("DELETE FROM transactions WHERE signature = $1".to_owned()),
        statement("DELETE FROM touched_accounts WHERE signature = $1".to_owned()),
    ]
}

pub(super) fn insertions_of_transactions(
    found: &[FoundTransaction],
    direction: Direction,
    (first, last): (Option<i64>, Option<i64>),
) -> Vec<Statement> {
    let (mut transactions, mut changes, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    let mut touched = Vec::new();
    let (mut ordinal, step) = match direction {
        Direction::Forward => (last.unwrap_or(0), 1),
        Direction::Backward => (first.unwrap_or(1), -1),
    };
    for one in found {
        ordinal += step;
        let slot = Value::Integer(to_column(one.slot));
        transactions.push(vec![
            signature_value(&one.signature),
            slot.clone(),
            Value::Integer(ordinal),
            one.block_time.map_or(Value::NoInteger, Value::Integer),
            Value::Flag(one.failed),
            Value::Integer(one.state.number()),
            one.unread.clone().map_or(Value::NoText, Value::Text),
        ]);
        let named: BTreeSet<_> = one.touched.iter().collect();
        touched.extend(
            (named.into_iter())
                .map(|address| vec![signature_value(&one.signature), Value::from(address)]),
        );
        for (position, change) in (0..).zip(&one.changes) {
            let place = [Value::Integer(ordinal), Value::Integer(position)];
            let mut row = place.to_vec();
            row.push(Value::Text(change.kind.to_owned()));
            row.push(Value::Text(change.body.clone()));
            changes.push(row);
            let concerned: BTreeSet<_> = change.addresses.iter().collect();
            addresses.extend(concerned.into_iter().map(|address| {
                let mut row = vec![Value::from(address), slot.clone()];
                row.extend(place.clone());
                // An attempt is no change of its kind.
                row.push(Value::Text(match one.failed {
                    true => String::new(),
                    false => change.kind.to_owned(),
                }));
                row
            }));
        }
    }
    let mut statements = inserts(
        "transactions",
        &[
            "signature",
            "slot",
            "ordinal",
            "block_time",
            "failed",
            "state",
            "unread",
        ],
        &transactions,
    );
    statements.extend(inserts(
        "changes",
        &["ordinal", "position", "kind", "body"],
        &changes,
    ));
    let columns = ["address", "slot", "ordinal", "position", "kind"];
    statements.extend(inserts("change_addresses", &columns, &addresses));
    let columns = ["signature", "address"];
    statements.extend(inserts("touched_accounts", &columns, &touched));
    statements
}

pub(super) fn changes_of_state(
    (signature, state): &(Signature, TransactionState),
) -> Vec<Statement> {
    let mut statements = vec![Statement {
        sql: "UPDATE transactions SET state = $1 WHERE signature = $2".to_owned(),
        values: vec![Value::Integer(state.number()), signature_value(signature)],
    }];
    if matches!(
        state,
        TransactionState::Finalized | TransactionState::Vanished
    ) {
        statements.push(Statement {
            sql: "DELETE FROM touched_accounts WHERE signature = $1".to_owned(),
            values: vec![signature_value(signature)],
        });
    }
    statements
}

pub(super) fn note_of_progress(progress: &Progress) -> Statement {
    Statement {
        sql: "INSERT INTO progress (id, snapshot_slot, followed_slot, finalized_slot, oldest, history_is_full, \
              node_slot, followed_at, complete_from_slot, snapshot_is_due) \
              VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET \
              snapshot_slot = excluded.snapshot_slot, followed_slot = excluded.followed_slot, \
              finalized_slot = excluded.finalized_slot, oldest = excluded.oldest, \
              history_is_full = excluded.history_is_full, node_slot = excluded.node_slot, \
              followed_at = excluded.followed_at, complete_from_slot = excluded.complete_from_slot, \
              snapshot_is_due = excluded.snapshot_is_due"
            .to_owned(),
        values: vec![
            Value::Integer(to_column(progress.snapshot_slot)),
            Value::Integer(to_column(progress.followed_slot)),
            Value::Integer(to_column(progress.finalized_slot)),
            progress
                .oldest
                .as_ref()
                .map_or(Value::NoBytes, signature_value),
            Value::Flag(progress.history_is_full),
            Value::Integer(to_column(progress.node_slot)),
            Value::Integer(progress.followed_at),
            Value::Integer(to_column(progress.complete_from_slot)),
            Value::Flag(progress.snapshot_is_due),
        ],
    }
}

/// `($1, $2, ...)`, from a number on.
pub(super) fn parameters(count: usize, from: usize) -> String {
    let names: Vec<_> = (from..from + count).map(|at| format!("${at}")).collect();
    format!("({})", names.join(", "))
}

pub(super) fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

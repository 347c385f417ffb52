use super::*;

fn records(filter: RecordFilter, descending: bool) -> List {
    List {
        filter: ListFilter::Records(filter),
        sort: Sort::Time,
        descending,
    }
}

fn at(value: i64) -> Position {
    Position {
        value,
        address: Address::default(),
    }
}

/// If a filter's bound and a cursor are on the same column, the statement has the tighter one.
#[test]
fn a_cursor_takes_the_place_of_the_bound_that_it_implies() {
    let from = RecordFilter {
        created_from: Some(100),
        ..RecordFilter::default()
    };
    let before = RecordFilter {
        created_before: Some(100),
        ..RecordFilter::default()
    };
    for (filter, descending, cursor, has_bound, has_cursor) in [
        (&from, false, 100, false, true),
        (&from, false, 99, true, false),
        (&from, true, 150, true, true),
        (&before, true, 99, false, true),
        (&before, true, 100, true, false),
        (&before, false, 50, true, true),
    ] {
        let list = records(filter.clone(), descending);
        let (sql, values) = list.statement(Some(&at(cursor)), 10);
        let case = format!("{sql}, cursor {cursor}");
        let bounds = ["created_at >= $", "created_at < $"];
        let shown = bounds.iter().any(|bound| sql.contains(bound));
        assert_eq!(
            (shown, sql.contains("(created_at, address)")),
            (has_bound, has_cursor),
            "{case}"
        );
        assert_eq!(values.len(), sql.matches('$').count(), "{case}");
    }
}

//! Joins the instructions of a transaction with the events that they logged.

use crate::{change::ChangeKind, details::ChangeDetails};

/// A change as an instruction shows it, as an event shows it, or as both do together.
type Shown = (ChangeKind, ChangeDetails);

/// A change, from an instruction and its event, or from one of them where the other is lost.
#[derive(Debug, PartialEq)]
pub(crate) struct Joined {
    /// The change.
    pub(crate) shown: Shown,
    /// The index of the instruction; `None`: it is lost.
    pub(crate) instruction: Option<usize>,
    /// Whether the event is in the log.
    pub(crate) is_logged: bool,
}

/// Each instruction logs one event, in the order in which the instructions ran. Either list may have lost any of its items, so
/// this joins the longest common subsequence of items that don't contradict each other. If two instructions could have logged
/// the same event, the first gets it, since a log loses its end first.
pub(crate) fn join(instructions: &[Shown], events: &[Shown]) -> Vec<Joined> {
    let both: Vec<Vec<Option<Shown>>> = instructions
        .iter()
        .map(|instruction| {
            let each = events.iter();
            each.map(|event| agree(instruction, event)).collect()
        })
        .collect();
    // How many pairs there are from the i-th instruction and the j-th event on.
    let mut pairs = vec![vec![0_usize; events.len() + 1]; instructions.len() + 1];
    for (i, row) in both.iter().enumerate().rev() {
        for (j, shown) in row.iter().enumerate().rev() {
            pairs[i][j] = match shown {
                Some(_) => pairs[i + 1][j + 1] + 1,
                None => pairs[i + 1][j].max(pairs[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut joined = Vec::new();
    while i < instructions.len() || j < events.len() {
        let shown = both.get(i).and_then(|row| row.get(j)?.as_ref());
        if let Some(shown) = shown {
            joined.push(Joined {
                shown: shown.clone(),
                instruction: Some(i),
                is_logged: true,
            });
            (i, j) = (i + 1, j + 1);
        } else if j == events.len()
            || (i < instructions.len() && pairs[i + 1][j] >= pairs[i][j + 1])
        {
            joined.push(Joined {
                shown: instructions[i].clone(),
                instruction: Some(i),
                is_logged: false,
            });
            i += 1;
        } else {
            joined.push(Joined {
                shown: events[j].clone(),
                instruction: None,
                is_logged: true,
            });
            j += 1;
        }
    }
    joined
}

/// The change that both show. The event shows which of its two ends `close_order` had.
fn agree((asked, instruction): &Shown, (kind, event): &Shown) -> Option<Shown> {
    (asked.instruction() == kind.instruction())
        .then(|| Some((*kind, instruction.with(event)?)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use solana_address::Address;

    use super::*;

    fn verified(record: u8) -> Shown {
        let details = ChangeDetails {
            record: Some(Address::new_from_array([record; 32])),
            ..ChangeDetails::default()
        };
        (ChangeKind::RecordVerified, details)
    }

    /// The change of [`verified`], as its event shows it.
    fn shown(record: u8) -> Shown {
        let (kind, details) = verified(record);
        let details = ChangeDetails {
            creator: Some(Address::new_from_array([9; 32])),
            ..details
        };
        (kind, details)
    }

    fn both(instruction: usize, record: u8) -> Joined {
        Joined {
            shown: shown(record),
            instruction: Some(instruction),
            is_logged: true,
        }
    }

    fn asked(instruction: usize, record: u8) -> Joined {
        Joined {
            shown: verified(record),
            instruction: Some(instruction),
            is_logged: false,
        }
    }

    fn event(record: u8) -> Joined {
        Joined {
            shown: shown(record),
            instruction: None,
            is_logged: true,
        }
    }

    #[test]
    fn what_agrees_is_joined_in_order() {
        let joined = join(&[verified(1), verified(2)], &[shown(1), shown(2)]);
        assert_eq!(joined, [both(0, 1), both(1, 2)]);
    }

    #[test]
    fn what_is_lost_on_either_side_is_left_over() {
        let three = [verified(1), verified(2), verified(3)];
        assert_eq!(
            join(&three, &[shown(1)]),
            [both(0, 1), asked(1, 2), asked(2, 3)]
        );
        assert_eq!(
            join(&three, &[shown(2)]),
            [asked(0, 1), both(1, 2), asked(2, 3)]
        );
        assert_eq!(
            join(&three[1..2], &[shown(1), shown(2), shown(3)]),
            [event(1), both(0, 2), event(3)]
        );
        assert_eq!(join(&three[..1], &[shown(7)]), [asked(0, 1), event(7)]);
        assert_eq!(join(&[], &[]), []);
    }

    /// If an event were joined with the first instruction that fits, two others would be left without theirs.
    #[test]
    fn as_many_as_possible_are_joined() {
        let instructions = [verified(1), verified(2), verified(3)];
        let joined = join(&instructions, &[shown(3), shown(1), shown(2)]);
        assert_eq!(joined, [event(3), both(0, 1), both(1, 2), asked(2, 3)]);
    }

    #[test]
    fn an_event_that_two_could_have_logged_goes_to_the_first() {
        let joined = join(&[verified(1), verified(1)], &[shown(1)]);
        assert_eq!(joined, [both(0, 1), asked(1, 1)]);
    }

    #[test]
    fn the_event_knows_whether_an_order_was_closed() {
        let order = Some(Address::new_from_array([1; 32]));
        let details = ChangeDetails {
            order,
            ..ChangeDetails::default()
        };
        let asked = (ChangeKind::SalesStopped, details.clone());
        let closed = (ChangeKind::OrderClosed, details);
        let joined = join(&[asked], std::slice::from_ref(&closed));
        assert_eq!(joined[0].shown, closed);
        assert_eq!(joined.len(), 1);
    }
}

//! Events in logs: only lines that the program itself logged count, and they are read completely.

use anchor_lang::wincode;
use arbitrary::{Arbitrary, Result, Unstructured};
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::events::{Event, from_logs};
use solana_address::Address;

use generion_native::memory::within;

/// Every event of docs/PROTOCOL.md, section 8: name, discriminator, bytes of its fields. In
/// `OrderCreated` the only buyer, a label and records follow.
const EVENTS: [(&str, u64, usize); 23] = [
    ("EncryptionKeySet", 0xe19a06f331329178, 32 + 4 + 32 + 64),
    ("RecordCreated", 0x0702204287a868e1, 6 * 32 + 8 + 4 + 1),
    ("RecordVerified", 0xdf59c6392ac1b041, 3 * 32),
    ("RecordDeleted", 0x7e4838adb7f907a4, 5 * 32 + 8),
    ("RecordShared", 0x3756ac6076ec9ec7, 5 * 32 + 8 + 8 + 4),
    ("ShareRevoked", 0xfa7315b39900587f, 5 * 32 + 8),
    ("OrderCreated", 0xe001e53ffe3cbe9f, ORDER_CREATED),
    ("SalesStopped", 0x48cb8be4a351883f, 2 * 32 + 4),
    ("OrderClosed", 0xed4d657b482b957b, 2 * 32 + 4 + 32 + 8),
    ("Purchased", 0x147021e8b1f8d7e9, 5 * 32 + 8 + 8 + 1),
    ("Delivered", 0x94b23cfa57319541, 5 * 32 + 8 + 1 + 1),
    ("Settled", 0xe8d228118e7c91ee, 5 * 32 + 8),
    ("Refunded", 0x236795f6c47bdd63, 5 * 32 + 8 + 8),
    ("PurchaseClosed", 0xcd620164ac4a4fb7, 4 * 32 + 8),
    ("StudyCreated", 0x45f94449dcde90e7, STUDY_CREATED),
    ("StudyUpdated", 0x4d6563c73e8e4b6d, 2 * 32 + 8),
    ("BudgetWithdrawn", 0x06205e4a4f03207a, 2 * 32 + 8),
    (
        "StudyJoined",
        0x970f05128e61e3ce,
        5 * 32 + 8 + 8 + 32 + 4 + 1,
    ),
    ("StudyApplied", 0xebb347af08d1d051, 5 * 32 + 8),
    (
        "ParticipantAdmitted",
        0x76a2c2f06a9421f2,
        5 * 32 + 8 + 8 + 32 + 4 + 2 * 32 + 8 + 1,
    ),
    ("ApplicationWithdrawn", 0xe322f99f773531a2, 5 * 32 + 8),
    ("SeatClosed", 0xd553af1fdc1969d3, 5 * 32 + 8),
    ("StudyClosed", 0x686abe4ddb08cc57, 2 * 32 + 4 + 32 + 8),
];

/// The part of `OrderCreated` that has a fixed size.
const ORDER_CREATED: usize = 3 * 32 + 8 + 8 + 8 + 4;

/// The part of `StudyCreated` that has a fixed size.
const STUDY_CREATED: usize = 6 * 32 + 4 * 8 + 4 + 4;

/// Memory that the decoder of `OrderCreated` reserves for label and records before it sees their bytes.
const ON_CREDIT: usize = 2 * wincode::config::DEFAULT_PREALLOCATION_SIZE_LIMIT;

/// Whether these are exactly the fields of an event.
fn are_fields(name: &str, size: usize, fields: &[u8]) -> bool {
    let Some((_, behind)) = fields.split_at_checked(size) else {
        return false;
    };
    let list = |bytes: &[u8]| -> Option<(usize, Vec<u8>)> {
        let (length, rest) = bytes.split_first_chunk()?;
        Some((u32::from_le_bytes(*length) as usize, rest.to_vec()))
    };
    if name == "StudyCreated" {
        return list(behind).is_some_and(|(count, tail)| count == tail.len());
    }
    if name != "OrderCreated" {
        return behind.is_empty();
    }
    let behind = match behind {
        [0, behind @ ..] => behind,
        [1, rest @ ..] if rest.len() >= 32 => &rest[32..],
        _ => return false,
    };
    let Some((length, rest)) = list(behind) else {
        return false;
    };
    let Some((label, records)) = rest.split_at_checked(length) else {
        return false;
    };
    let records =
        list(records).is_some_and(|(count, records)| count.checked_mul(32) == Some(records.len()));
    str::from_utf8(label).is_ok() && records
}

/// Each event as data, logs as text, and bytes to make logs from.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = EVENTS
        .iter()
        .map(|(_, discriminator, size)| {
            let mut fields = vec![7; *size];
            if *size == ORDER_CREATED {
                fields.extend_from_slice(b"\0\x02\0\0\0ab\x01\0\0\0");
                fields.extend_from_slice(&[9; 32]);
            }
            if *size == STUDY_CREATED {
                fields.extend_from_slice(b"\x03\0\0\0abc");
            }
            [&[0], &discriminator.to_be_bytes()[..], &fields].concat()
        })
        .collect();
    let (_, discriminator, size) = EVENTS[6];
    let for_one_buyer = [&[7; ORDER_CREATED][..], &[1], &[8; 32], &[0; 8]].concat();
    assert_eq!(size, ORDER_CREATED);
    seeds.push([&[0], &discriminator.to_be_bytes()[..], &for_one_buyer].concat());
    let id = generion::PROGRAM_ID;
    let data = BASE64_STANDARD.encode(&seeds[2][1..]);
    let log = format!(
        "\x01Program {id} invoke [1]\nProgram log: invoke\nProgram data: {data}\nProgram {id} success"
    );
    seeds.push(log.into_bytes());
    seeds.extend(
        (0..=255)
            .step_by(32)
            .map(|byte| [&[2], &[byte; 40][..]].concat()),
    );
    seeds
}

/// The first byte selects the meaning of the rest: an event's data, the text of a log, or bytes to make a log from.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 3 {
        0 => decode(bytes),
        1 => {
            if let Ok(text) = str::from_utf8(bytes) {
                // A line needs an entry of the stack and memory for its decoded data.
                within(ON_CREDIT + 64 * bytes.len() + 4096, "reading a log", || {
                    from_logs(&generion::ID, text.lines())
                });
            }
        }
        _ => made(bytes),
    }
}

fn decode(data: &[u8]) {
    let expected = EVENTS.iter().find(|(name, discriminator, size)| {
        let fields = data.strip_prefix(&discriminator.to_be_bytes());
        fields.is_some_and(|fields| are_fields(name, *size, fields))
    });
    let event = within(ON_CREDIT + 2 * data.len() + 256, "an event", || {
        Event::decode(data)
    });
    assert_eq!(
        event.as_ref().map(Event::name),
        expected.map(|(name, ..)| *name)
    );
    if let Some(event) = event {
        assert!(fields(&event) == data[8..], "{event:?}");
    }
}

/// An event's fields, in order.
fn fields(event: &Event) -> Vec<u8> {
    // Events of fixed size have no padding.
    macro_rules! of {
        ($($name:ident),*) => {
            match event {
                $(Event::$name(event) => bytemuck::bytes_of(event).to_vec(),)*
                Event::StudyCreated(event) => [
                    event.study.as_ref(),
                    event.sponsor.as_ref(),
                    event.admitter.as_ref(),
                    event.rent_payer.as_ref(),
                    &event.study_key,
                    &event.description_hash,
                    &event.id.to_le_bytes(),
                    &event.reward.to_le_bytes(),
                    &event.created_at.to_le_bytes(),
                    &event.closes_at.to_le_bytes(),
                    &event.delivery_window.to_le_bytes(),
                    &[event.admission, event.record_count],
                    &[event.requirement_count, event.creator_count],
                    &(event.tail.len() as u32).to_le_bytes(),
                    &event.tail,
                ]
                .concat(),
                Event::OrderCreated(event) => [
                    event.order.as_ref(),
                    event.seller.as_ref(),
                    event.rent_payer.as_ref(),
                    &event.id.to_le_bytes(),
                    &event.price.to_le_bytes(),
                    &event.created_at.to_le_bytes(),
                    &event.delivery_window.to_le_bytes(),
                    &[u8::from(event.only_buyer.is_some())],
                    event.only_buyer.as_ref().map_or(&[][..], |buyer| buyer.as_ref()),
                    &(event.label.len() as u32).to_le_bytes(),
                    event.label.as_bytes(),
                    &(event.records.len() as u32).to_le_bytes(),
                    event.records.iter().map(|record| record.to_bytes()).collect::<Vec<_>>().as_flattened(),
                ]
                .concat(),
            }
        };
    }
    of!(
        EncryptionKeySet,
        RecordCreated,
        RecordVerified,
        RecordDeleted,
        RecordShared,
        ShareRevoked,
        SalesStopped,
        OrderClosed,
        Purchased,
        Delivered,
        Settled,
        Refunded,
        PurchaseClosed,
        StudyUpdated,
        BudgetWithdrawn,
        StudyJoined,
        StudyApplied,
        ParticipantAdmitted,
        ApplicationWithdrawn,
        SeatClosed,
        StudyClosed
    )
}

/// An entry of the log of a running program.
#[derive(Debug)]
struct Frame {
    program: Address,
    body: Vec<Line>,
    succeeds: bool,
}

#[derive(Debug)]
enum Line {
    /// A text that the program logs, after a prefix that it can't omit.
    Log(String),
    /// Data that the program logs.
    Data(Vec<u8>),
    /// A call of another program.
    Call(Frame),
}

impl Frame {
    fn arbitrary(source: &mut Unstructured, depth: usize) -> Result<Self> {
        const OTHERS: [Address; 2] = [
            Address::new_from_array([0; 32]),
            Address::new_from_array([7; 32]),
        ];
        let program = *source.choose(&[generion::ID, OTHERS[0], OTHERS[1]])?;
        let mut body = Vec::new();
        for _ in 0..source.int_in_range(0..=4)? {
            body.push(match source.int_in_range(0..=3)? {
                0 if depth < 4 => Line::Call(Self::arbitrary(source, depth + 1)?),
                1 => Line::Log(<&str>::arbitrary(source)?.replace('\n', " ")),
                2 => Line::Data(source.arbitrary()?),
                _ => {
                    let (_, discriminator, size) = source.choose(&EVENTS)?;
                    let mut data = vec![0; 8 + size];
                    data[..8].copy_from_slice(&discriminator.to_be_bytes());
                    source.fill_buffer(&mut data[8..])?;
                    if *size == ORDER_CREATED {
                        data.extend_from_slice(&[0; 9]);
                    }
                    Line::Data(data)
                }
            });
        }
        Ok(Self {
            program,
            body,
            succeeds: source.arbitrary()?,
        })
    }

    /// Appends its lines to a log, and the data that count to `events`.
    fn write(&self, depth: usize, log: &mut Vec<String>, events: &mut Vec<Vec<u8>>) {
        let program = self.program;
        log.push(format!("Program {program} invoke [{depth}]"));
        for line in &self.body {
            match line {
                Line::Log(text) => log.push(format!("Program log: {text}")),
                Line::Data(data) => {
                    log.push(format!("Program data: {}", BASE64_STANDARD.encode(data)));
                    if program == generion::ID && Event::decode(data).is_some() {
                        events.push(data[8..].to_vec());
                    }
                }
                Line::Call(frame) => frame.write(depth + 1, log, events),
            }
        }
        log.push(format!(
            "Program {program} consumed 4711 of 200000 compute units"
        ));
        log.push(match self.succeeds {
            true => format!("Program {program} success"),
            false => format!("Program {program} failed: custom program error: 0x1770"),
        });
    }
}

/// A transaction's log, made frame by frame.
fn made(bytes: &[u8]) {
    let mut source = Unstructured::new(bytes);
    let (mut log, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        // This never fails: missing bytes count as zeros.
        if let Ok(frame) = Frame::arbitrary(&mut source, 1) {
            frame.write(1, &mut log, &mut expected);
        }
    }
    let events = from_logs(&generion::ID, log.iter().map(String::as_str));
    let read: Vec<_> = events.iter().map(fields).collect();
    assert!(read == expected, "{log:#?}");
}

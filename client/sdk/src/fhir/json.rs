//! A document in JSON, read from its beginning to its end in memory that doesn't grow with it: a text is kept as its
//! beginning and a digest, and a name that is longer than any of FHIR's ends the reading.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{self, Read},
    rc::Rc,
};

use generion_fhir::definitions;
use sha2::{Digest as _, Sha256};
use struson::reader::{
    JsonReader, JsonStreamReader, ReaderError, ReaderSettings, SyntaxErrorKind, ValueType,
};

use super::{markup::shorten, opaque::Opaque};

/// Bytes of a text that are kept.
const KEPT: usize = 4096;
/// Bytes that may be read for a name or a number: more than the reader takes at once and the longest of them.
const LONGEST_NAME: usize = 16 << 10;
/// Characters of a resource type that nobody knows that are told.
const LONGEST_TYPE: usize = 60;
/// How deep a document may be nested.
const DEEPEST: u32 = 128;
/// Most resources that may name their type behind other elements.
const MOST_LATE_TYPES: usize = 250_000;

/// Why reading ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Opaque(Opaque),
    Io(io::Error),
}

impl From<Opaque> for Stop {
    fn from(opaque: Opaque) -> Self {
        Self::Opaque(opaque)
    }
}

/// Of a text: half of its SHA-256.
pub(super) type Digest = [u8; 16];

/// A text of a document.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// What it begins with.
    pub(super) start: String,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
    /// Tells it from others.
    pub(super) digest: Digest,
}

impl Text {
    /// The text, where it was kept whole.
    pub(super) fn whole(&self) -> Option<&str> {
        self.is_whole.then_some(&self.start)
    }
}

/// A value without parts.
#[derive(Clone, Debug)]
pub(super) enum Scalar {
    Text(Text),
    Number(Text),
    Boolean,
    Null,
}

/// What the next value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Object,
    Array,
    Scalar,
}

pub(super) struct Json<R: Read> {
    reader: JsonStreamReader<Metered<R>>,
    meter: Rc<RefCell<Meter>>,
    /// Objects that were begun so far.
    objects: u64,
    buffer: Box<[u8; KEPT]>,
}

impl<R: Read> Json<R> {
    pub(super) fn new(document: R) -> Self {
        let meter = Rc::<RefCell<Meter>>::default();
        let metered = Metered {
            document,
            meter: Rc::clone(&meter),
        };
        let settings = ReaderSettings {
            track_path: false,
            max_nesting_depth: Some(DEEPEST),
            // The length of a number is limited by the meter, and nothing is computed with it.
            restrict_number_values: false,
            ..ReaderSettings::default()
        };
        Self {
            reader: JsonStreamReader::new_custom(metered, settings),
            meter,
            objects: 0,
            buffer: Box::new([0; KEPT]),
        }
    }

    pub(super) fn next(&mut self) -> Result<Next, Stop> {
        let peeked = self.reader.peek();
        Ok(match self.checked(peeked)? {
            ValueType::Object => Next::Object,
            ValueType::Array => Next::Array,
            _ => Next::Scalar,
        })
    }

    /// Begins an object: how many there were before it.
    pub(super) fn begin_object(&mut self) -> Result<u64, Stop> {
        let begun = self.reader.begin_object();
        self.checked(begun)?;
        self.objects += 1;
        Ok(self.objects - 1)
    }

    /// The next name in an object, which ends where there is none.
    pub(super) fn name(&mut self) -> Result<Option<String>, Stop> {
        let more = self.reader.has_next();
        if self.checked(more)? {
            let name = self.metered(JsonReader::next_name_owned)?;
            return Ok(Some(name));
        }
        let ended = self.reader.end_object();
        self.checked(ended)?;
        Ok(None)
    }

    pub(super) fn begin_array(&mut self) -> Result<(), Stop> {
        let begun = self.reader.begin_array();
        self.checked(begun)
    }

    /// Whether there is another item in an array, which ends where there is none.
    pub(super) fn has_item(&mut self) -> Result<bool, Stop> {
        let more = self.reader.has_next();
        if self.checked(more)? {
            return Ok(true);
        }
        let ended = self.reader.end_array();
        self.checked(ended)?;
        Ok(false)
    }

    pub(super) fn scalar(&mut self) -> Result<Scalar, Stop> {
        let peeked = self.reader.peek();
        Ok(match self.checked(peeked)? {
            ValueType::Null => {
                let null = self.reader.next_null();
                self.checked(null)?;
                Scalar::Null
            }
            ValueType::Boolean => {
                let boolean = self.reader.next_bool();
                self.checked(boolean)?;
                Scalar::Boolean
            }
            ValueType::Number => {
                let start = self.metered(JsonReader::next_number_as_string)?;
                Scalar::Number(Text {
                    digest: digest(Sha256::new_with_prefix(&start)),
                    start,
                    is_whole: true,
                })
            }
            _ => Scalar::Text(self.text()?),
        })
    }

    /// Passes over a value without parts.
    fn skip(&mut self) -> Result<(), Stop> {
        let skipped = self.reader.skip_value();
        self.checked(skipped)
    }

    fn text(&mut self) -> Result<Text, Stop> {
        let reader = self.reader.next_string_reader();
        let read = check(&self.meter, reader).map(|text| read_text(text, &mut self.buffer))?;
        read.map_err(|_| match self.meter.borrow_mut().failed.take() {
            Some(Failed::Io(error)) => Stop::Io(error),
            _ => Opaque::NotJson { line: None }.into(),
        })
    }

    /// That nothing follows the document.
    pub(super) fn end(self) -> Result<(), Stop> {
        let ended = self.reader.consume_trailing_whitespace();
        check(&self.meter, ended)
    }

    fn metered<T>(
        &mut self,
        read: impl FnOnce(&mut JsonStreamReader<Metered<R>>) -> Result<T, ReaderError>,
    ) -> Result<T, Stop> {
        self.meter.borrow_mut().left = Some(LONGEST_NAME);
        let done = read(&mut self.reader);
        self.meter.borrow_mut().left = None;
        self.checked(done)
    }

    fn checked<T>(&self, done: Result<T, ReaderError>) -> Result<T, Stop> {
        check(&self.meter, done)
    }
}

fn check<T>(meter: &RefCell<Meter>, done: Result<T, ReaderError>) -> Result<T, Stop> {
    done.map_err(|error| match meter.borrow_mut().failed.take() {
        Some(Failed::Io(error)) => Stop::Io(error),
        Some(Failed::TooLong) => Opaque::TooLong {
            limit: LONGEST_NAME,
        }
        .into(),
        None => why(&error).into(),
    })
}

fn why(error: &ReaderError) -> Opaque {
    match error {
        ReaderError::SyntaxError(error) => {
            // People count lines from 1.
            let line = error.location.line_pos.map(|place| place.line + 1);
            match (error.kind, line) {
                (SyntaxErrorKind::TrailingData, Some(line)) => Opaque::TrailingData { line },
                (SyntaxErrorKind::CommentsNotEnabled, Some(line)) => Opaque::Comment { line },
                _ => Opaque::NotJson { line },
            }
        }
        ReaderError::MaxNestingDepthExceeded { .. } => Opaque::TooDeep { limit: DEEPEST },
        _ => Opaque::NotJson { line: None },
    }
}

fn read_text(mut text: impl Read, buffer: &mut [u8; KEPT]) -> io::Result<Text> {
    let mut hash = Sha256::new();
    let mut start = Vec::new();
    let mut is_whole = true;
    loop {
        let count = match text.read(buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..count]);
        let room = KEPT - start.len();
        is_whole &= count <= room;
        start.extend_from_slice(&buffer[..count.min(room)]);
    }
    // Its bytes are UTF-8, but the last character may be cut.
    let valid = match std::str::from_utf8(&start) {
        Ok(_) => start.len(),
        Err(error) => error.valid_up_to(),
    };
    start.truncate(valid);
    Ok(Text {
        start: String::from_utf8(start).unwrap_or_default(),
        is_whole,
        digest: digest(hash),
    })
}

fn digest(hash: Sha256) -> Digest {
    let hash = hash.finalize();
    std::array::from_fn(|at| hash[at])
}

/// The types of resources that name theirs behind other elements, by which object they are. JSON has no order.
pub(super) type LateTypes = HashMap<u64, &'static str>;

/// Reads a document once: that it is one JSON document and nothing more, and that its resources are FHIR R4's.
pub(super) fn late_types<R: Read>(document: R) -> Result<LateTypes, Stop> {
    let mut json = Json::new(document);
    let mut late = LateTypes::new();
    if json.next()? != Next::Object {
        return Err(Opaque::NoResourceType.into());
    }
    find_late_types(&mut json, &mut late)?;
    json.end()?;
    Ok(late)
}

fn find_late_types<R: Read>(json: &mut Json<R>, late: &mut LateTypes) -> Result<(), Stop> {
    match json.next()? {
        Next::Scalar => json.skip()?,
        Next::Array => {
            json.begin_array()?;
            while json.has_item()? {
                find_late_types(json, late)?;
            }
        }
        Next::Object => {
            let object = json.begin_object()?;
            let (mut is_first, mut is_typed) = (true, false);
            while let Some(name) = json.name()? {
                if name == RESOURCE_TYPE {
                    if is_typed {
                        return Err(Opaque::Repeated { path: name }.into());
                    }
                    is_typed = true;
                    let resource_type = json.resource_type()?;
                    if !is_first
                        && late.insert(object, resource_type).is_none()
                        && late.len() > MOST_LATE_TYPES
                    {
                        return Err(Opaque::TooManyResources.into());
                    }
                } else {
                    find_late_types(json, late)?;
                }
                is_first = false;
            }
        }
    }
    Ok(())
}

/// The name under which a resource says what it is.
pub(super) const RESOURCE_TYPE: &str = "resourceType";

impl<R: Read> Json<R> {
    /// The value of `resourceType`.
    pub(super) fn resource_type(&mut self) -> Result<&'static str, Stop> {
        if self.next()? != Next::Scalar {
            return Err(Opaque::NoResourceType.into());
        }
        match self.scalar()? {
            Scalar::Text(text) => {
                let known = text.whole().and_then(|name| definitions().resource(name));
                known.map(|known| known.name).ok_or_else(|| {
                    Opaque::UnknownResourceType {
                        name: shorten(&text.start, LONGEST_TYPE),
                    }
                    .into()
                })
            }
            _ => Err(Opaque::NoResourceType.into()),
        }
    }
}

/// What is read at most, and what failed below.
#[derive(Default)]
struct Meter {
    left: Option<usize>,
    failed: Option<Failed>,
}

enum Failed {
    Io(io::Error),
    TooLong,
}

/// Counts what is read of a document while it is to be short.
struct Metered<R> {
    document: R,
    meter: Rc<RefCell<Meter>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut meter = self.meter.borrow_mut();
        let most = meter.left.unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            meter.failed = Some(Failed::TooLong);
            return Err(io::ErrorKind::InvalidData.into());
        }
        let read = loop {
            match self.document.read(&mut buffer[..most]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match read {
            Ok(count) => {
                meter.left = meter.left.map(|left| left - count);
                Ok(count)
            }
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                meter.failed = Some(Failed::Io(error));
                Err(told)
            }
        }
    }
}

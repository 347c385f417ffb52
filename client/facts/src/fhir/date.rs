//! Dates as FHIR writes them. Only year and month are used, as they are written.

use super::resource_type::ResourceType;
use crate::json::Object;

/// A valid date.
#[derive(Clone, Copy)]
pub struct Date<'a>(&'a str);

impl<'a> Date<'a> {
    /// A date, or a date and a time.
    pub fn of_time(text: &'a str) -> Option<Self> {
        match text.split_once('T') {
            None => Self::of_day(text),
            Some((date, time)) => {
                let is_valid = date.len() == "YYYY-MM-DD".len() && is_date(date) && is_time(time);
                is_valid.then_some(Self(text))
            }
        }
    }

    /// A date without a time.
    pub fn of_day(text: &'a str) -> Option<Self> {
        is_date(text).then_some(Self(text))
    }

    pub fn year(self) -> &'a str {
        &self.0[..4]
    }

    pub fn year_number(self) -> u16 {
        self.year()
            .bytes()
            .fold(0, |year, digit| year * 10 + u16::from(digit - b'0'))
    }

    pub fn month(self) -> Option<&'a str> {
        self.0.get(..7)
    }
}

/// The date of a resource.
pub fn of_resource<'s>(resource: &'s Object<'_>, kind: &ResourceType) -> Option<Date<'s>> {
    kind.dates.iter().find_map(|path| {
        let (name, objects) = path.split_last()?;
        let within = objects
            .iter()
            .try_fold(resource, |object, name| object.object(name))?;
        Date::of_time(within.string(name)?)
    })
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let year = parts.next().and_then(|year| digits(year, 4));
    let month = parts.next().map(|month| digits(month, 2));
    let day = parts.next().map(|day| digits(day, 2));
    let is_part = |part: Option<Option<u16>>, max| {
        part.is_none_or(|part| part.is_some_and(|part| (1..=max).contains(&part)))
    };
    year.is_some_and(|year| year > 0)
        && is_part(month, 12)
        && is_part(day, 31)
        && parts.next().is_none()
}

/// `hh:mm:ss`, an optional fraction, and a zone.
fn is_time(text: &str) -> bool {
    let Some((time, rest)) = text.split_at_checked("hh:mm:ss".len()) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
    };
    let is_zone = zone == "Z"
        || zone
            .strip_prefix(['+', '-'])
            .is_some_and(|zone| is_clock(zone, &[14, 59]));
    is_clock(time, &[23, 59, 60]) && is_zone
}

/// Numbers of two digits, separated by colons, up to these maxima.
fn is_clock(text: &str, maxima: &[u16]) -> bool {
    let parts: Vec<_> = text.split(':').map(|part| digits(part, 2)).collect();
    let mut pairs = parts.iter().zip(maxima);
    parts.len() == maxima.len() && pairs.all(|(part, max)| part.is_some_and(|part| part <= *max))
}

/// A number of so many ASCII digits.
fn digits(text: &str, count: usize) -> Option<u16> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

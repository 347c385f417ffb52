//! The `Range` header.

use std::ops::Range;

use axum::http::{HeaderMap, header};

use super::error::ApiError;

/// The bytes that a request asks for, of a document of `size` bytes, or `None` for the whole document.
///
/// The store serves single ranges. As RFC 9110 section 14.2 says, a `Range` is ignored if it is malformed, has another
/// unit or several ranges, or comes with `If-Range`, because documents have no validator to compare.
pub fn requested(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let mut values = headers.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Ok(None);
    };
    if headers.contains_key(header::IF_RANGE) {
        return Ok(None);
    }
    let Some((first, last)) = value.to_str().ok().and_then(parse) else {
        return Ok(None);
    };
    let range = match (first, last) {
        (Some(first), Some(last)) if first > last => return Ok(None),
        (Some(first), Some(last)) => first..size.min(last.saturating_add(1)),
        (Some(first), None) => first..size,
        (None, Some(suffix)) => size.saturating_sub(suffix)..size,
        (None, None) => return Ok(None),
    };
    match range.is_empty() {
        true => Err(ApiError::RangeNotSatisfiable { size }),
        false => Ok(Some(range)),
    }
}

/// The positions in `bytes=first-last`. Either of them may be left out.
fn parse(value: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, range) = value.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    unit.eq_ignore_ascii_case("bytes").then_some(())?;
    Some((position(first)?, position(last)?))
}

fn position(digits: &str) -> Option<Option<u64>> {
    if digits.is_empty() {
        return Some(None);
    }
    // A position that exceeds u64 lies behind the end of every document.
    let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| Some(digits.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of_ten(value: &'static str) -> Result<Option<Range<u64>>, ApiError> {
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(value))]);
        requested(&headers, 10)
    }

    #[test]
    fn one_range_is_cut_to_the_document() {
        for (value, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-5", 2..6),
            ("Bytes=2-5", 2..6),
            ("bytes=2-", 2..10),
            ("bytes=9-9", 9..10),
            ("bytes=2-99", 2..10),
            ("bytes=2-99999999999999999999999", 2..10),
            ("bytes=2-18446744073709551615", 2..10),
            ("bytes=-3", 7..10),
            ("bytes=-10", 0..10),
            ("bytes=-11", 0..10),
        ] {
            assert_eq!(of_ten(value).unwrap(), Some(range), "{value}");
        }
    }

    #[test]
    fn other_headers_are_ignored() {
        for value in [
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,4-5",
            "bytes=+1-2",
            "bytes=a-b",
            "bytes=1",
            "lines=1-2",
        ] {
            assert_eq!(of_ten(value).unwrap(), None, "{value}");
        }
        assert_eq!(requested(&HeaderMap::new(), 10).unwrap(), None);
        let conditional = HeaderMap::from_iter([
            (header::RANGE, HeaderValue::from_static("bytes=0-1")),
            (header::IF_RANGE, HeaderValue::from_static("\"tag\"")),
        ]);
        assert_eq!(requested(&conditional, 10).unwrap(), None);
    }

    #[test]
    fn an_unsatisfiable_range_is_refused() {
        for value in [
            "bytes=10-",
            "bytes=10-12",
            "bytes=99999999999999999999999-",
            "bytes=-0",
        ] {
            assert!(
                matches!(
                    of_ten(value),
                    Err(ApiError::RangeNotSatisfiable { size: 10 })
                ),
                "{value}"
            );
        }
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static("bytes=0-"))]);
        assert!(matches!(
            requested(&headers, 0),
            Err(ApiError::RangeNotSatisfiable { size: 0 })
        ));
    }
}

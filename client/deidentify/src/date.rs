//! Dates, as far as a copy has them.

/// The year of a date, or of a date with a time.
pub(crate) fn year(text: &str) -> Option<u16> {
    let is_date = text.len() <= 40
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte));
    let (year, rest) = text.split_at_checked(4)?;
    let is_year = year.bytes().all(|byte| byte.is_ascii_digit());
    let year = year.parse().ok().filter(|_| is_year && is_date)?;
    ((1800..2200).contains(&year) && (rest.is_empty() || rest.starts_with('-'))).then_some(year)
}

/// Whether an element tells when somebody was born.
pub(crate) fn is_birth(element: &str) -> bool {
    matches!(
        element,
        "birthDate" | "bornDate" | "bornPeriod" | "bornString"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_dates() {
        for (text, expected) in [
            ("1974-12-25", Some(1974)),
            ("1974-12", Some(1974)),
            ("1974", Some(1974)),
            ("2015-02-07T13:28:17.239+02:00", Some(2015)),
            ("482913", None),
            ("1974MARA", None),
            ("0001", None),
            ("1974-Mara", None),
            ("+974", None),
            ("197", None),
            ("", None),
        ] {
            assert_eq!(year(text), expected, "{text}");
        }
    }
}

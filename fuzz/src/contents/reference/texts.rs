//! Dates and decimals, and lists of texts.

fn number(text: &str, from: u32, to: u32, digits: usize) -> bool {
    let is_number = text.len() == digits && text.chars().all(|it| it.is_ascii_digit());
    is_number
        && text
            .parse::<u32>()
            .is_ok_and(|number| (from..=to).contains(&number))
}

pub fn is_day(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    parts.len() <= 3
        && number(parts[0], 1, 9999, 4)
        && parts.get(1).is_none_or(|month| number(month, 1, 12, 2))
        && parts.get(2).is_none_or(|day| number(day, 1, 31, 2))
}

pub fn is_date(text: &str) -> bool {
    let Some((day, time)) = text.split_once('T') else {
        return is_day(text);
    };
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, None),
        None => match time.rfind(['+', '-']) {
            Some(at) => (&time[..at], Some(&time[at + 1..])),
            None => return false,
        },
    };
    let is_offset = offset.is_none_or(|offset| {
        let parts: Vec<_> = offset.split(':').collect();
        parts.len() == 2 && number(parts[0], 0, 14, 2) && number(parts[1], 0, 59, 2)
    });
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<_> = time.split(':').collect();
    is_day(day)
        && day.len() == 10
        && is_offset
        && !fraction.is_empty()
        && fraction.chars().all(|it| it.is_ascii_digit())
        && parts.len() == 3
        && number(parts[0], 0, 23, 2)
        && number(parts[1], 0, 59, 2)
        && number(parts[2], 0, 60, 2)
}

/// By moving the point, one digit at a time.
pub fn decimal(text: &str) -> Option<String> {
    let (sign, text) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let text = text.to_lowercase();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (mut integer, mut fraction) = (integer.to_owned(), fraction.to_owned());
    if (integer.clone() + &fraction)
        .chars()
        .all(|digit| digit == '0')
    {
        return Some("0".to_owned());
    }
    // A document that was made here has no more digits than this.
    let exponent: i64 = exponent.parse().ok().filter(|it: &i64| it.abs() < 500)?;
    for _ in 0..exponent {
        if fraction.is_empty() {
            fraction.push('0');
        }
        integer.push(fraction.remove(0));
    }
    for _ in exponent..0 {
        if integer.is_empty() {
            integer.push('0');
        }
        fraction.insert(0, integer.pop()?);
    }
    while integer.starts_with('0') {
        integer.remove(0);
    }
    while fraction.ends_with('0') {
        fraction.pop();
    }
    if integer.is_empty() {
        integer.push('0');
    }
    if integer.len() + fraction.len() > 18 {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{integer}{point}{fraction}"))
}

/// Sorted, each once, the first ones.
pub fn first(mut values: Vec<String>, most: usize) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    while kept.len() < most && !values.is_empty() {
        let mut least = 0;
        for index in 0..values.len() {
            if values[index].as_bytes() < values[least].as_bytes() {
                least = index;
            }
        }
        let value = values.remove(least);
        if kept.last() != Some(&value) {
            kept.push(value);
        }
    }
    kept
}

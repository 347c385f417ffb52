//! Units of measure: UCUM's, as far as medicine uses them, and the words that people write for them.

/// Symbols that take a prefix.
const METRIC: &str = "g l L mol m s Pa Hz U [IU] [iU] osm eq V A W J N cal Bq Gy Sv K kat bar Ohm F S T m[Hg] m[H2O]";
/// Symbols that take none.
const OTHERS: &str = "% min h d wk mo a deg Cel [degF] [lb_av] [oz_av] [in_i] [ft_i] [in_us] [ft_us] [mi_i] [gal_us] [foz_us] \
    [cup_us] [tsp_us] [tbs_us] [drp] [ppm] [ppb] [pH] [arb'U] [CFU] [HPF] [LPF] [APL'U] [GPL'U] [MPL'U] [diop] \
    [Cal] dB";
const PREFIXES: &str = "T G M k h da d c m u µ μ n p f";
/// What stands in braces says something to people, and could be anything.
const ANNOTATIONS: &str = "1.73_m2 beats beat breaths nominal score copies cells cell cfu CFU rbc RBC wbc WBC hpf HPF lpf LPF count counts \
    events tablet tbl puff dose ratio index titer INR # spray";
/// Written out, in lower case.
const WORDS: &str = "lb, lbs, pound, pounds, oz, ounce, ounces, in, inch, inches, ft, feet, kg, mmhg, mm hg, mm[hg], \
    beats/minute, beats/min, beats per minute, bpm, breaths/minute, breaths/min, breaths per minute, percent, \
    year, years, yr, yrs, month, months, week, weeks, day, days, hour, hours, hr, hrs, minute, minutes, second, \
    seconds, sec, degrees c, degrees f, degc, degf, °c, °f, celsius, fahrenheit, tablet, tablets, capsule, \
    capsules, puff, puffs, drop, drops, dose, doses, iu, iu/ml, iu/l, unit, units, ph";
/// Most digits of a number in a unit.
const DIGITS: usize = 3;
/// Most parts of a unit, as in `mL/min/kg`.
const PARTS: usize = 5;

/// Whether a text is a unit, as programs or as people write it.
pub fn is_unit(text: &str) -> bool {
    let lower = text.to_lowercase();
    is_ucum(text) || WORDS.split(", ").any(|word| word == lower)
}

/// Whether a text is a unit in UCUM's notation. It has one number at most: more of them are dates, addresses of machines and
/// numbers of patients (`12/25/74`, `192.168.1.20`). A number alone is a unit if it is 1 or a power of ten.
pub fn is_ucum(text: &str) -> bool {
    let text = text.strip_prefix('/').unwrap_or(text);
    // Dots and strokes within brackets and braces join nothing.
    let (mut depth, mut start) = (0_u32, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            '.' | '/' if depth == 0 => {
                parts.push(part(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(part(&text[start..]));
    let count = |one: Part| parts.iter().filter(|part| **part == Some(one)).count();
    let is_short = parts.len() <= PARTS && parts.iter().all(Option::is_some);
    let is_number = count(Part::Symbol) == 0 && count(Part::Power) == 0;
    is_short && count(Part::Number) + count(Part::Power) <= 1 && (!is_number || text == "1")
}

/// A part of a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// With its power, or words in braces.
    Symbol,
    Number,
    /// Of ten.
    Power,
}

fn part(text: &str) -> Option<Part> {
    let (symbol, is_annotated) = match text.strip_suffix('}').and_then(|text| text.split_once('{'))
    {
        Some((symbol, words)) if is_in(ANNOTATIONS, words) => (symbol, true),
        Some(_) => return None,
        None => (text, false),
    };
    if symbol.is_empty() {
        return is_annotated.then_some(Part::Symbol);
    }
    if let Some(power) = symbol.strip_prefix("10*").or(symbol.strip_prefix("10^")) {
        let power = power.strip_prefix(['-', '+']).unwrap_or(power);
        let is_power = power.len() < DIGITS && power.bytes().all(|byte| byte.is_ascii_digit());
        return is_power.then_some(Part::Power);
    }
    if symbol.bytes().all(|byte| byte.is_ascii_digit()) {
        return (symbol.len() <= DIGITS).then_some(Part::Number);
    }
    let base = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    if symbol.len() - base.len() > 1 {
        return None;
    }
    let base = base.strip_suffix('-').unwrap_or(base);
    (is_in(METRIC, base) || is_in(OTHERS, base) || is_prefixed(base)).then_some(Part::Symbol)
}

fn is_prefixed(symbol: &str) -> bool {
    let mut rests = PREFIXES
        .split(' ')
        .filter_map(|prefix| symbol.strip_prefix(prefix));
    rests.any(|rest| is_in(METRIC, rest))
}

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_as_programs_and_people_write_them() {
        for unit in [
            "mg/dL",
            "mmol/L",
            "mm[Hg]",
            "/min",
            "%",
            "[lb_av]",
            "kg/m2",
            "10*3/uL",
            "10^9/L",
            "g/L",
            "Cel",
            "a",
            "1",
            "{score}",
            "{beats}/min",
            "mL/min/{1.73_m2}",
            "[IU]/L",
            "m[IU]/mL",
            "µg",
            "cm",
            "ug/kg/min",
            "/[HPF]",
            "mmHg",
            "lbs",
            "beats/minute",
            "Years",
            "°C",
            "kg/m2",
            "pg",
            "fL",
            "meq/L",
            "mosm/kg",
            "dB",
        ] {
            assert!(is_unit(unit), "{unit}");
        }
    }

    #[test]
    fn other_texts_are_no_units() {
        for text in [
            "",
            "Mara",
            "Mara Quill",
            "{Mara Quill}",
            "mg{Mara}",
            "482913",
            "10*482913",
            "m482913",
            "mg/Quill",
            "m99",
            "/",
            "mg/",
            "m m",
            "{",
            "}",
            "[Mara]",
            "kg.482913",
            "078-05-1120",
            "192.168.1.20",
            "078.051.120",
            "078/051/120",
            "555.019.912",
            "12/25/74",
            "25.12.74",
            "10*25/10*12",
            "10*12/74",
            "482",
            "/482",
            "m0.m7.m8.m0.m5.m1",
        ] {
            assert!(!is_unit(text), "{text}");
        }
    }
}

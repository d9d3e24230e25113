//! What a key may hold: each shape says what it accepts and how to write it.

use std::{
    fmt::Debug,
    ops::{Range, RangeInclusive},
};

use toml::de::DeValue;

use crate::section::nearest;

/// A shape of values.
pub trait Expect {
    /// What is read.
    type Value;

    /// What to write, as it follows the word *give*.
    fn expected(&self) -> String;

    /// Reads a value.
    ///
    /// # Errors
    /// If it does not fit.
    fn read(&self, value: &DeValue<'_>) -> Result<Self::Value, Misfit>;

    /// The plain misfit of this shape.
    fn misfit(&self) -> Misfit {
        Misfit { span: None, mend: format!("give {}", self.expected()) }
    }
}

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which part of the value, in bytes of the text; `None` for all of it.
    pub span: Option<Range<usize>>,
    /// What to do about it.
    pub mend: String,
}

/// A number with or without a fraction.
#[derive(Clone, Debug)]
pub struct Number {
    /// What is accepted.
    pub range: RangeInclusive<f64>,
    /// What it counts, for the message: `seconds`.
    pub unit: &'static str,
}

impl Expect for Number {
    type Value = f64;

    fn expected(&self) -> String {
        format!("a number of {} from {} to {}", self.unit, self.range.start(), self.range.end())
    }

    fn read(&self, value: &DeValue<'_>) -> Result<f64, Misfit> {
        let number = match value {
            DeValue::Integer(i) => {
                i64::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64)
            }
            DeValue::Float(f) => f.as_str().parse().ok(),
            _ => None,
        };
        number.filter(|n| self.range.contains(n)).ok_or_else(|| self.misfit())
    }
}

/// A number without a fraction.
#[derive(Clone, Debug)]
pub struct Whole {
    /// What is accepted.
    pub range: RangeInclusive<u32>,
    /// What it counts, for the message: `pixels`.
    pub unit: &'static str,
}

impl Expect for Whole {
    type Value = u32;

    fn expected(&self) -> String {
        let (start, end) = (self.range.start(), self.range.end());
        format!("a whole number of {} from {start} to {end}", self.unit)
    }

    fn read(&self, value: &DeValue<'_>) -> Result<u32, Misfit> {
        let number = match value {
            DeValue::Integer(i) => u32::from_str_radix(i.as_str(), i.radix()).ok(),
            _ => None,
        };
        number.filter(|n| self.range.contains(n)).ok_or_else(|| self.misfit())
    }
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug)]
pub struct Flag;

impl Expect for Flag {
    type Value = bool;

    fn expected(&self) -> String {
        "true or false".into()
    }

    fn read(&self, value: &DeValue<'_>) -> Result<bool, Misfit> {
        value.as_bool().ok_or_else(|| self.misfit())
    }
}

/// One line of text.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// What it is, for the message: `a name`.
    pub what: &'static str,
    /// Whether it may be empty.
    pub may_be_empty: bool,
}

impl Expect for Text {
    type Value = String;

    fn expected(&self) -> String {
        format!("{} in double quotes", self.what)
    }

    fn read(&self, value: &DeValue<'_>) -> Result<String, Misfit> {
        value
            .as_str()
            .filter(|s| self.may_be_empty || !s.trim().is_empty())
            .filter(|s| !s.contains(char::is_control))
            .map(str::to_owned)
            .ok_or_else(|| self.misfit())
    }
}

/// Text that means something to whoever reads it, judged by a function.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<T> {
    /// What it is, for the message: `a colour such as "#3d7ea6"`.
    pub what: &'static str,
    /// Reads it; `None` if it is not that.
    pub parse: fn(&str) -> Option<T>,
}

impl<T> Expect for Parsed<T> {
    type Value = T;

    fn expected(&self) -> String {
        self.what.into()
    }

    fn read(&self, value: &DeValue<'_>) -> Result<T, Misfit> {
        value.as_str().and_then(self.parse).ok_or_else(|| self.misfit())
    }
}

/// One of some words.
#[derive(Clone, Copy, Debug)]
pub struct OneOf<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy> Expect for OneOf<T> {
    type Value = T;

    fn expected(&self) -> String {
        let words: Vec<_> = self.0.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        format!("one of {}", words.join(", "))
    }

    fn read(&self, value: &DeValue<'_>) -> Result<T, Misfit> {
        let Some(word) = value.as_str() else { return Err(self.misfit()) };
        if let Some((_, value)) = self.0.iter().find(|(known, _)| *known == word) {
            return Ok(*value);
        }
        Err(match nearest(word, self.0.iter().map(|(known, _)| *known)) {
            Some(near) => Misfit { span: None, mend: format!("did you mean \"{near}\"?") },
            None => self.misfit(),
        })
    }
}

/// A list whose items all have one shape.
#[derive(Clone, Debug)]
pub struct List<E> {
    /// The shape.
    pub each: E,
    /// How many there may be.
    pub len: RangeInclusive<usize>,
}

impl<E: Expect> Expect for List<E> {
    type Value = Vec<E::Value>;

    fn expected(&self) -> String {
        let (least, most) = (*self.len.start(), *self.len.end());
        let count = match (least, most) {
            _ if least == most => format!("of {least} items"),
            (_, usize::MAX) => format!("of at least {least} items"),
            _ => format!("of {least} to {most} items"),
        };
        format!("a list {count} in brackets, each {}", self.each.expected())
    }

    fn read(&self, value: &DeValue<'_>) -> Result<Vec<E::Value>, Misfit> {
        let items = value.as_array().filter(|a| self.len.contains(&a.len()));
        let Some(items) = items else { return Err(self.misfit()) };
        items
            .iter()
            .map(|item| {
                self.each.read(item.get_ref()).map_err(|misfit| Misfit {
                    span: Some(misfit.span.unwrap_or_else(|| item.span())),
                    ..misfit
                })
            })
            .collect()
    }
}

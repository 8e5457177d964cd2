//! Where a value stands inside the parameters: a path on the stack, spelled out only when something is wrong there.

use std::fmt::{self, Display};

use callgate_rpc::Value;

use crate::misunderstood::{Misunderstood, Reason};
use crate::operation::{Position, Within};

/// A position: a parameter, or a member or item within another position.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'p> {
    within: Option<&'p Spot<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Param(usize),
    /// A member by a name of ours.
    Known(&'static str),
    /// A member by a name that a stranger wrote.
    Member(&'p str),
    Item(usize),
}

/// A name that a stranger wrote, short and printable enough for a message.
struct Shown<'n>(&'n str);

impl<'p> Spot<'p> {
    pub(crate) fn param(position: usize) -> Self {
        Self {
            within: None,
            step: Step::Param(position),
        }
    }

    pub(crate) fn member(&'p self, name: &'p str) -> Self {
        Self {
            within: Some(self),
            step: Step::Member(name),
        }
    }

    /// A member whose name we know: positions can be made of it.
    pub(crate) fn known(&'p self, name: &'static str) -> Self {
        Self {
            within: Some(self),
            step: Step::Known(name),
        }
    }

    pub(crate) fn item(&'p self, index: usize) -> Self {
        Self {
            within: Some(self),
            step: Step::Item(index),
        }
    }

    /// How many steps it is away from the parameters.
    pub(crate) fn depth(&self) -> usize {
        self.within.map_or(0, |within| within.depth() + 1)
    }

    /// The position as it is told of an operation.
    pub(crate) fn as_position(&self) -> Position {
        let mut steps = Vec::new();
        let mut spot = self;
        while let Some(within) = spot.within {
            match spot.step {
                Step::Known(name) => steps.push(Within::Member(name)),
                Step::Item(index) => steps.push(Within::Item(index)),
                Step::Param(_) | Step::Member(_) => {}
            }
            spot = within;
        }
        steps.reverse();
        Position::new(self.param_of(), steps)
    }

    /// `params[0].from` + ` is …`.
    #[cold]
    pub(crate) fn refuse(&self, reason: Reason, value: Value<'_>, what: impl Display) -> Misunderstood {
        self.refuse_at(reason, value.offset(), what)
    }

    #[cold]
    pub(crate) fn refuse_at(&self, reason: Reason, offset: usize, what: impl Display) -> Misunderstood {
        Misunderstood::new(reason, Some(self.param_of()), Some(offset), format!("`{self}` {what}"))
    }

    #[cold]
    pub(crate) fn wrong_type(&self, value: Value<'_>, expected: &str) -> Misunderstood {
        self.refuse(
            Reason::WrongType,
            value,
            format_args!("must be {expected}, not {}", value.kind().described()),
        )
    }

    /// A member that `known` does not list; guesses what was meant.
    #[cold]
    pub(crate) fn unknown_member(&self, name: &str, offset: usize, known: &[&str]) -> Misunderstood {
        let meant = match name {
            "gasLimit" => "gas",
            "calldata" | "callData" => "data",
            _ => name,
        };
        let close = known.iter().find(|candidate| candidate.eq_ignore_ascii_case(meant));
        let shown = Shown(name);
        match close {
            Some(close) => self.refuse_at(
                Reason::UnknownMember,
                offset,
                format_args!("has no member `{shown}`: did you mean `{close}`"),
            ),
            None => self.refuse_at(Reason::UnknownMember, offset, format_args!("has no member `{shown}`")),
        }
    }

    /// The parameter it is in.
    fn param_of(&self) -> usize {
        match (self.step, self.within) {
            (Step::Param(position), _) => position,
            (_, Some(within)) => within.param_of(),
            (_, None) => 0,
        }
    }
}

impl Display for Spot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            within.fmt(f)?;
        }
        match self.step {
            Step::Param(position) => write!(f, "params[{position}]"),
            Step::Known(name) => write!(f, ".{name}"),
            Step::Member(name) => write!(f, ".{}", Shown(name)),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

/// The most characters of a stranger's name in a message: the longest known member has 20.
const MAX_SHOWN: usize = 48;

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, letter) in self.0.chars().enumerate() {
            match letter {
                _ if index == MAX_SHOWN => return f.write_str("…"),
                '`' => f.write_str("\\u{60}")?,
                ' '..='~' => write!(f, "{letter}")?,
                _ => write!(f, "{}", letter.escape_unicode())?,
            }
        }
        Ok(())
    }
}

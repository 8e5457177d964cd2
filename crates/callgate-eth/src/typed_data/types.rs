//! The `types` of typed data: structs by name, each an ordered list of named members.

use callgate_rpc::{Array, Object, Value};

use super::kind::{Base, array, base, is_identifier};
use crate::form::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// The most structs of one message, and the most members of one struct: exchanges' orders have about a dozen.
const MAX_STRUCTS: usize = 64;
const MAX_MEMBERS: usize = 64;

/// The structs, checked: every member has a name of its own and a type that exists.
pub(super) struct Types<'t>(Object<'t>);

/// One struct.
#[derive(Clone, Copy)]
pub(super) struct Struct<'t>(Array<'t>);

impl<'t> Types<'t> {
    pub(super) fn read(value: Value<'t>, spot: &Spot<'_>) -> Result<Self, Misunderstood> {
        let object = value
            .as_object()
            .ok_or_else(|| spot.wrong_type(value, "an object of types by name"))?;
        if object.len() > MAX_STRUCTS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_STRUCTS} types"),
            ));
        }
        let types = Self(object);
        for (name, members) in object.iter() {
            if !matches!(base(name.as_str()), Some(Base::Struct(_))) {
                return Err(spot.refuse_at(
                    Reason::Conflict,
                    name.offset(),
                    "has a type whose name is no name of a struct",
                ));
            }
            types.check_struct(members, &spot.member(name.as_str()))?;
        }
        Ok(types)
    }

    fn check_struct(&self, value: Value<'t>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let list = value
            .as_array()
            .ok_or_else(|| spot.wrong_type(value, "an array of members"))?;
        if list.len() > MAX_MEMBERS {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_MEMBERS} members"),
            ));
        }
        for (index, item) in list.iter().enumerate() {
            let here = spot.item(index);
            let (name, kind) = check_member(item, &here)?;
            if !self.exists(kind) {
                return Err(here.refuse(Reason::MissingMember, item, "is of a type that is not one of `types`"));
            }
            if Struct(list).members().take(index).any(|(other, _)| other == name) {
                return Err(here.refuse(Reason::Conflict, item, "has the name of a member before it"));
            }
        }
        Ok(())
    }

    /// Whether a type name, with its arrays, is atomic or a struct that is described.
    fn exists(&self, mut name: &str) -> bool {
        while let Some((inner, _)) = array(name) {
            name = inner;
        }
        match base(name) {
            Some(Base::Struct(name)) => self.0.get(name).is_some(),
            other => other.is_some(),
        }
    }

    /// The struct of a name.
    pub(super) fn of_struct(&self, name: &str) -> Option<Struct<'t>> {
        self.0.get(name).and_then(Value::as_array).map(Struct)
    }
}

impl<'t> Struct<'t> {
    /// Its members: name and type.
    pub(super) fn members(self) -> impl Iterator<Item = (&'t str, &'t str)> {
        self.0.iter().filter_map(|item| {
            let object = item.as_object()?;
            Some((object.get("name")?.as_str()?, object.get("type")?.as_str()?))
        })
    }

    /// How many members it has.
    pub(super) fn len(self) -> usize {
        self.0.len()
    }
}

fn check_member<'t>(value: Value<'t>, spot: &Spot<'_>) -> Result<(&'t str, &'t str), Misunderstood> {
    let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
    if let Some((name, _)) = object
        .iter()
        .find(|(name, _)| !matches!(name.as_str(), "name" | "type"))
    {
        return Err(spot.unknown_member(name.as_str(), name.offset(), &["name", "type"]));
    }
    let must = |name: &'static str| match object.get(name) {
        Some(member) => scalar::string(member, &spot.known(name)),
        None => Err(spot.refuse(Reason::MissingMember, value, format_args!("needs `{name}`"))),
    };
    let (name, kind) = (must("name")?, must("type")?);
    if !is_identifier(name) {
        return Err(spot.refuse(Reason::Conflict, value, "has a name that is no identifier"));
    }
    Ok((name, kind))
}

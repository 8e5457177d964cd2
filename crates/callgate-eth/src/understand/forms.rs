//! The shapes that hold other shapes: lists, tuples, objects. Whatever a form does not name is refused; what it names is
//! written again in the form's own order.

use callgate_rpc::Value;

use super::reading::Reading;
use crate::catalogue::{Form, Need, Shape};
use crate::form::plain::Free;
use crate::form::scalar;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::understood::Argument;

/// The deepest a value is read: four bundles within each other. The reader of bodies has a bound of its own.
const MAX_DEPTH: usize = 14;

/// The most members of an object named by addresses or slots.
const MAX_NAMED: usize = 256;

impl<'t> Reading<'t, '_> {
    pub(super) fn list(
        &mut self,
        of: Shape,
        most: usize,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        check_depth(value, spot)?;
        let list = value.as_array().ok_or_else(|| spot.wrong_type(value, "an array"))?;
        if list.len() > most {
            return Err(spot.refuse(Reason::TooMany, value, format_args!("has more than {most} items")));
        }
        self.empty_lists |= list.is_empty();
        let mut items = Vec::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            items.push(self.read(of, item, &spot.item(index))?);
        }
        Ok(Argument::Items(items))
    }

    pub(super) fn tuple(
        &mut self,
        shapes: &'static [Shape],
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        check_depth(value, spot)?;
        let list = value.as_array().filter(|list| list.len() == shapes.len());
        let list = list.ok_or_else(|| {
            let expected = format!("an array of {} items", shapes.len());
            match value.as_array() {
                Some(list) => spot.refuse(
                    Reason::WrongArity,
                    value,
                    format_args!("must be {expected}, not {}", list.len()),
                ),
                None => spot.wrong_type(value, &expected),
            }
        })?;
        let mut items = Vec::with_capacity(shapes.len());
        for (index, (item, shape)) in list.iter().zip(shapes).enumerate() {
            items.push(self.read(*shape, item, &spot.item(index))?);
        }
        Ok(Argument::Items(items))
    }

    pub(super) fn form(
        &mut self,
        form: &'static Form,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        check_depth(value, spot)?;
        let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
        let is_known = |name: &str| form.members.iter().any(|member| member.name == name);
        let others = || object.iter().filter(|(name, _)| !is_known(name.as_str()));
        if let Some((name, _)) = others().next().filter(|_| !form.open) {
            let known: Vec<_> = form.members.iter().map(|member| member.name).collect();
            return Err(spot.unknown_member(name.as_str(), name.offset(), &known));
        }
        check_alternatives(form, value, spot)?;
        let mut members = Vec::with_capacity(object.len());
        for member in form.members {
            match object.get(member.name) {
                Some(inner) => {
                    let argument = self.read(member.shape, inner, &spot.known(member.name))?;
                    members.push((member.name, argument));
                }
                None if member.need == Need::Must => {
                    let what = format_args!("needs `{}`", member.name);
                    return Err(spot.refuse(Reason::MissingMember, value, what));
                }
                None => {}
            }
        }
        for (name, member) in others() {
            let free = Free::read(member, &spot.member(name.as_str()))?;
            members.push((name.as_str(), Argument::Free(free)));
        }
        Ok(Argument::Members(members))
    }

    pub(super) fn by_address(
        &mut self,
        of: Shape,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        let named = self.named(of, value, spot, |name| {
            scalar::address_name(name).map(|address| address.to_vec())
        })?;
        Ok(Argument::Named(named))
    }

    pub(super) fn by_slot(
        &mut self,
        of: Shape,
        value: Value<'t>,
        spot: &Spot<'_>,
    ) -> Result<Argument<'t>, Misunderstood> {
        let named = self.named(of, value, spot, |name| {
            scalar::hash_name(name).map(|slot| slot.to_vec())
        })?;
        Ok(Argument::Named(named))
    }

    fn named(
        &mut self,
        of: Shape,
        value: Value<'t>,
        spot: &Spot<'_>,
        read_name: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<(Vec<u8>, Argument<'t>)>, Misunderstood> {
        check_depth(value, spot)?;
        let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
        if object.len() > MAX_NAMED {
            return Err(spot.refuse(
                Reason::TooMany,
                value,
                format_args!("has more than {MAX_NAMED} members"),
            ));
        }
        let mut members = Vec::with_capacity(object.len());
        for (name, member) in object.iter() {
            let key = read_name(name.as_str()).ok_or_else(|| {
                spot.refuse_at(
                    Reason::NotHex,
                    name.offset(),
                    "has a member that is not named by hex of the right length",
                )
            })?;
            members.push((key, self.read(of, member, &spot.member(name.as_str()))?));
        }
        Ok(members)
    }
}

/// Of the members that stand for each other, exactly one.
fn check_alternatives(form: &Form, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    let alternatives = || form.members.iter().filter(|member| member.need == Need::One);
    if alternatives().next().is_none() {
        return Ok(());
    }
    let object = value.as_object().ok_or_else(|| spot.wrong_type(value, "an object"))?;
    let given = alternatives()
        .filter(|member| object.get(member.name).is_some())
        .count();
    if given == 1 {
        return Ok(());
    }
    let names: Vec<_> = alternatives().map(|member| format!("`{}`", member.name)).collect();
    let reason = if given == 0 {
        Reason::MissingMember
    } else {
        Reason::Conflict
    };
    Err(spot.refuse(
        reason,
        value,
        format_args!("needs exactly one of {}, not {given}", names.join(", ")),
    ))
}

fn check_depth(value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
    if spot.depth() > MAX_DEPTH {
        return Err(spot.refuse(Reason::TooMany, value, "is nested too deeply"));
    }
    Ok(())
}

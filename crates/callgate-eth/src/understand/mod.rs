//! From a call to what it means, or to what is not understood about it.
//!
//! One way for every method: its parameters are read one by one in the form the catalogue gives each
//! ([`Shape`](crate::catalogue::Shape)), and the forms that carry operations leave them behind. A method whose operations
//! are not understood is refused before its parameters are looked at. To make one understood: class it in
//! `data/classes.json`, and give its parameters a shape: `shapes` reads the plain ones, `forms` those that hold others,
//! `operations` those that are operations, `signed` those of them that are signed already.

mod forms;
mod operations;
mod reading;
mod shapes;
mod signed;

use callgate_rpc::{Call, Value};
use smallvec::SmallVec;

use crate::catalogue::{self, Carrier, Difference, Method, Param};
use crate::context::Context;
use crate::form::plain::Free;
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;
use crate::understood::{Argument, Understood};

use self::reading::Reading;

/// The most parameters of a method that takes any number of them.
const MAX_VARIADIC: usize = 100;

/// Understands a call completely, for a node as in `context`.
///
/// # Errors
/// Whatever is not understood: the reason, the parameter and the byte.
pub fn understand<'t>(call: &Call<'t>, context: &Context) -> Result<Understood<'t>, Misunderstood> {
    let Some(method) = catalogue::method(call.method()) else {
        return unknown(call);
    };
    if let Carrier::NotUnderstood(why) = method.carrier() {
        return Err(refuse(
            Reason::OperationsNotUnderstood,
            call,
            format!("`{}` carries operations that are not understood: {why}", method.name()),
        ));
    }
    if context.chain_id.is_none() && method.operation().is_some_and(|kind| !kind.is_read_only()) {
        return Err(refuse(
            Reason::ChainUnknown,
            call,
            format!(
                "`{}` cannot be checked: the chain id of the node is not known yet",
                method.name()
            ),
        ));
    }
    let difference = method.difference(context.client);
    if let Some(why) = difference.and_then(Difference::refused) {
        let what = format!("`{}` cannot be told to this node: {why}", method.name());
        return Err(refuse(Reason::NotRead, call, what));
    }
    let given = given(call, method)?;
    if let Some(difference) = difference.filter(|difference| given > difference.takes()) {
        return Err(not_read(call, method, context, difference.takes()));
    }
    Reading::new(call, method, context).run(given)
}

/// How many parameters count: a trailing optional one that is null is as good as left out.
fn given(call: &Call<'_>, method: &'static Method) -> Result<usize, Misunderstood> {
    let params = call.params();
    let (fewest, most) = (method.required(), most(method));
    let count = params.len();
    if count > most {
        let what = format!("`{}` takes {}, not {count}", method.name(), range(fewest, most));
        let offset = params.get(most).map(Value::offset);
        return Err(Misunderstood::new(Reason::WrongArity, Some(most), offset, what));
    }
    if count < fewest {
        let missing = method.params().get(count).map_or("", |param| param.name());
        let what = format!(
            "`{}` takes {}: `params[{count}]` (`{missing}`) is missing",
            method.name(),
            range(fewest, most)
        );
        return Err(Misunderstood::new(
            Reason::WrongArity,
            Some(count),
            Some(call.offset()),
            what,
        ));
    }
    let mut given = count;
    let repeats = method.params().last().is_some_and(Param::is_variadic);
    while !repeats && given > fewest && params.get(given - 1).is_some_and(Value::is_null) {
        given -= 1;
    }
    Ok(given)
}

/// A parameter that the general form has, and this client does not read.
#[cold]
fn not_read(call: &Call<'_>, method: &'static Method, context: &Context, takes: usize) -> Misunderstood {
    let name = method.params().get(takes).map_or("", |param| param.name());
    let what = format!(
        "`params[{takes}]` (`{name}`) would have no effect: this node's client ({}) is not known to read it in `{}`",
        context.client,
        method.name()
    );
    let offset = call.params().get(takes).map(Value::offset);
    Misunderstood::new(Reason::NotRead, Some(takes), offset, what)
}

/// How many parameters a method takes; a variadic one stands for several.
fn most(method: &'static Method) -> usize {
    match method.params().last() {
        Some(last) if last.is_variadic() => MAX_VARIADIC.max(method.params().len()),
        _ => method.params().len(),
    }
}

fn range(fewest: usize, most: usize) -> String {
    match (fewest, most) {
        (_, 0) => "no parameters".to_owned(),
        (1, 1) => "1 parameter".to_owned(),
        (fewest, most) if fewest == most => format!("{most} parameters"),
        (fewest, most) => format!("{fewest} to {most} parameters"),
    }
}

/// A method nobody has heard of: no facts. Its parameters are written again as plain JSON, for a policy that grants it
/// by name. Go clients take every name that ends like a subscription for one, so those stay out.
fn unknown<'t>(call: &Call<'t>) -> Result<Understood<'t>, Misunderstood> {
    let name = call.method();
    if name.ends_with("_subscribe") || name.ends_with("_unsubscribe") {
        let what =
            "the method subscribes to something that is not known: only `eth_subscribe` and `eth_unsubscribe` do";
        return Err(refuse(Reason::OperationsNotUnderstood, call, what.to_owned()));
    }
    let free = |(position, value)| Free::read(value, &Spot::param(position)).map(Argument::Free);
    let arguments = call.params().iter().enumerate().map(free).collect::<Result<_, _>>()?;
    Ok(Understood {
        name,
        method: None,
        arguments,
        operations: SmallVec::new(),
        carries_nothing: false,
        handle: None,
        subscription: None,
        answers_with_hash: false,
    })
}

#[cold]
fn refuse(reason: Reason, call: &Call<'_>, message: String) -> Misunderstood {
    Misunderstood::new(reason, None, Some(call.offset()), message)
}

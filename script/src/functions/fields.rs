//! Functions that are given a field as such, not its value (manual 6.14.6, 11.11).

use super::calls::{AnyCall, ItemCall};
use super::{Contexts, Function, Gives, INTEGER, Implementation, Parameter, Takes, integer, optional, whole};
use crate::functions::Call;
use crate::lang::val::{Place, Side, Val};
use crate::lang::{Fault, Kind};
use crate::value::Value;

const FIELD: Parameter = Parameter { name: "field", kind: None, takes: Takes::Any, optional: false };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "ISAVAILABLE",
        parameters: &[FIELD],
        result: INTEGER,
        contexts: Contexts::GLOBAL,
        summary: "Whether the peer has a field; EMPTY if that is not known, UNASSIGNED for what is no field.",
        example: Some(("STRING s; RETURN ISAVAILABLE(s)==EMPTY;", "1")),
        section: "6.14.6",
        run: Implementation::Here(is_available),
    },
    Function {
        name: "SETFIELDOPTIONS",
        parameters: &[
            whole("field"),
            integer("available"),
            optional(integer("maxsize")),
            optional(integer("maxoccur")),
            optional(integer("notruncate")),
        ],
        result: Gives::Nothing,
        contexts: Contexts::GLOBAL,
        summary: "Says what the peer can do with a field, whatever its device information says.",
        example: None,
        section: "",
        run: Implementation::Here(set_field_options),
    },
];

/// The number of the target field that the first argument is.
fn field(call: &Call<'_, '_, '_>) -> Option<u16> {
    match call.place(0) {
        Place::Field(field) | Place::FieldElement(field, _) if field.side == Side::Target => Some(field.id.0),
        _ => None,
    }
}

fn is_available(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let Some(field) = field(call) else { return call.give_nothing() };
    if call.env_ref().item.is_none() {
        return call.give(Val::Empty(Kind::Integer));
    }
    let known = AnyCall::Item(ItemCall::Available).ask(call, &[Value::Integer(i64::from(field))])?;
    call.give_as_declared(known)
}

fn set_field_options(call: &mut Call<'_, '_, '_>) -> Result<(), Fault> {
    let Some(field) = field(call) else { return Ok(()) };
    let mut arguments = vec![Value::Integer(i64::from(field))];
    arguments.extend((1..call.count()).map(|number| Value::Integer(call.integer(number))));
    AnyCall::Item(ItemCall::SetFieldOptions).ask(call, &arguments).map(|_| ())
}

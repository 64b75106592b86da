//! Compiled scripts: instructions over operands that are places, so that nothing is looked up by name and
//! nothing is copied to be looked at.

use std::sync::Arc;

use super::kind::Kind;
use super::ops::{Arith, Compare, Unary};
use super::val::{FieldPlace, Side, Val};
use crate::fields::FieldId;
use crate::functions::{Function, Parameter, Takes};

/// Where an instruction finds or puts a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A variable or intermediate result of the running script or function.
    Slot(u32),
    /// A constant of the code.
    Const(u32),
    /// The variable whose place stands in a slot: a by-reference parameter, or a place worked out before.
    Ref(u32),
    /// A field of an item.
    Field(FieldPlace),
}

/// Instructions are read one by one from memory, so they are kept small.
const _: () = assert!(size_of::<Operand>() == 8);

/// An instruction. Jump targets are indexes of instructions.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Op {
    /// `to = from`, in the type of `to`.
    Assign { to: Operand, from: Operand },
    /// A copy as it is.
    Copy { to: u32, from: Operand },
    /// A typecast.
    Cast { kind: Kind, to: u32, from: Operand },
    /// Adding two values that are numbers most of the time.
    Add { to: u32, a: Operand, b: Operand },
    /// Any other operator that computes.
    Arith { op: Arith, to: u32, a: Operand, b: Operand },
    /// An operator with one operand.
    Unary { op: Unary, to: u32, a: Operand },
    /// A comparison as a value.
    Compare { op: Compare, to: u32, a: Operand, b: Operand },
    /// Appends to text in its place.
    Append { to: Operand, b: Operand },
    /// Goes on elsewhere.
    Jump { target: u32 },
    /// Goes on elsewhere unless the value is true.
    JumpUnless { a: Operand, target: u32 },
    /// Goes on elsewhere unless the comparison holds.
    JumpUnlessCompare { op: Compare, a: Operand, b: Operand, target: u32 },
    /// Goes on elsewhere unless the value is empty, or is not, as is said.
    JumpUnlessEmpty { a: Operand, empty: bool, target: u32 },
    /// Ends the script with an error if there is no such item.
    Need { side: Side },
    /// A loop begins.
    Enter,
    /// Goes on at the loop's start, if its time isn't over.
    Again { target: u32 },
    /// A loop ends.
    Leave,
    /// Reads an element of an array, which grows up to it.
    Element { to: u32, array: Operand, index: Operand },
    /// Works out the place of an element.
    ElementPlace { to: u32, array: Operand, index: Operand },
    /// Works out the place that is `by` fields or variables behind `from`.
    OffsetPlace { to: u32, from: Operand, by: Operand },
    /// Calls a user function with the arguments from `first` on.
    Call { function: u32, to: u32, first: u32, count: u8 },
    /// Calls a built-in function.
    Builtin { function: u16, to: u32, first: u32, count: u8 },
    /// Ends with a value.
    Return { a: Operand },
    /// Ends without one.
    ReturnNothing,
}

/// A compiled script or function.
#[derive(Debug, Default)]
pub struct Code {
    /// The instructions.
    pub ops: Vec<Op>,
    /// The line of each instruction.
    pub lines: Vec<u32>,
    /// The constants.
    pub constants: Vec<Val>,
    /// The arguments of all calls, one behind the other.
    pub arguments: Vec<Operand>,
    /// The built-in functions that are called.
    pub builtins: Vec<&'static Function>,
    /// How many slots are variables.
    pub variables: u32,
    /// The names of these, in order.
    pub names: Arc<[String]>,
    /// How many slots there are.
    pub slots: u32,
}

impl Code {
    /// Whether it can write to this field. `by_ref` says of a user function whether a parameter is by reference.
    pub fn sets(&self, side: Side, id: FieldId, by_ref: &dyn Fn(u32, usize) -> bool) -> bool {
        let is_it = |operand: Operand| match operand {
            Operand::Field(field) => (field.side, field.id) == (side, id),
            _ => false,
        };
        let arguments = |first: u32, count: u8| {
            let all = self.arguments.iter().skip(first as usize).take(usize::from(count)).enumerate();
            all.filter(move |(_, argument)| is_it(**argument)).map(|(number, _)| number)
        };
        self.ops.iter().any(|op| match *op {
            Op::Assign { to, .. } | Op::Append { to, .. } => is_it(to),
            Op::ElementPlace { array, .. } => is_it(array),
            Op::OffsetPlace { from, .. } => is_it(from),
            Op::Call { function, first, count, .. } => {
                arguments(first, count).any(|number| by_ref(function, number))
            }
            Op::Builtin { function, first, count, .. } => {
                let parameters = self.builtins.get(usize::from(function)).map(|found| found.parameters);
                let parameter = |number| parameters.and_then(|known: &[Parameter]| known.get(number));
                arguments(first, count)
                    .any(|number| parameter(number).is_some_and(|found| found.takes != Takes::Value))
            }
            _ => false,
        })
    }
}

/// What callers must know of a user function.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its name as written.
    pub name: String,
    /// The type of its result.
    pub result: Option<Kind>,
    /// Its parameters.
    pub parameters: Vec<ParameterKind>,
}

/// What callers must know of a parameter.
#[derive(Clone, Debug)]
pub struct ParameterKind {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Whether it is an array.
    pub array: bool,
    /// Whether it stands for the caller's variable.
    pub by_ref: bool,
}

/// A compiled user function.
#[derive(Debug)]
pub struct FunctionCode {
    /// How it is called.
    pub signature: Signature,
    /// Name, type and shape of its variables, parameters first.
    pub locals: Vec<(String, Kind, bool)>,
    /// What it does.
    pub code: Code,
}

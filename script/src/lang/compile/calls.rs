//! Calls: which function is meant, whether its arguments fit, and the code for it.

use super::{Compiler, Typed, any};
use crate::functions::{Gives, Parameter, Takes, table};
use crate::lang::ast::{Expr, Node};
use crate::lang::code::{Op, Operand};
use crate::lang::kind::Kind;
use crate::lang::lexer::Place;
use crate::lang::val::Val;

impl Compiler<'_> {
    /// Compiles a call; `None` for that of a function without a result.
    pub(super) fn call(
        &mut self,
        name: &str,
        at: &Place,
        arguments: &[Expr],
        want: Option<(u32, Kind)>,
    ) -> Option<Typed> {
        // What was wrong with a call has no type: it must not give rise to further errors.
        let wrong = |compiler: &mut Self| Some((compiler.constant(Val::Unassigned(Kind::None)), None));
        if let Some(index) = self.names.functions.get(&name.to_ascii_lowercase()).copied() {
            let signature = &self.names.signatures[index];
            let parameters: Vec<_> = signature
                .parameters
                .iter()
                .map(|p| Expected {
                    name: &p.name,
                    kind: Some(p.kind),
                    array: Some(p.array),
                    by_ref: p.by_ref,
                    changes: true,
                })
                .collect();
            let Some((first, count)) = self.arguments(name, at, arguments, &parameters, parameters.len())
            else {
                return wrong(self);
            };
            let to = self.result(want, signature.result);
            self.emit(Op::Call { function: index as u32, to, first, count });
            return Some((Operand::Slot(to), signature.result));
        }
        let function = match table::find(name, self.names.contexts) {
            Ok(function) => function,
            Err(missing) => {
                let user = self.names.signatures.iter().map(|signature| signature.name.as_str());
                let (message, hint) = missing.explain(name, user);
                self.error(at, message, hint);
                arguments.iter().for_each(|argument| {
                    self.value(argument, None);
                });
                return wrong(self);
            }
        };
        let parameters: Vec<_> = function.parameters.iter().map(Expected::of).collect();
        let required = function.parameters.iter().filter(|parameter| !parameter.optional).count();
        let Some((first, count)) = self.arguments(name, at, arguments, &parameters, required) else {
            return wrong(self);
        };
        let known = match function.result {
            Gives::Kind(kind) => Some(kind),
            _ => None,
        };
        let to = self.result(want, known);
        let number = match self.code.builtins.iter().position(|used| std::ptr::eq(*used, function)) {
            Some(number) => number,
            None => {
                self.code.builtins.push(function);
                self.code.builtins.len() - 1
            }
        };
        self.emit(Op::Builtin { function: number as u16, to, first, count });
        match function.result {
            Gives::Nothing => None,
            _ => Some((Operand::Slot(to), known)),
        }
    }

    /// Compiles the arguments of a call; where they stand in the code's list of arguments, and how many.
    fn arguments(
        &mut self,
        name: &str,
        at: &Place,
        arguments: &[Expr],
        expected: &[Expected<'_>],
        required: usize,
    ) -> Option<(u32, u8)> {
        if arguments.len() < required || arguments.len() > expected.len() {
            let names: Vec<_> = expected.iter().map(|parameter| parameter.name).collect();
            let message =
                format!("{name} takes {}, not {}", count(required, expected.len()), arguments.len());
            let hint = format!("{}({})", name.to_ascii_uppercase(), names.join(", "));
            self.error(at, message, Some(hint));
            return None;
        }
        let mut operands = Vec::with_capacity(arguments.len());
        let mut good = true;
        for (number, (argument, parameter)) in arguments.iter().zip(expected).enumerate() {
            let operand = match parameter.by_ref {
                true => self.by_reference(argument, parameter),
                false => {
                    let operand = self.value(argument, None).0;
                    let later = &arguments[number + 1..];
                    let changes = later.iter().any(|later| any(later, &|part| self.writes(part)));
                    Some(if changes { self.kept(operand) } else { operand })
                }
            };
            good &= operand.is_some();
            operands.extend(operand);
        }
        self.at(at);
        let first = self.code.arguments.len() as u32;
        self.code.arguments.extend_from_slice(&operands);
        good.then_some((first, operands.len() as u8))
    }

    fn by_reference(&mut self, argument: &Expr, parameter: &Expected<'_>) -> Option<Operand> {
        let Node::Variable(variable) = &argument.node else {
            let hint = Some("the function changes it, or looks at all of it".to_owned());
            self.error(&argument.place, format!("parameter {} needs a variable", parameter.name), hint);
            return None;
        };
        let meant = match parameter.changes {
            true => self.writable(variable, &argument.place)?,
            false => self.referred(variable, &argument.place)?,
        };
        let array = meant.array && variable.index.is_none();
        match parameter.array {
            Some(true) if !array => {
                self.error(&argument.place, format!("parameter {} needs an array", parameter.name), None);
                return None;
            }
            Some(false) if array => {
                let hint = Some(format!("give one of its elements: {}[n]", variable.name));
                self.error(&argument.place, format!("parameter {} takes no array", parameter.name), hint);
                return None;
            }
            _ => {}
        }
        if let (Some(wanted), Some(kind)) = (parameter.kind, meant.kind)
            && wanted != kind
        {
            let message = format!("parameter {} needs a variable of type {}", parameter.name, wanted.name());
            self.error(
                &argument.place,
                message,
                Some(format!("{} is of type {}", variable.name, kind.name())),
            );
            return None;
        }
        Some(meant.operand)
    }
}

/// What an argument must be.
struct Expected<'a> {
    name: &'a str,
    kind: Option<Kind>,
    array: Option<bool>,
    by_ref: bool,
    /// Whether the function certainly changes what it is given.
    changes: bool,
}

impl<'a> Expected<'a> {
    fn of(parameter: &'a Parameter) -> Self {
        let array = match parameter.takes {
            Takes::Value | Takes::Variable => Some(false),
            Takes::Array => Some(true),
            Takes::Any => None,
        };
        Expected {
            name: parameter.name,
            kind: parameter.kind,
            array,
            by_ref: parameter.takes != Takes::Value,
            // Arrays and whole fields are given to functions that only look at them too, such as SIZE.
            changes: parameter.takes == Takes::Variable,
        }
    }
}

fn count(least: usize, most: usize) -> String {
    let plural = |number: usize| if number == 1 { "" } else { "s" };
    match (least, most) {
        (_, 0) => "no parameters".to_owned(),
        (least, most) if least == most => format!("{most} parameter{}", plural(most)),
        (least, most) => format!("{least} to {most} parameters"),
    }
}

//! Script contexts: scripts that share their variables, compiled together (manual 6.8), and the functions and
//! macros that all scripts of a config share (8.10).

use std::collections::HashMap;
use std::sync::Arc;

use super::ast::{Script, UserFunction};
use super::code::{Code, FunctionCode, ParameterKind, Signature};
use super::compile::{Declared, Fields, Names, compile};
use super::error::{RunError, ScriptError};
use super::host::Env;
use super::kind::Kind;
use super::lexer::Macros;
use super::machine::Machine;
use super::parser;
use super::regex::Patterns;
use super::trace::{Trace, Tracer};
use super::val::{Side, Val, View};
use crate::fields::{FieldId, FieldList};
use crate::functions::{Contexts, table};
use crate::value::Value;

/// The `<looptimeout>` of a config that has none, in milliseconds (manual 8.10.3).
pub const DEFAULT_LOOP_TIMEOUT_MS: u64 = 5000;

/// Macros and user functions of a config.
#[derive(Debug)]
pub struct Library {
    macros: Macros,
    functions: Vec<FunctionCode>,
    signatures: Vec<Signature>,
    by_name: HashMap<String, usize>,
    timeout: u64,
}

impl Library {
    /// Compiles the user functions, given by their text. They may call each other in any order, and the global
    /// built-in functions. The errors come with the number of the function they are in.
    pub fn new(
        macros: Macros,
        functions: &[&str],
        loop_timeout_ms: u64,
    ) -> (Library, Vec<(usize, ScriptError)>) {
        let mut errors = Vec::new();
        let mut parsed: Vec<(usize, UserFunction)> = Vec::new();
        let mut by_name = HashMap::new();
        let mut signatures = Vec::new();
        for (number, text) in functions.iter().enumerate() {
            let (function, found) = parser::function(text, &macros);
            errors.extend(found.into_iter().map(|error| (number, error)));
            let Some(function) = function else { continue };
            let name = function.name.to_ascii_lowercase();
            let taken = match (table::find(&name, Contexts::ALL).is_ok(), by_name.contains_key(&name)) {
                (true, _) => Some("is a built-in function"),
                (_, true) => Some("is defined already"),
                _ => None,
            };
            if let Some(taken) = taken {
                errors.push((number, function.place.error(format!("{} {taken}", function.name), None)));
                continue;
            }
            by_name.insert(name, parsed.len());
            signatures.push(signature(&function));
            parsed.push((number, function));
        }
        let mut compiled = Vec::new();
        for ((number, function), signature) in parsed.iter().zip(&signatures) {
            let mut found = Vec::new();
            let names = Names {
                declared: Declared::default(),
                variables: Arc::default(),
                target: None,
                reference: None,
                functions: &by_name,
                signatures: &signatures,
                contexts: Contexts::GLOBAL,
            };
            compiled.push(body(function, signature, functions[*number], names, &mut found));
            errors.extend(found.into_iter().map(|error| (*number, error)));
        }
        (Library { macros, functions: compiled, signatures, by_name, timeout: loop_timeout_ms }, errors)
    }

    /// One without functions and macros.
    pub fn empty() -> Library {
        Library::new(Macros::new(), &[], DEFAULT_LOOP_TIMEOUT_MS).0
    }
}

fn signature(function: &UserFunction) -> Signature {
    let parameter = |parameter: &super::ast::Parameter| ParameterKind {
        name: parameter.variable.name.clone(),
        kind: parameter.variable.kind,
        array: parameter.variable.array,
        by_ref: parameter.by_ref,
    };
    let parameters = function.parameters.iter().map(parameter).collect();
    Signature { name: function.name.clone(), result: function.result, parameters }
}

fn body(
    function: &UserFunction,
    signature: &Signature,
    text: &str,
    mut names: Names<'_>,
    errors: &mut Vec<ScriptError>,
) -> FunctionCode {
    for parameter in &function.parameters {
        let declared = &mut names.declared;
        let before = declared.order.len();
        declared.add(std::slice::from_ref(&parameter.variable), errors);
        if declared.order.len() == before {
            let name = &parameter.variable.name;
            errors.push(parameter.variable.place.error(format!("there is a parameter {name} already"), None));
        } else if let Some(slot) = declared.slots.get_mut(&parameter.variable.name.to_ascii_lowercase()) {
            slot.by_ref = parameter.by_ref;
        }
    }
    names.declared.add(&function.script.declarations, errors);
    names.variables = names.declared.names();
    let before = errors.len();
    let code = compile(&function.script, text, &names, errors);
    let code = if errors.len() > before { names.idle() } else { code };
    FunctionCode { signature: signature.clone(), locals: names.declared.order, code }
}

/// In what one script of a context differs from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Functions that it may call besides those of its context.
    pub also: Contexts,
    /// Whether it may change the target item.
    pub changes_target: bool,
    /// Whether it may change the reference item.
    pub changes_reference: bool,
}

/// Which script of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptId(usize);

/// A context being put together: what its scripts may call and see, and the scripts.
pub struct ContextBuilder {
    library: Arc<Library>,
    contexts: Contexts,
    target: Option<Fields>,
    reference: Option<Fields>,
    scripts: Vec<(String, Script, Option<Scope>)>,
    declared: Declared,
    inherited: usize,
    errors: Vec<(ScriptId, ScriptError)>,
}

impl ContextBuilder {
    /// A context whose scripts may call the functions of `contexts`; the global ones are always among them.
    pub fn new(library: &Arc<Library>, contexts: Contexts) -> ContextBuilder {
        ContextBuilder {
            library: Arc::clone(library),
            contexts: contexts | Contexts::GLOBAL,
            target: None,
            reference: None,
            scripts: Vec::new(),
            declared: Declared::default(),
            inherited: 0,
            errors: Vec::new(),
        }
    }

    /// Its scripts see a target item.
    pub fn target(mut self, list: &Arc<FieldList>, writable: bool) -> Self {
        self.target = Some(Fields { list: Arc::clone(list), writable });
        self
    }

    /// Its scripts see a reference item.
    pub fn reference(mut self, list: &Arc<FieldList>, writable: bool) -> Self {
        self.reference = Some(Fields { list: Arc::clone(list), writable });
        self
    }

    /// Its scripts know what those of an earlier context have declared: see [`Context::take_over`].
    pub fn after(mut self, earlier: &Context) -> Self {
        self.declared = Declared::of(&earlier.order);
        self.inherited = earlier.order.len();
        self
    }

    /// Adds a script. What it declares, all scripts of the context know.
    pub fn script(&mut self, text: &str) -> ScriptId {
        self.add(text, None)
    }

    /// Adds a script that differs from the others of the context.
    pub fn script_in(&mut self, text: &str, scope: Scope) -> ScriptId {
        self.add(text, Some(scope))
    }

    fn add(&mut self, text: &str, scope: Option<Scope>) -> ScriptId {
        let id = ScriptId(self.scripts.len());
        let (script, mut errors) = parser::script(text, &self.library.macros);
        self.declared.add(&script.declarations, &mut errors);
        self.errors.extend(errors.into_iter().map(|error| (id, error)));
        self.scripts.push((text.to_owned(), script, scope));
        id
    }

    /// Compiles the scripts. The errors come with the script they are in; a script with errors does nothing.
    pub fn build(mut self) -> (Context, Vec<(ScriptId, ScriptError)>) {
        let mut names = Names {
            variables: self.declared.names(),
            declared: self.declared,
            target: self.target,
            reference: self.reference,
            functions: &self.library.by_name,
            signatures: &self.library.signatures,
            contexts: self.contexts,
        };
        let mut codes = Vec::new();
        let (target, reference) = (writable(&names.target), writable(&names.reference));
        for (number, (text, script, scope)) in self.scripts.iter().enumerate() {
            let mut found = Vec::new();
            names.contexts = self.contexts | scope.map(|scope| scope.also).unwrap_or_default();
            for (fields, changes) in [
                (&mut names.target, scope.map_or(target, |scope| scope.changes_target)),
                (&mut names.reference, scope.map_or(reference, |scope| scope.changes_reference)),
            ] {
                fields.iter_mut().for_each(|fields| fields.writable = changes);
            }
            let code = compile(script, text, &names, &mut found);
            self.errors.extend(found.into_iter().map(|error| (ScriptId(number), error)));
            let bad = self.errors.iter().any(|(id, _)| id.0 == number);
            codes.push(if bad { names.idle() } else { code });
        }
        let order = names.declared.order;
        let names_of =
            |script: &Script| script.declarations.iter().map(|declared| declared.name.clone()).collect();
        let declared = self.scripts.iter().map(|(_, script, _)| names_of(script)).collect();
        (
            Context { library: Arc::clone(&self.library), codes, order, inherited: self.inherited, declared },
            self.errors,
        )
    }
}

fn writable(fields: &Option<Fields>) -> bool {
    fields.as_ref().is_some_and(|fields| fields.writable)
}

/// The compiled scripts of a context. It can be shared; what changes stands in [`Variables`].
#[derive(Debug)]
pub struct Context {
    library: Arc<Library>,
    codes: Vec<Code>,
    order: Vec<(String, Kind, bool)>,
    /// How many of these are those of an earlier context.
    inherited: usize,
    /// The names that each script declares, in their order.
    declared: Vec<Vec<String>>,
}

/// The variables of a context for its lifetime (manual 6.8).
#[derive(Debug, Default)]
pub struct Variables {
    /// The variables in the order of their declaration, and behind them room for intermediate results.
    values: Vec<Val>,
    /// Room for text.
    spare: String,
    patterns: Patterns,
}

/// A value and its type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedValue {
    /// Its type; `Kind::None` for EMPTY, UNASSIGNED and whole arrays.
    pub kind: Kind,
    /// The value.
    pub value: Value,
}

impl TypedValue {
    pub(super) fn of(value: Val) -> TypedValue {
        let kind = match &value {
            Val::Array(kind, _) => *kind,
            value => value.view().kind(),
        };
        TypedValue { kind, value: value.into_value() }
    }
}

impl Context {
    /// The type of the variable of this name, and whether it is an array; `None` if no script declares it.
    pub fn declared(&self, name: &str) -> Option<(Kind, bool)> {
        let found = self.order.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, kind, array)| (*kind, *array))
    }

    /// The names of its variables, in the order of their declaration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|(name, _, _)| name.as_str())
    }

    /// The names of the variables that a script declares, in their order; one that it declares twice comes twice.
    pub fn declared_by(&self, script: ScriptId) -> &[String] {
        self.declared.get(script.0).map_or(&[], Vec::as_slice)
    }

    /// The types of the variables with their names, and whether they are arrays, in the order of their declaration.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, Kind, bool)> {
        self.order.iter().map(|(name, kind, array)| (name.as_str(), *kind, *array))
    }

    /// Whether a script can set this field of the target item.
    pub fn sets(&self, script: ScriptId, field: FieldId) -> bool {
        let by_ref = |function: u32, number: usize| {
            let parameters = self.library.signatures.get(function as usize).map(|found| &found.parameters);
            parameters.and_then(|known| known.get(number)).is_some_and(|parameter| parameter.by_ref)
        };
        self.codes.get(script.0).is_some_and(|code| code.sets(Side::Target, field, &by_ref))
    }

    /// Whether a script calls a built-in function of its context, given by its name in capitals.
    pub fn calls(&self, script: ScriptId, function: &str) -> bool {
        let code = self.codes.get(script.0);
        code.is_some_and(|code| code.builtins.iter().any(|builtin| builtin.name == function))
    }

    /// Fresh variables: none is assigned.
    pub fn variables(&self) -> Variables {
        let values = self.order.iter().map(|(_, kind, array)| Val::fresh(*kind, *array)).collect();
        Variables { values, ..Variables::default() }
    }

    /// The variables of the context that this one was built [after](ContextBuilder::after), with those that were
    /// declared since.
    pub fn take_over(&self, mut variables: Variables) -> Variables {
        variables.values.truncate(self.inherited);
        let new = self.order.iter().skip(self.inherited).map(|(_, kind, array)| Val::fresh(*kind, *array));
        variables.values.extend(new);
        variables
    }

    /// The variables of this context alone, after another one took them [over](Context::take_over).
    pub fn hand_back(&self, mut variables: Variables) -> Variables {
        variables.values.truncate(self.order.len());
        variables
    }

    /// Runs a script. The value is that of its RETURN; `None` where it ended without one.
    pub fn run(
        &self,
        script: ScriptId,
        variables: &mut Variables,
        env: &mut Env<'_>,
    ) -> Result<Option<TypedValue>, RunError> {
        self.run_in_machine(script, variables, env, |machine| machine.run())
    }

    /// Runs a script, and tells what it does.
    pub fn run_traced(
        &self,
        script: ScriptId,
        variables: &mut Variables,
        env: &mut Env<'_>,
        tracer: &mut dyn Tracer,
    ) -> Result<Option<TypedValue>, RunError> {
        self.run_in_machine(script, variables, env, |machine| machine.run_traced(Trace::new(tracer)))
    }

    fn run_in_machine<'r, 'e>(
        &'r self,
        script: ScriptId,
        variables: &'r mut Variables,
        env: &'r mut Env<'e>,
        run: impl FnOnce(&mut Machine<'r, 'e>) -> Result<Option<Val>, RunError>,
    ) -> Result<Option<TypedValue>, RunError> {
        let Some(code) = self.codes.get(script.0) else { return Ok(None) };
        let values = std::mem::take(&mut variables.values);
        let functions = &self.library.functions;
        let patterns = &mut variables.patterns;
        let mut machine = Machine::new(code, functions, values, env, patterns, self.library.timeout);
        machine.spare = std::mem::take(&mut variables.spare);
        let result = run(&mut machine);
        (variables.values, variables.spare) = machine.take_room();
        Ok(result?.map(|value| TypedValue { kind: value.view().kind(), value: value.into_value() }))
    }

    /// The variables with their names and types, in the order of their declaration.
    pub fn values<'a>(&'a self, variables: &'a Variables) -> impl Iterator<Item = (&'a str, TypedValue)> {
        self.order.iter().zip(&variables.values).map(|((name, kind, _), value)| {
            (name.as_str(), TypedValue { kind: *kind, value: value.clone().into_value() })
        })
    }

    /// The value of a variable, as SESSIONVAR reads it; `None` if there is none of that name.
    pub fn value(&self, variables: &Variables, name: &str) -> Option<TypedValue> {
        self.value_in(&variables.values, name)
    }

    /// The same among values in the order of their declaration.
    pub(crate) fn value_in(&self, values: &[Val], name: &str) -> Option<TypedValue> {
        let (at, (_, kind, _)) = self.find(name)?;
        Some(TypedValue { kind: *kind, value: values.get(at)?.clone().into_value() })
    }

    fn find(&self, name: &str) -> Option<(usize, &(String, Kind, bool))> {
        self.order.iter().enumerate().find(|(_, (known, _, _))| known.eq_ignore_ascii_case(name))
    }

    /// Sets a variable in its type, as SETSESSIONVAR does it; `false` if there is none of that name.
    pub fn set(&self, variables: &mut Variables, name: &str, value: &Value) -> bool {
        self.set_in(&mut variables.values, name, value)
    }

    /// The same among values in the order of their declaration.
    pub(crate) fn set_in(&self, values: &mut [Val], name: &str, value: &Value) -> bool {
        let Some((at, (_, kind, array))) = self.find(name) else { return false };
        let Some(slot) = values.get_mut(at) else { return false };
        *slot = match array {
            true => super::memory::as_array(Val::from_value(value, *kind), *kind),
            false => View::of(value, *kind).assigned_to(*kind),
        };
        true
    }
}
